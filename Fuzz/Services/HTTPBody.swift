internal import HTTPTypes
internal import NIOCore
internal import NIOEmbedded
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

@testable internal import Dashboard

/// Bytes of a connection, in pieces as long as the first byte says, through the handlers of the dashboard's server: whatever comes, there is at most one
/// answer for each request and one for what is no request, and nothing after the last.
enum HTTPBody {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        guard let piece = bytes.first else { return }
        let counter = Counter()
        let (written, failure) = exchange(Array(bytes.dropFirst()), piece: Int(piece) + 1, counter)
        try hold(failure == nil, "the connection can't be made: \(failure ?? "")")
        let heads = written.split(separator: UInt8(ascii: "\n")).count { $0.starts(with: "HTTP/1.".utf8) }
        try hold(heads <= counter.requests + 1, "\(heads) answers to \(counter.requests) requests")
        try hold(counter.whole == 0 || heads > 0, "no answer to \(counter.whole) requests")
    }

    /// Everything that is answered, as bytes.
    private static func exchange(_ bytes: [UInt8], piece: Int, _ counter: Counter) -> (written: [UInt8], failure: String?) {
        let channel = EmbeddedChannel()
        do {
            let pipeline = channel.pipeline.syncOperations
            var limits = NIOHTTPDecoderLimitConfiguration()
            (limits.maxHeaderFieldSize, limits.maxHeaderListSize, limits.maxHeaderFieldCount) = (8 * 1024, 32 * 1024, 100)
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false, withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: limits)
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandlers([BeforeCodec(HeadCheck()), RequestGuard(), counter])
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        } catch {
            return ([], "\(error)")
        }
        for start in stride(from: 0, to: bytes.count, by: piece) where channel.isActive {
            // What a handler throws goes to the end of the pipeline, where the server closes.
            do { try channel.writeInbound(ByteBuffer(bytes: bytes[start..<min(start + piece, bytes.count)])) } catch { channel.close(promise: nil) }
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        var written: [UInt8] = []
        while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { written += buffer.readableBytesView }
        // Left open, it waits for its next request.
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return (written, nil)
    }

    /// Answers each whole request, as the responder does for what is not there.
    private final class Counter: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = HTTPRequestPart
        typealias OutboundOut = HTTPResponsePart

        /// The requests of which the head came, and those that came to their end.
        private(set) var (requests, whole) = (0, 0)
        private var isKnown = false

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                requests += 1
                isKnown = (head.path.flatMap { Resource(path: String($0.prefix { $0 != "?" })) }) != nil
                if let authority = head.authority { _ = Responder.host(of: authority) }
            case .body: break
            case .end:
                whole += 1
                let body = Problem.notFound("There is nothing.").body
                let fields: HTTPFields = [.contentLength: "\(body.count)"]
                context.write(wrapOutboundOut(.head(HTTPResponse(status: isKnown ? .ok : .notFound, headerFields: fields))), promise: nil)
                context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
