internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// Ends a connection that has nothing good to say any more: what is no HTTP gets a problem document, an answer that says `Connection: close` is the
/// last, and bodies that nobody wants are thrown away up to a limit.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Of one body. Whoever sends more is not heard to its end.
    static let bodyLimit = 16 * Responder.bodyLimit
    /// How long the other end may take to read a last answer and go.
    static let farewell = TimeAmount.seconds(2)

    private var bodyBytes = 0
    private var answersOwed = 0
    private var isLastAnswer = false
    private var isOver = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head:
            bodyBytes = 0
            answersOwed += 1
        case .body(let bytes):
            bodyBytes += bytes.readableBytes
            if bodyBytes > RequestGuard.bodyLimit { return context.close(promise: nil) }
        case .end: break
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.headerFields[.connection] == "close" { isLastAnswer = true }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            answersOwed -= 1
            context.write(data, promise: promise)
            if isLastAnswer { end(context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let problem = RequestGuard.problem(with: error) else { return context.fireErrorCaught(error) }
        guard !isOver else { return }
        // In the middle of an answer there is nothing to be said.
        guard answersOwed == 0 else { return context.close(promise: nil) }
        let body = problem.body
        var fields = Responder.security
        fields[.contentType] = "application/problem+json"
        fields[.contentLength] = "\(body.count)"
        fields[.connection] = "close"
        context.write(wrapOutboundOut(.head(HTTPResponse(status: problem.status, headerFields: fields))), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        end(context)
    }

    private static func problem(with error: any Error) -> Problem? {
        switch error {
        case HTTPParserError.headerOverflow:
            Problem(status: .requestHeaderFieldsTooLarge, detail: "The head of a request may have 32 KiB, 100 fields, and 8 KiB in each.")
        case let error as HTTPParserError: .badRequest("That is no HTTP/1.1: \(error).")
        case is HTTP1TypeConversionError: .badRequest("That is no HTTP/1.1: its method or its path can't be.")
        default: nil
        }
    }

    /// Says all that is to be said, then waits for the other end to go: what it still sends would otherwise cost it the answer (a reset).
    private func end(_ context: ChannelHandlerContext) {
        isOver = true
        context.flush()
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: RequestGuard.farewell) { channel.close(promise: nil) }
    }
}
