import AsyncHTTPClient
import Foundation
import NIOCore

/// Sends single attempts to one endpoint and sorts what comes back. Retrying is `Teacher`'s matter.
struct EndpointClient: Sendable {
    let address: EndpointAddress
    let keyVariable: String?
    private let key: Secret?
    private let timeoutSeconds: Double
    private let answerLimitBytes: Int
    private let http: HTTPClient

    init(_ configuration: TeacherConfiguration, environment: [String: String]) throws(TeacherError) {
        address = try EndpointAddress(configuration.endpoint)
        keyVariable = configuration.apiKeyEnvironmentName
        if let variable = keyVariable {
            key = try Secret(variable: variable, environment: environment)
        } else {
            key = nil
        }
        timeoutSeconds = configuration.timeoutSeconds
        answerLimitBytes = configuration.answerLimitBytes
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.timeout.connect = .nanoseconds(Int64(min(timeoutSeconds, 30) * 1e9))
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(configuration.concurrency, 1)
        settings.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    func close() async throws { try await http.shutdown() }

    /// One attempt at `call`, whose request reads `body` as JSON. Throws `AttemptFailure`, or `CancellationError`.
    func attempt(_ call: TeacherCall, body: Data) async throws -> Attempt {
        let path = call.request.path
        let response = try await exchange(url: address.url(path), body: body)
        guard response.status == 200 else { throw failure(of: response, path: path) }
        let answer: AnswerBody
        do {
            answer = try JSONDecoder().decode(AnswerBody.self, from: response.body)
        } catch {
            throw AttemptFailure.garbled(
                isJSON(response.body)
                    ? unexpectedShape(of: call)
                    : .notJSON(url: address.url(path), status: 200, kind: kind(of: response)))
        }
        let kept: CompletionAnswer
        if case .embedding(let texts) = call.request.prompt {
            guard answer.data?.count == texts.count else { throw AttemptFailure.garbled(unexpectedShape(of: call)) }
            kept = CompletionAnswer(text: "", body: String(decoding: response.body, as: UTF8.self))
        } else {
            guard let choice = answer.answer(choices: call.request.choices) else {
                throw AttemptFailure.garbled(unexpectedShape(of: call))
            }
            kept =
                call.keepsBody
                ? CompletionAnswer(text: "", body: String(decoding: response.body, as: UTF8.self)) : choice
        }
        return Attempt(
            answer: kept, usage: answer.tokenUsage, countsTokens: answer.usage?.promptTokens ?? 0 > 0,
            rates: response.rates)
    }

    private func unexpectedShape(of call: TeacherCall) -> TeacherError {
        if case .embedding(let texts) = call.request.prompt {
            return .malformedAnswer(endpoint: address.shown, expected: "data with \(texts.count) embeddings")
        }
        return .malformedAnswer(endpoint: address.shown, expected: "choices with a text")
    }

    /// What one successful attempt brought.
    struct Attempt: Sendable {
        let answer: CompletionAnswer
        let usage: TokenUsage
        /// Whether the endpoint said how many tokens it read.
        let countsTokens: Bool
        let rates: RateLimits
    }

    /// A model that the endpoint offers.
    struct ListedModel: Sendable {
        let name: String
        /// Where the list says it.
        let contextTokens: Int?
    }

    /// The models that the endpoint offers; `nil` if it does not say.
    func listedModels() async throws -> [ListedModel]? {
        struct List: Decodable {
            struct Model: Decodable {
                let id: String
                let maximumLength: Int?
                let contextLength: Int?
                let contextWindow: Int?

                enum CodingKeys: String, CodingKey {
                    case id
                    case maximumLength = "max_model_len"
                    case contextLength = "context_length"
                    case contextWindow = "context_window"
                }
            }
            let data: [Model]
        }
        let response = try await exchange(url: address.url("models"), body: nil)
        guard response.status == 200 else {
            if response.status == 404 || response.status == 405 || response.status == 501 { return nil }
            throw failure(of: response, path: "models")
        }
        guard let list = try? JSONDecoder().decode(List.self, from: response.body) else { return nil }
        return list.data.map { model in
            ListedModel(
                name: printable(model.id, limit: 100),
                contextTokens: model.maximumLength ?? model.contextLength ?? model.contextWindow)
        }
    }

    /// Tokens that one call may use, as llama.cpp's server tells; `nil` for other servers.
    func slotContext() async throws -> Int? {
        struct Properties: Decodable {
            struct Settings: Decodable {
                let context: Int?
                enum CodingKeys: String, CodingKey { case context = "n_ctx" }
            }
            let settings: Settings?
            enum CodingKeys: String, CodingKey { case settings = "default_generation_settings" }
        }
        guard address.shown.hasSuffix("/v1") else { return nil }
        let response = try await exchange(url: address.shown.dropLast(2) + "props", body: nil)
        guard response.status == 200 else { return nil }
        return try? JSONDecoder().decode(Properties.self, from: response.body).settings?.context
    }
}

extension EndpointClient {
    struct Response: Sendable {
        let status: Int
        let contentType: String
        let location: String?
        let rates: RateLimits
        let body: Data
    }

