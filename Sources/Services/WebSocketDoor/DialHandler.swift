internal import Encodings
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOWebSocket
internal import WebSocket

/// A station's attempt to connect, until it is a WebSocket or has failed. On its NIO thread.
final class DialHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// So much of a refusal's body is read.
    private static let bodyBytes = 512

    private let link: Link
    private let dial: Dial
    private let dialer: Dialer
    private let key = NIOWebSocketClientUpgrader.randomRequestKey()
    private var timer: Scheduled<Void>?
    private var answer: HTTPResponseHead?
    private var body: [UInt8] = []
    private var isConnected = false
    private var isUpgrading = false
    private var isOver = false

    init(_ link: Link, _ dial: Dial, _ dialer: Dialer) {
        self.link = link
        self.dial = dial
        self.dialer = dialer
    }

    private var address: String { dial.url.authority }

    func start() {
        let seconds = Int(dialer.settings.connectTime.components.seconds)
        timer = link.thread.assumeIsolated().scheduleTask(in: TimeAmount(dialer.settings.connectTime)) { [self] in
            fail(.timedOut(what: isConnected ? "the answer of \(address)" : "connecting to \(address)", seconds: seconds))
        }
        let me = NIOLoopBound(self, eventLoop: link.thread)
        let (dialer, link) = (dialer, link)
        ClientBootstrap(group: link.thread)
            .connectTimeout(TimeAmount(dialer.settings.connectTime))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1024, maximum: 16384))
            .channelInitializer { channel in
                dialer.children.add(channel)
                return channel.eventLoop.makeCompletedFuture { try me.value.furnish(channel) }
            }
            .connect(host: dial.url.host, port: Int(dial.url.port))
            .whenFailure { error in
                // Several addresses of a name are tried at once: the last failure counts.
                link.thread.execute { me.value.fail(me.value.problem(with: error)) }
            }
    }

    private func furnish(_ channel: any Channel) throws {
        guard !isOver else { throw ChannelError.ioOnClosedChannel }
        let pipeline = channel.pipeline.syncOperations
        if dial.url.isSecure {
            let isNumeric = (try? SocketAddress(ipAddress: dial.url.host, port: 0)) != nil
            let context = try dialer.context(dial.tls)
            try pipeline.addHandlers([Exit(), try NIOSSLClientHandler(context: context, serverHostname: isNumeric ? nil : dial.url.host)])
        }
        let decoder = HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes)
        try pipeline.addHandlers([HTTPRequestEncoder(), ByteToMessageHandler(decoder), Greeter(NIOLoopBound(self, eventLoop: link.thread))])
    }

    /// TCP is up on this channel.
    func connected(_ context: ChannelHandlerContext) {
        guard !isOver, !isConnected else { return context.channel.closeNow() }
        isConnected = true
        link.channel = context.channel
        do { try context.pipeline.syncOperations.addHandler(self) } catch { return fail(.other("\(error)")) }
        var headers = HTTPHeaders([("Host", address), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("User-Agent", "wattline")])
        headers.add(name: "Sec-WebSocket-Key", value: key)
        headers.add(name: "Sec-WebSocket-Version", value: "13")
        if !dial.subprotocols.isEmpty { headers.add(name: "Sec-WebSocket-Protocol", value: dial.subprotocols.joined(separator: ", ")) }
        if let credentials = dial.credentials {
            headers.add(
                name: "Authorization", value: "Basic " + Base64.text(of: Array(credentials.user.utf8) + [UInt8(ascii: ":")] + credentials.password))
        }
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: dial.url.path, headers: headers)
        context.channel.write(HTTPClientRequestPart.head(head), promise: nil)
        context.channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }

    // MARK: The answer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver, !isUpgrading else { return }
        switch Self.unwrapInboundIn(data) {
        case .head(let head): answer = head
        case .body(let bytes):
            body += bytes.readableBytesView.prefix(DialHandler.bodyBytes - body.count)
            if body.count == DialHandler.bodyBytes { judge(context) }
        case .end: judge(context)
        }
    }

    private func judge(_ context: ChannelHandlerContext) {
        guard !isOver, !isUpgrading, let answer else { return }
        guard answer.status == .switchingProtocols else {
            let text = String(decoding: body, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
            return fail(.status(Int(answer.status.code), words: text.hasPrefix("<") ? "" : Words.line(text)))
        }
        // Only with both has the decoder stopped where frames begin.
        let isUpgrade =
            UpgradeRequest.hasToken("websocket", in: answer.headers["upgrade"])
            && UpgradeRequest.hasToken("upgrade", in: answer.headers["connection"])
        guard isUpgrade else { return fail(.notWebSocket("it answers 101 to something else than WebSocket")) }
        let upgrader = NIOWebSocketClientUpgrader(requestKey: key) { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
        guard upgrader.shouldAllowUpgrade(upgradeResponse: answer) else {
            return fail(.notWebSocket("its Sec-WebSocket-Accept is not the answer to our key"))
        }
        let chosen = answer.headers["sec-websocket-protocol"].first
        let isFine = chosen.map { dial.subprotocols.contains($0) } ?? dial.subprotocols.isEmpty
        guard isFine else { return fail(.subprotocol(offered: dial.subprotocols, chosen: chosen.map(Words.line))) }
        upgrade(chosen, context)
    }

    private func upgrade(_ subprotocol: String?, _ context: ChannelHandlerContext) {
        isUpgrading = true
        // Not while the decoder is at work: what it may still make of what it has is HTTP's, and nobody's.
        context.eventLoop.assumeIsolated().execute { self.detach(subprotocol) }
    }

    private func detach(_ subprotocol: String?) {
        guard !isOver, let channel = link.channel else { return }
        let pipeline = channel.pipeline.syncOperations
        do {
            let encoder = try pipeline.handler(type: HTTPRequestEncoder.self)
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
            let leftover = Leftover()
            try pipeline.addHandler(leftover, position: .after(decoder))
            pipeline.removeHandler(encoder, promise: nil)
            // The decoder goes a little later, and until then takes all that is written for HTTP.
            let isGone = channel.eventLoop.makePromise(of: Void.self)
            isGone.futureResult.assumeIsolated().whenComplete { _ in self.become(subprotocol, leftover) }
            pipeline.removeHandler(decoder, promise: isGone)
        } catch { fail(.other("\(error)")) }
    }

    private func become(_ subprotocol: String?, _ leftover: Leftover) {
        guard !isOver, let channel = link.channel, channel.isActive else { return fail(.hungUp) }
        isOver = true
        timer?.cancel()
        timer = nil
        let pipeline = channel.pipeline.syncOperations
        let socket = SocketHandler(link, dialer.mailbox, dialer.rules, budget: dialer.budget, subprotocol: subprotocol)
        do {
            try pipeline.addHandlers([
                WebSocketFrameEncoder(), ByteMeter(socket), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: dialer.rules.messageBytes)),
                socket,
            ])
            pipeline.removeHandler(self, promise: nil)
            leftover.release()
        } catch { channel.closeNow() }
    }

    // MARK: The end

    func channelInactive(context: ChannelHandlerContext) {
        if !isOver, answer != nil { judge(context) }
        fail(.hungUp)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(problem(with: error)) }

    func fail(_ problem: DialProblem) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        timer = nil
        link.taker = nil
        _ = dialer.mailbox.post(link, .dialFailed(problem))
        link.channel?.closeNow()
    }

    func problem(with error: any Error) -> DialProblem {
        if let problem = error as? DialProblem { return problem }
        if let problem = TLSWords.ofClient(error, dial) { return problem }
        switch error {
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.last { return self.problem(with: failure.error) }
            return .unreachable(address: address, why: "the name has no address")
        case let error as IOError where error.errnoCode == ECONNREFUSED: return .refused(address: address)
        case let error as IOError where error.errnoCode == ECONNRESET: return .hungUp
        case is HTTPParserError: return .notWebSocket("what it says is no HTTP (\(error))")
        case ChannelError.connectTimeout:
            return .timedOut(what: "connecting to \(address)", seconds: Int(dialer.settings.connectTime.components.seconds))
        default: return .unreachable(address: address, why: Words.of(error))
        }
    }
}

extension DialHandler: OrderTaker {
    func take(_ order: LinkOrder) {
        switch order {
        case .close, .abort, .stop: fail(.other("given up before the backend had answered"))
        case .answer, .send, .sendRaw, .ping, .hold, .resume, .freeze, .unpause: break
        }
    }
}

/// Stands in for a `DialHandler` in the channel of each address that is tried, until one of them is connected.
private final class Greeter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let dial: NIOLoopBound<DialHandler>

    init(_ dial: NIOLoopBound<DialHandler>) { self.dial = dial }

    func channelActive(context: ChannelHandlerContext) {
        dial.value.connected(context)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
