internal import Certificates
internal import JSON
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS
public import Settings

/// A client that asks a running Central over its HTTP API, as the operator whose secret it has, or with the shared token.
public struct OperatorClient: Sendable {
    public struct Answer: Hashable, Sendable {
        public var status: Int
        public var body: [UInt8]

        /// What it says of why it is none that was wished for: the detail of a problem, or the reason of a health check; else a text's first line.
        public var words: String {
            let object = (try? JSONValue(body))?.object
            if let said = object?["detail"]?.string ?? object?["reason"]?.string { return said }
            let line = String(decoding: body.prefix { $0 != UInt8(ascii: "\n") }.prefix(200), as: UTF8.self)
            return "HTTP status \(status)" + (object == nil && !line.isEmpty ? ": \(line)" : "")
        }
    }

    /// The time that Central may take: its ledger may be slow.
    private static let patience = TimeAmount.seconds(30)
    private static let bodyLimit = 64 * 1024
    /// The same for a station's answer, which comes from elsewhere, and may be long.
    private static let stationPatience = TimeAmount.seconds(180)
    private static let stationBodyLimit = 4 << 20

    let address: HTTPAddress
    private let token: String?
    let authorities: String?

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
    public func post(_ path: String) throws(OperatorClientError) -> Answer { try ask(.POST, path, within: OperatorClient.patience) }

    /// Sends a POST with a body that a station answers. Blocks.
    /// - Throws: as `post(_:)` does.
    public func post(_ path: String, body: [UInt8]) throws(OperatorClientError) -> Answer {
        try ask(.POST, path, body, within: OperatorClient.stationPatience)
    }

    /// Sends a GET. Blocks.
    public func get(_ path: String, within patience: Duration) throws(OperatorClientError) -> Answer {
        try ask(.GET, path, within: .milliseconds(Int64(patience / .milliseconds(1))))
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, _ body: [UInt8] = [], within patience: TimeAmount
    ) throws(OperatorClientError) -> Answer {
        let head = head(method, path, length: body.count)
        let limit = body.isEmpty && method == .POST ? OperatorClient.bodyLimit : OperatorClient.stationBodyLimit
        return try wait(within: patience) { promise in
            [NIOHTTPClientResponseAggregator(maxContentLength: limit), Asking(head, body, promise: promise)]
        }
    }

    /// Connects, and waits for what the last of these handlers promises. With TLS they hear of the connection once it is known to be with Central.
    /// - Parameter isEndless: true where only the connecting has a limit in time.
    func wait<Value: Sendable>(
        within patience: TimeAmount, isEndless: Bool = false, _ handlers: @escaping @Sendable (EventLoopPromise<Value>) -> [any ChannelHandler]
    ) throws(OperatorClientError) -> Value {
        let context: NIOSSLContext?
        do { context = try tlsContext() } catch {
            let store = authorities ?? "the system's store"
            throw OperatorClientError("\(store) can't be used: expected the certificates of authorities in PEM form (--ca, WATTLINE_CA)")
        }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Value.self)
        let host = address.endpoint.host
        let connected = ClientBootstrap(group: loop).connectTimeout(min(patience, .seconds(5))).channelInitializer { [address] channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if let context {
                    // It takes one for the address that was connected to as well: `HostCheck` asks for the name.
                    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: address.serverName))
                    try pipeline.addHandler(HostCheck(host))
                }
                try pipeline.addHTTPClientHandlers()
                try pipeline.addHandlers(handlers(promise))
            }
        }.connect(host: host, port: Int(address.endpoint.port))
        connected.whenFailure { promise.fail($0) }
        let timer = isEndless ? nil : loop.scheduleTask(in: patience) { promise.fail(ChannelError.connectTimeout(patience)) }
        defer { timer?.cancel() }
        do { return try promise.futureResult.wait() } catch { throw trouble(error, within: patience) }
    }

    private func tlsContext() throws -> NIOSSLContext? {
        guard address.isSecure else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authorities { configuration.trustRoots = .file(authorities) }
        return try NIOSSLContext(configuration: configuration)
    }

    func head(_ method: HTTPMethod, _ path: String, length: Int = 0) -> HTTPRequestHead {
        var headers: HTTPHeaders = ["Host": "\(address.endpoint)", "Connection": "close"]
        if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        if method == .POST { headers.add(name: "Content-Length", value: "\(length)") }
        if length > 0 { headers.add(name: "Content-Type", value: "application/json") }
        return HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
    }

    /// The certificate is for others than was asked for.
    struct OtherHost: Error {}

    /// Keeps the news of a connection back until the other's certificate is for the host.
    private final class HostCheck: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let host: String

        init(_ host: String) { self.host = host }

        func channelActive(context: ChannelHandlerContext) {}

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case .handshakeCompleted? = event as? TLSUserEvent else { return context.fireUserInboundEventTriggered(event) }
            let shown = try? context.pipeline.syncOperations.nioSSL_peerCertificate()?.toDERBytes()
            guard let shown, Certificate.isFor(host, der: shown) else { return context.fireErrorCaught(OtherHost()) }
            context.fireChannelActive()
        }
    }

    /// Sends the request and waits for the one answer.
    private final class Asking: ChannelInboundHandler {
        typealias InboundIn = NIOHTTPClientResponseFull
        typealias OutboundOut = HTTPClientRequestPart

        private let head: HTTPRequestHead
        private let body: [UInt8]
        private let promise: EventLoopPromise<Answer>

        init(_ head: HTTPRequestHead, _ body: [UInt8], promise: EventLoopPromise<Answer>) {
            self.head = head
            self.body = body
            self.promise = promise
        }

        func channelActive(context: ChannelHandlerContext) {
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if !body.isEmpty { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil) }
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

extension HTTPAddress {
    /// The host as it is told in a handshake; `nil` for a numeric address.
    var serverName: String? { (try? SocketAddress(ipAddress: endpoint.host, port: 0)) == nil ? endpoint.host : nil }
}
