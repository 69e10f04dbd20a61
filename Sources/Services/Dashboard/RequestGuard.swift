internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// A guard that keeps a connection to one answer for each request, and ends it when it has nothing good to say any more: what is no HTTP gets a
/// problem document after the answers that are owed, an answer that says `Connection: close` is the last, and bodies that nobody wants are thrown
/// away up to a limit.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// The most bytes of one body. Whoever sends more is not heard to its end.
    static let bodyLimit = 16 * Responder.bodyLimit
    /// The longest time that a body may still take when its request is answered already.
    static let bodyTime = TimeAmount.seconds(10)
    /// The longest time that the other end may take to read a last answer and go.
    static let farewell = TimeAmount.seconds(2)

    private var requests: UInt64 = 0
    /// True between the head and the end of a request.
    private var isReading = false
    private var bodyBytes = 0
    private var answersOwed = 0
    /// True when no request is taken after those whose answers are owed.
    private var isLast = false
    /// The problem to answer with when nothing is owed any more.
    private var lastWord: Problem?
    /// True when the parser has given up: it says so again of everything that comes.
    private var isBroken = false
    /// True when the parser has stopped, and would only keep what comes.
    private var isDeaf = false
    private var isOver = false

    // MARK: In

    func read(context: ChannelHandlerContext) {
        if !isDeaf { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head(let request):
            guard !isLast else { return }
            requests += 1
            isReading = true
            bodyBytes = 0
            answersOwed += 1
            isLast = RequestGuard.isLast(request)
            isDeaf = RequestGuard.stopsParser(request)
        case .body(let bytes):
            guard isReading else { return }
            bodyBytes += bytes.readableBytes
            if bodyBytes > RequestGuard.bodyLimit { return context.close(promise: nil) }
        case .end:
            guard isReading else { return }
            isReading = false
        }
        context.fireChannelRead(data)
    }

    /// True for a request after which the connection may go on in another protocol, which nobody here speaks: NIO's parser reads no further.
    private static func stopsParser(_ request: HTTPRequest) -> Bool {
        request.method == .connect || !request.headerFields[values: .upgrade].isEmpty
    }

    private static func isLast(_ request: HTTPRequest) -> Bool {
        stopsParser(request)
            || request.headerFields[values: .connection].contains { field in
                field.split(separator: ",").contains { $0.trimmingPrefix { $0 == " " }.lowercased().hasPrefix("close") }
            }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isOver else { return }
        if isBroken, error is ByteToMessageDecoderError { return }
        guard let problem = RequestGuard.problem(with: error) else { return context.fireErrorCaught(error) }
        isBroken = true
        // Nobody waits for an answer to what comes behind the last request.
        guard !isLast else { return }
        isLast = true
        switch (isReading, answersOwed) {
        // The body of a request that is answered already.
        case (true, 0): end(context)
        // Of one whose answer is still owed: it has its own.
        case (true, _): break
        case (false, 0): say(problem, context)
        case (false, _): lastWord = problem
        }
    }

    private static func problem(with error: any Error) -> Problem? {
        switch error {
        case HTTPParserError.headerOverflow:
            Problem(status: .requestHeaderFieldsTooLarge, detail: "The head of a request may have 32 KiB, 100 fields, and 8 KiB in each.")
        case HTTPParserError.invalidVersion: RequestFault.version("another version").problem
        case let fault as RequestFault: fault.problem
        case let error as HTTPParserError: .badRequest("That is no HTTP/1.1: \(error).")
        case is HTTP1TypeConversionError: .badRequest("That is no HTTP/1.1: its method or its path can't be.")
        default: nil
        }
    }

    // MARK: Out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if head.headerFields[.connection] == "close" {
                // Whatever else was asked is not answered any more.
                isLast = true
                answersOwed = 1
                lastWord = nil
            } else if isLast, answersOwed == 1, lastWord == nil {
                head.headerFields[.connection] = "close"
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            answersOwed -= 1
            guard answersOwed == 0 else { return }
            if let lastWord {
                say(lastWord, context)
            } else if isLast {
                end(context)
            } else if isReading {
                limitBody(context)
            }
        }
    }

    private func limitBody(_ context: ChannelHandlerContext) {
        let request = requests
        let channel = context.channel
        context.eventLoop.assumeIsolated().scheduleTask(in: RequestGuard.bodyTime) {
            if self.isReading, self.requests == request { channel.close(promise: nil) }
        }
    }

    private func say(_ problem: Problem, _ context: ChannelHandlerContext) {
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

    /// Sends all that is to be said, then waits for the other end to go: what it still sends would otherwise cost it the answer (a reset).
    private func end(_ context: ChannelHandlerContext) {
        isOver = true
        context.flush()
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: RequestGuard.farewell) { channel.close(promise: nil) }
    }
}
