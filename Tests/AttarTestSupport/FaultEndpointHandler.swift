import Foundation
import NIOCore
import NIOHTTP1

/// One connection: collects a request, then answers or fails.
final class FaultEndpointHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answers: FaultEndpointAnswers
    private let script: FaultEndpoint.Script
    private let journal: FaultEndpoint.Journal
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var isEndless = false
    private var isOpen = false

    init(answers: FaultEndpointAnswers, script: @escaping FaultEndpoint.Script, journal: FaultEndpoint.Journal) {
        self.answers = answers
        self.script = script
        self.journal = journal
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var part):
            body.writeBuffer(&part)
        case .end:
            guard let head else { return }
            let request = journal.file(
                FaultEndpointRequest(
                    number: 0, repetition: 0, method: head.method.rawValue, path: head.uri,
                    authorization: head.headers.first(name: "Authorization"), body: Data(body.readableBytesView),
                    fault: nil),
                script: script)
            isOpen = true
            respond(to: request, context: context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isEndless = false
        closeRequest()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if isEndless { writeEndlessly(context: context) }
        context.fireChannelWritabilityChanged()
    }

    private func closeRequest() {
        if isOpen { journal.finished() }
        isOpen = false
    }

    private func respond(to request: FaultEndpointRequest, context: ChannelHandlerContext) {
        switch request.fault {
        case nil, .noLogprobs:
            if request.path.hasSuffix("/v1/models") {
                send(200, answers.modelList, context: context)
            } else if ["completions", "chat/completions", "embeddings"].contains(where: { request.path == "/v1/" + $0 })
            {
                let (status, body) = answers.answer(to: request.body, withoutLogprobs: request.fault != nil)
                let headers = answers.abilities.headers.map { ($0.key, $0.value) }
                send(status, body, headers: headers, context: context)
            } else {
                send(404, Data("<html>no such page</html>".utf8), type: "text/html", context: context)
            }
        case .status(let status):
            send(status, Data(#"{"error":{"message":"scripted \#(status)"}}"#.utf8), context: context)
        case .tooManyRequests(let wait):
            let headers = wait.map { [("Retry-After", $0)] } ?? []
            send(429, Data(#"{"error":{"message":"slow down"}}"#.utf8), headers: headers, context: context)
        case .unknownModel:
            send(404, Data(#"{"error":{"message":"model not found"}}"#.utf8), context: context)
        case .html(let status):
            let page = "<!DOCTYPE html><html><body><h1>\(status)</h1></body></html>"
            send(status, Data(page.utf8), type: "text/html; charset=utf-8", context: context)
        case .redirect(let target):
            send(307, Data(), headers: [("Location", target)], context: context)
        case .body(let status, let type, let text):
            send(status, Data(text.utf8), type: type, context: context)
        case .badJSON:
            send(200, Data(#"{"choices": [{"text": "half"#.utf8), context: context)
        case .wrongShape:
            send(200, Data(#"{"object": "list", "data": []}"#.utf8), context: context)
        case .emptyBody:
            send(200, Data(), context: context)
        case .delay(let milliseconds):
            var late = request
            late.fault = nil
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds))) { [late] in
                let (handler, context) = bound.value
                if context.channel.isActive { handler.respond(to: late, context: context) }
            }
        case .hang:
            break
        case .reset:
            reset(context: context)
        case .cutBody:
            cutBody(context: context)
        case .slowDrip:
            sendHead(200, [("Transfer-Encoding", "chunked")], context: context)
            drip(context: context)
        case .endlessBody:
            sendHead(200, [("Transfer-Encoding", "chunked")], context: context)
            isEndless = true
            writeEndlessly(context: context)
        }
    }

    private func send(
        _ status: Int, _ body: Data, type: String = "application/json", headers: [(String, String)] = [],
        context: ChannelHandlerContext
    ) {
        sendHead(
            status, [("Content-Type", type), ("Content-Length", "\(body.count)")] + headers, context: context)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        closeRequest()
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func sendHead(_ status: Int, _ headers: [(String, String)], context: ChannelHandlerContext) {
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: HTTPHeaders(headers))
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    private func cutBody(context: ChannelHandlerContext) {
        sendHead(200, [("Content-Type", "application/json"), ("Content-Length", "1000")], context: context)
        let part = ByteBuffer(string: #"{"choices": ["#)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(part)))).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }

    /// Closing with a linger time of zero makes the kernel send RST.
    private func reset(context: ChannelHandlerContext) {
        guard let socket = context.channel as? any SocketOptionProvider else { return context.close(promise: nil) }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in bound.value.close(promise: nil) }
    }

    private func drip(context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: " ")))), promise: nil)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(5)) {
            let (handler, context) = bound.value
            handler.drip(context: context)
        }
    }

    private func writeEndlessly(context: ChannelHandlerContext) {
        let part = ByteBuffer(repeating: 0x20, count: 16 << 10)
        while isEndless, context.channel.isActive, context.channel.isWritable {
            context.write(wrapOutboundOut(.body(.byteBuffer(part))), promise: nil)
            context.flush()
        }
    }
}
