import Foundation
import NIOCore
import NIOPosix

/// An endpoint that gives every request the same answer as soon as it has come, at next to no cost.
enum NullEndpoint {
    /// Prints its address, serves until its input ends.
    static func run() async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
            .serverChannelOption(.backlog, value: 512)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Answerer()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        print("http://127.0.0.1:\(channel.localAddress?.port ?? 0)/v1")
        fflush(nil)
        _ = FileHandle.standardInput.readDataToEndOfFile()
        try await channel.close().get()
    }

    private final class Answerer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var pending = ByteBuffer()
        private static let answer: ByteBuffer = {
            let tokens = (0..<20).map { #"{"token":" token\#($0)","logprob":-\#($0 + 1).25,"bytes":[32]}"# }
            let body =
                #"{"object":"text_completion","choices":[{"index":0,"text":" token0","finish_reason":"length","logprobs":{"content":"#
                + #"[{"token":" token0","logprob":-1.25,"top_logprobs":[\#(tokens.joined(separator: ","))]}]}}],"#
                + #""usage":{"prompt_tokens":12,"completion_tokens":1}}"#
            return ByteBuffer(
                string:
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
        }()

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var part = unwrapInboundIn(data)
            pending.writeBuffer(&part)
            var answers = 0
            while let length = requestLength(pending.readableBytesView), pending.readableBytes >= length {
                pending.moveReaderIndex(forwardBy: length)
                answers += 1
            }
            pending.discardReadBytes()
            for _ in 0..<answers { context.write(wrapOutboundOut(Self.answer), promise: nil) }
            if answers > 0 { context.flush() }
        }

        /// Bytes of the first request, once its head is complete.
        private func requestLength(_ bytes: ByteBufferView) -> Int? {
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
            let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
            let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
            return bytes.distance(from: bytes.startIndex, to: end.upperBound) + (length ?? 0)
        }
    }
}
