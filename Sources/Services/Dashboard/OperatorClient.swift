internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
public import Settings

/// A client that asks a running Central over its HTTP API, as the operator whose secret it has, or with the shared token.
public struct OperatorClient: Sendable {
    public struct Answer: Hashable, Sendable {
        public var status: Int
        public var body: [UInt8]
    }

    /// The time that Central may take: its ledger may be slow.
    private static let patience = TimeAmount.seconds(30)
    private static let bodyLimit = 64 * 1024

    private let endpoint: Endpoint
    private let token: String

    public init(endpoint: Endpoint, token: String) {
        self.endpoint = endpoint
        self.token = token
    }

    /// Sends a POST without a body. Blocks.
    /// - Throws: when nothing answers there, or not in time, or not in HTTP.
    public func post(_ path: String) throws -> Answer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Answer.self)
        let (endpoint, token) = (endpoint, token)
        let connected = ClientBootstrap(group: loop).connectTimeout(.seconds(5)).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(NIOHTTPClientResponseAggregator(maxContentLength: OperatorClient.bodyLimit))
                try channel.pipeline.syncOperations.addHandler(Asking(path: path, endpoint: endpoint, token: token, promise: promise))
            }
        }.connect(host: endpoint.host, port: Int(endpoint.port))
        connected.whenFailure { promise.fail($0) }
        let timer = loop.scheduleTask(in: OperatorClient.patience) { promise.fail(ChannelError.connectTimeout(OperatorClient.patience)) }
        defer { timer.cancel() }
        return try promise.futureResult.wait()
    }

    /// Sends the request and waits for the one answer.
    private final class Asking: ChannelInboundHandler {
        typealias InboundIn = NIOHTTPClientResponseFull
        typealias OutboundOut = HTTPClientRequestPart

        private let head: HTTPRequestHead
        private let promise: EventLoopPromise<Answer>

        init(path: String, endpoint: Endpoint, token: String, promise: EventLoopPromise<Answer>) {
            let headers: HTTPHeaders = [
                "Host": "\(endpoint)", "Authorization": "Bearer \(token)", "Content-Length": "0", "Connection": "close",
            ]
            head = HTTPRequestHead(version: .http1_1, method: .POST, uri: path, headers: headers)
            self.promise = promise
        }

        func channelActive(context: ChannelHandlerContext) {
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let answer = unwrapInboundIn(data)
            promise.succeed(Answer(status: Int(answer.head.status.code), body: answer.body.map { Array($0.readableBytesView) } ?? []))
            context.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            promise.fail(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }
    }
}
