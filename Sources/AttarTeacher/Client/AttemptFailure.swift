/// Why one attempt failed, and with that what may be done about it.
enum AttemptFailure: Error {
    /// No connection came about; nothing was sent.
    case noConnection(String)
    /// The connection ended before the answer was complete.
    case disconnected
    /// No full answer within the time limit.
    case late
    /// 429.
    case limited(retryAfterSeconds: Double?)
    /// A passing fault on the other side.
    case server(Int, retryAfterSeconds: Double?)
    /// A complete answer that makes no sense. A proxy may be at fault, so it is tried again, but less often.
    case garbled(TeacherError)
    /// 404 below the given path: no such model, or no such address.
    case missing(String)
    /// Trying again would not help.
    case final(TeacherError)

    /// Whether the endpoint may have worked, and charged, for the attempt.
    var isCharged: Bool {
        switch self {
        case .noConnection, .limited, .server, .missing, .final: false
        case .disconnected, .late, .garbled: true
        }
    }

    /// How often it may be tried again, at most `retries`.
    func retries(atMost retries: Int) -> Int {
        switch self {
        case .noConnection, .disconnected, .late, .limited, .server: retries
        case .garbled: min(retries, 2)
        case .missing, .final: 0
        }
    }

    var retryAfterSeconds: Double? {
        switch self {
        case .limited(let seconds), .server(_, let seconds): seconds
        default: nil
        }
    }
}
