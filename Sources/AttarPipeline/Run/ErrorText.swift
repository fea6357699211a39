import Foundation

/// What an error says, in one line where it can: errors of Foundation print their insides otherwise.
func errorText(_ error: any Error) -> String {
    switch error {
    case let error as CocoaError:
        let path = (error.userInfo[NSFilePathErrorKey] as? String).map { "\($0): " } ?? ""
        let cause = (error.userInfo[NSUnderlyingErrorKey] as? POSIXError).map {
            String(cString: strerror($0.code.rawValue))
        }
        return path + (cause ?? error.localizedDescription)
    case let error as POSIXError: return String(cString: strerror(error.code.rawValue))
    case let error as any LocalizedError: return error.errorDescription ?? "\(error)"
    case let error as any CustomStringConvertible: return error.description
    default: return error.localizedDescription
    }
}
