internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
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

    private let address: HTTPAddress
    private let token: String?
    private let authorities: String?

    /// - Parameters:
    ///   - token: the operator's; `nil` to ask what anybody may.
    ///   - authorities: the file of whom to believe that they are Central, with HTTPS; `nil`: whom the system trusts.
    public init(_ address: HTTPAddress, token: String? = nil, authorities: String? = nil) {
        self.address = address
        self.token = token
        self.authorities = authorities
    }

    /// Sends a POST without a body. Blocks.
    /// - Throws: when nothing answers there, or not in time, or not in HTTP, or not with a certificate that is believed.
    public func post(_ path: String) throws -> Answer { try send(.POST, path, within: OperatorClient.patience) }

    /// Sends a GET. Blocks.
    public func get(_ path: String, within patience: Duration) throws -> Answer {
        try send(.GET, path, within: .milliseconds(Int64(patience / .milliseconds(1))))
    }

    private func send(_ method: HTTPMethod, _ path: String, within patience: TimeAmount) throws -> Answer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Answer.self)
        let head = head(method, path)
        let context = try tlsContext()
        let host = address.endpoint.host
        let connected = ClientBootstrap(group: loop).connectTimeout(min(patience, .seconds(5))).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                // An address in place of a name is checked against the other end's.
                if let context { try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: isName(host) ? host : nil)) }
                try pipeline.addHTTPClientHandlers()
                try pipeline.addHandler(NIOHTTPClientResponseAggregator(maxContentLength: OperatorClient.bodyLimit))
                try pipeline.addHandler(Asking(head, promise: promise))
            }
        }.connect(host: host, port: Int(address.endpoint.port))
        connected.whenFailure { promise.fail($0) }
        let timer = loop.scheduleTask(in: patience) { promise.fail(ChannelError.connectTimeout(patience)) }
        defer { timer.cancel() }
        return try promise.futureResult.wait()
    }

    private func tlsContext() throws -> NIOSSLContext? {
        guard address.isSecure else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authorities { configuration.trustRoots = .file(authorities) }
        return try NIOSSLContext(configuration: configuration)
    }

    private func head(_ method: HTTPMethod, _ path: String) -> HTTPRequestHead {
        var headers: HTTPHeaders = ["Host": "\(address.endpoint)", "Connection": "close"]
        if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        if method == .POST { headers.add(name: "Content-Length", value: "0") }
        return HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
    }

    /// Sends the request and waits for the one answer.
    private final class Asking: ChannelInboundHandler {
        typealias InboundIn = NIOHTTPClientResponseFull
        typealias OutboundOut = HTTPClientRequestPart

        private let head: HTTPRequestHead
        private let promise: EventLoopPromise<Answer>

        init(_ head: HTTPRequestHead, promise: EventLoopPromise<Answer>) {
            self.head = head
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

/// True for what is no numeric address.
private func isName(_ host: String) -> Bool { (try? SocketAddress(ipAddress: host, port: 0)) == nil }
