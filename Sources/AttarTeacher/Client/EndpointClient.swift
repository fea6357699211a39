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

    /// One attempt at `request`. Throws `AttemptFailure`, or `CancellationError`.
    func attempt(_ request: CompletionRequest) async throws -> (CompletionAnswer, TokenUsage) {
        let response = try await exchange(path: request.path, body: request.canonicalJSON())
        guard response.status == 200 else { throw failure(of: response, path: request.path) }
        let body: AnswerBody
        do {
            body = try JSONDecoder().decode(AnswerBody.self, from: response.body)
        } catch {
            throw AttemptFailure.garbled(
                isJSON(response.body)
                    ? .malformedAnswer(endpoint: address.shown, expected: "choices with a text")
                    : .notJSON(url: address.url(request.path), status: 200, kind: kind(of: response)))
        }
        guard let answer = body.answer else {
            throw AttemptFailure.garbled(.malformedAnswer(endpoint: address.shown, expected: "choices with a text"))
        }
        if request.topLogprobs != nil, answer.firstTokens == nil {
            throw AttemptFailure.final(
                .noLogprobs(model: request.model, endpoint: address.shown), isCharged: true)
        }
        return (answer, body.tokenUsage)
    }

    /// Names of the models that the endpoint offers; `nil` if it does not say.
    func models() async throws -> [String]? {
        struct List: Decodable {
            struct Model: Decodable { let id: String }
            let data: [Model]
        }
        let response = try await exchange(path: "models", body: nil)
        guard response.status == 200 else {
            if response.status == 404 || response.status == 405 || response.status == 501 { return nil }
            throw failure(of: response, path: "models")
        }
        guard let list = try? JSONDecoder().decode(List.self, from: response.body) else { return nil }
        return list.data.map { printable($0.id, limit: 100) }
    }
}

extension EndpointClient {
    struct Response: Sendable {
        let status: Int
        let contentType: String
        let location: String?
        let retryAfter: String?
        let body: Data
    }

    /// Posts `body`, or gets where there is none, and reads the whole answer within the time limit.
    private func exchange(path: String, body: Data?) async throws -> Response {
        var request = HTTPClientRequest(url: address.url(path))
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
                    try await Task.sleep(for: .seconds(timeoutSeconds))
                    return nil
                }
                group.addTask {
                    let response = try await http.execute(prepared, deadline: .distantFuture)
                    let buffer = try await response.body.collect(upTo: answerLimitBytes)
                    return Response(
                        status: Int(response.status.code),
                        contentType: response.headers.first(name: "Content-Type")?.lowercased() ?? "",
                        location: response.headers.first(name: "Location"),
                        retryAfter: response.headers.first(name: "Retry-After"),
                        body: Data(buffer.readableBytesView))
                }
                defer { group.cancelAll() }
                guard let response = try await group.next() ?? nil else { throw AttemptFailure.late }
                return response
            }
        } catch {
            throw translated(error)
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
                .redirected(from: address.url(path), to: printable(withoutQuery(target), limit: 200)), isCharged: false)
        case 401, 403:
            return .final(
                .refused(status: response.status, endpoint: address.shown, keyVariable: keyVariable), isCharged: false)
        case 404:
            return .missing(path)
        case 429:
            return .limited(retryAfterSeconds: retryAfterSeconds(response))
        case 408, 409, 425, 500...599:
            return .server(response.status, retryAfterSeconds: retryAfterSeconds(response))
        case 200...299:
            return .garbled(
                .notJSON(url: address.url(path), status: response.status, kind: kind(of: response)))
        default:
            return .final(
                .rejected(status: response.status, endpoint: address.shown, detail: detail(of: response)),
                isCharged: false)
        }
    }

    /// `Retry-After` in seconds. The form with a date is left alone: clocks differ, the own back-off applies.
    private func retryAfterSeconds(_ response: Response) -> Double? {
        guard let text = response.retryAfter, let seconds = Double(text), seconds >= 0 else { return nil }
        return min(seconds, 3600)
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