    /// Posts `body`, or gets where there is none, and reads the whole answer within the time limit.
    private func exchange(url: String, body: Data?) async throws -> Response {
        var request = HTTPClientRequest(url: url)
        request.method = body == nil ? .GET : .POST
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "attar")
        if let key { request.headers.add(name: "Authorization", value: "Bearer " + key.reveal()) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let prepared = request
        do {
            return try await withThrowingTaskGroup(of: Response?.self) { group in
                // The limit covers the body too: an endpoint that drips for ever must not hold a place for ever.
                group.addTask {
                    try await timeout()
                    return nil
                }
                group.addTask {
                    let response = try await http.execute(prepared, deadline: .distantFuture)
                    let buffer = try await response.body.collect(upTo: answerLimitBytes)
                    return Response(
                        status: Int(response.status.code),
                        contentType: response.headers.first(name: "Content-Type")?.lowercased() ?? "",
                        location: response.headers.first(name: "Location"),
                        rates: RateLimits { response.headers.first(name: $0) },
                        // An endpoint may echo what it was sent.
                        body: key?.struck(from: Data(buffer.readableBytesView)) ?? Data(buffer.readableBytesView))
                }
                defer { group.cancelAll() }
                guard let response = try await group.next() ?? nil else { throw AttemptFailure.late }
                return response
            }
        } catch {
            throw translated(error)
        }
    }

    /// Ends when an attempt has had its time. A cancelled `Task.sleep` would stay in memory until then; this does not.
    private func timeout() async throws {
        let timer = http.eventLoopGroup.any().scheduleTask(in: .nanoseconds(Int64(timeoutSeconds * 1e9))) {}
        try await withTaskCancellationHandler {
            try await timer.futureResult.get()
        } onCancel: {
            timer.cancel()
        }
    }

    private func translated(_ error: any Error) -> any Error {
        if Task.isCancelled { return CancellationError() }
        switch error {
        case let failure as AttemptFailure:
            return failure
        case is NIOTooManyBytesError:
            return AttemptFailure.garbled(.answerTooLarge(endpoint: address.shown, limitBytes: answerLimitBytes))
        case let error as HTTPClientError where error == .connectTimeout:
            return AttemptFailure.noConnection("no answer to the connection attempt")
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            return AttemptFailure.noConnection("connection refused")
        case let error as HTTPClientError where error == .tlsHandshakeTimeout:
            return AttemptFailure.noConnection("the TLS handshake took too long")
        case is HTTPClientError, is IOError, is ChannelError:
            return AttemptFailure.disconnected
        default:
            // The transport's error for a connection that never came about is not public to its clients.
            let words = String(describing: error)
            if words.contains("refused") { return AttemptFailure.noConnection("connection refused") }
            if words.contains("NIOConnectionError") {
                return AttemptFailure.noConnection("no such host or no route to it")
            }
            return AttemptFailure.disconnected
        }
    }

    private func failure(of response: Response, path: String) -> AttemptFailure {
        switch response.status {
        case 300...399:
            let target = response.location ?? "an unnamed address"
            return .final(
                .redirected(from: address.url(path), to: printable(withoutQuery(target), limit: 200)))
        case 401, 403:
            return .final(.refused(status: response.status, endpoint: address.shown, keyVariable: keyVariable))
        case 404:
            return .missing(path)
        case 429:
            return .limited(retryAfterSeconds: response.rates.retryAfterSeconds)
        case 501:
            return .final(.rejected(status: 501, endpoint: address.shown, detail: detail(of: response)))
        case 408, 409, 425, 500...599:
            return .server(response.status, retryAfterSeconds: response.rates.retryAfterSeconds)
        case 200...299:
            return .garbled(
                .notJSON(url: address.url(path), status: response.status, kind: kind(of: response)))
        default:
            return .final(
                .rejected(status: response.status, endpoint: address.shown, detail: detail(of: response)))
        }
    }

    private func isJSON(_ body: Data) -> Bool {
        (try? JSONSerialization.jsonObject(with: body, options: .fragmentsAllowed)) != nil
    }

    private func kind(of response: Response) -> TeacherError.BodyKind {
        let start = String(decoding: response.body.prefix(512), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        if start.isEmpty { return .empty }
        if start.hasPrefix("{") || start.hasPrefix("[") { return .brokenJSON }
        return response.contentType.contains("html") || start.hasPrefix("<") ? .html : .text
    }

    /// The endpoint's own words on a rejected request, made harmless.
    private func detail(of response: Response) -> String {
        struct Problem: Decodable {
            struct Inner: Decodable { let message: String? }
            let error: Inner?
            let message: String?
        }
        guard let problem = try? JSONDecoder().decode(Problem.self, from: response.body) else { return "" }
        return printable(problem.error?.message ?? problem.message ?? "", limit: 200)
    }

    /// Words from the endpoint: one short line, no control characters, no key.
    private func printable(_ text: String, limit: Int) -> String {
        let struck = key?.struck(from: text) ?? text
        let line = struck.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : String($0) }.joined()
        return line.count > limit ? String(line.prefix(limit)) + "…" : line
    }

    private func withoutQuery(_ target: String) -> String {
        String(target.prefix { $0 != "?" && $0 != "#" })
    }
}
