import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An OpenAI-compatible endpoint on a free loopback port that answers from the request alone, and fails on cue.
///
/// It counts what it served, so that a test can prove what was sent and how often.
package final class FaultEndpoint: Sendable {
    package typealias Script = @Sendable (FaultEndpointRequest) -> FaultEndpointFault?

    /// Base address, ending in `/v1`.
    package let url: URL
    let script: Script
    let answers: FaultEndpointAnswers
    private let channel: any Channel
    private let journal: Journal

    /// Starts to listen.
    /// - Parameter script: the fault for each request as it arrives, `nil` for a proper answer. Called on several threads.
    package static func start(
        answers: FaultEndpointAnswers = FaultEndpointAnswers(), script: @escaping Script = { _ in nil }
    ) async throws -> FaultEndpoint {
        let journal = Journal()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    journal.note(channel)
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        FaultEndpointHandler(answers: answers, script: script, journal: journal))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let port = channel.localAddress?.port, let url = URL(string: "http://127.0.0.1:\(port)/v1") else {
            throw ChannelError.unknownLocalAddress
        }
        return FaultEndpoint(url: url, script: script, answers: answers, channel: channel, journal: journal)
    }

    private init(
        url: URL, script: @escaping Script, answers: FaultEndpointAnswers, channel: any Channel, journal: Journal
    ) {
        self.url = url
        self.script = script
        self.answers = answers
        self.channel = channel
        self.journal = journal
    }

    /// Stops listening and breaks what is open.
    package func stop() async throws {
        try await channel.close().get()
        journal.closeConnections()
    }

    /// Everything served, in order of arrival.
    package var served: [FaultEndpointRequest] { journal.served }

    /// Requests for an answer, without those for the list of models.
    package var calls: [FaultEndpointRequest] { served.filter { $0.path.hasSuffix("completions") } }

    /// Calls that a real endpoint would have charged for: those that were answered, however badly.
    package var charged: [FaultEndpointRequest] { calls.filter { $0.fault?.isRefusal != true } }

    /// Most requests that were open at once.
    package var mostAtOnce: Int { journal.mostAtOnce }
}

/// One request as it arrived.
package struct FaultEndpointRequest: Sendable {
    /// Arrival number over all requests, from 0.
    package var number: Int
    /// How often the same body came before.
    package var repetition: Int
    /// Requests that are open, this one included.
    package var open = 0
    package var method: String
    package var path: String
    package var authorization: String?
    package var body: Data
    /// What the script made of it.
    package var fault: FaultEndpointFault?
}

/// Ways to fail.
package enum FaultEndpointFault: Sendable, Hashable {
    case status(Int)
    case tooManyRequests(retryAfter: String?)
    case unknownModel
    case html(status: Int)
    case redirect(to: String)
    /// Any status and body.
    case body(status: Int, type: String, String)
    /// A proper answer, after a while.
    case delay(milliseconds: Int)
    /// Never answers.
    case hang
    /// Resets the connection.
    case reset
    /// Announces more than it sends, then closes.
    case cutBody
    case badJSON
    case wrongShape
    case emptyBody
    case noLogprobs
    /// A byte now and then, for ever.
    case slowDrip
    /// A body without end.
    case endlessBody

    /// Whether the endpoint turned the request away without working on it.
    package var isRefusal: Bool {
        switch self {
        case .status, .tooManyRequests, .unknownModel, .redirect: true
        case .html(let status), .body(let status, _, _): status >= 300
        default: false
        }
    }
}

extension FaultEndpoint {
    /// What was served, shared by all connections.
    final class Journal: Sendable {
        private struct State {
            var served: [FaultEndpointRequest] = []
            var repetitions: [Data: Int] = [:]
            var open = 0
            var mostAtOnce = 0
            var connections: [ObjectIdentifier: any Channel] = [:]
        }
        private let state = Mutex(State())

        var served: [FaultEndpointRequest] { state.withLock { $0.served } }
        var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }

        /// Numbers the request, asks the script and files it.
        func file(_ request: FaultEndpointRequest, script: Script) -> FaultEndpointRequest {
            state.withLock { state in
                var filed = request
                filed.number = state.served.count
                filed.repetition = state.repetitions[request.body, default: 0]
                state.repetitions[request.body] = filed.repetition + 1
                state.open += 1
                filed.open = state.open
                filed.fault = script(filed)
                state.served.append(filed)
                state.mostAtOnce = max(state.mostAtOnce, state.open)
                return filed
            }
        }

        func finished() { state.withLock { $0.open -= 1 } }

        func note(_ channel: any Channel) {
            state.withLock { $0.connections[ObjectIdentifier(channel)] = channel }
            channel.closeFuture.whenComplete { _ in
                self.state.withLock { state in state.connections[ObjectIdentifier(channel)] = nil }
            }
        }

        func closeConnections() {
            for channel in state.withLock({ Array($0.connections.values) }) { channel.close(promise: nil) }
        }
    }
}
