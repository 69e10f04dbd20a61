internal import Certificates
internal import Encodings
internal import EventLoop
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import NIOWebSocket
internal import ServerTLS
internal import WebSocket

/// A connection until it is a WebSocket: reads the request, asks the loop, lets in or refuses. On its NIO thread.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Phase {
        case reading(HTTPRequestHead?)
        case deciding(Link, UpgradeRequest)
        /// Refused: whatever else comes is not looked at.
        case refused
        case over
    }

    private let work: DoorWork
    private let isTLS: Bool
    private let ticket: WaitingTicket
    private var phase = Phase.reading(nil)
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var hasPlace = false

    /// - Parameter ticket: its place in the lobby.
    init(_ work: DoorWork, isTLS: Bool, ticket: WaitingTicket) {
        self.work = work
        self.isTLS = isTLS
        self.ticket = ticket
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        schedule(TimeAmount(work.settings.handshakeTime)) { $0.isLate() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelInactive(context: ChannelHandlerContext) {
        if case .deciding(let link, _) = phase {
            _ = work.mailbox.post(link, .closed(SocketEnd(.lost, words: "the station hung up before it was let in")))
            link.taker = nil
        }
        end()
        context.fireChannelInactive()
    }

    private func end() {
        phase = .over
        timer?.cancel()
        timer = nil
        if hasPlace { work.givePlace() }
        hasPlace = false
        work.lobby.leave(ticket)
    }

    private func schedule(_ time: TimeAmount, _ body: @escaping (HandshakeHandler) -> Void) {
        timer?.cancel()
        timer = context?.eventLoop.assumeIsolated().scheduleTask(in: time) { body(self) }
    }

    private func isLate() {
        work.lobby.count { $0.late += 1 }
        guard let context else { return }
        work.say(turnedAway: context.channel, "its handshake took more than \(work.settings.handshakeTime)")
        context.channel.closeNow()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard case .reading = phase else {
            // Of one that is refused already nothing more is understood.
            if case .refused = phase, error is ByteToMessageDecoderError || error is HTTPParserError { return }
            return context.channel.closeNow()
        }
        switch error {
        case HTTPParserError.headerOverflow: refuse(Refusal(status: 431, words: "The head of the request is too long, expected 16 KiB at most."))
        case let error as HTTPParserError:
            work.lobby.count { $0.unreadable += 1 }
            let words = "What it says is no HTTP (\(error)): a station that is set to wss:// at a port for ws:// looks so."
            work.say(turnedAway: context.channel, words)
            refuse(Refusal(status: 400, words: words), isSaid: true)
        default:
            if isTLS {
                work.lobby.count { $0.unreadable += 1 }
                work.say(turnedAway: context.channel, TLSWords.ofServer(error))
            }
            context.channel.closeNow()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is PlainTextRefusal.Event else { return context.fireUserInboundEventTriggered(event) }
        work.lobby.count { $0.unreadable += 1 }
        work.say(turnedAway: context.channel, "it speaks no TLS: set it to wss://")
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Behind a request for an upgrade the parser stops; did it not, what it makes of frames would be another request.
        if case .deciding = phase { return context.channel.closeNow() }
        guard case .reading(let begun) = phase else { return }
        switch Self.unwrapInboundIn(data) {
        case .head(let head): phase = .reading(head)
        case .body: refuse(Refusal(status: 400, words: "The request has a body, expected none."))
        case .end:
            guard let begun else { return }
            do throws(Refusal) { try knock(UpgradeRequest(begun), context) } catch { refuse(error) }
        }
    }

    private func knock(_ request: UpgradeRequest, _ context: ChannelHandlerContext) throws(Refusal) {
        hasPlace = work.takePlace()
        guard hasPlace else { throw .crowded("There are \(work.settings.stations) stations here already, which is the most: try again later.") }
        let link = Link(work.nextID(), on: context.eventLoop, context.channel)
        link.taker = self
        phase = .deciding(link, request)
        // What it sends before it is answered stays in the kernel.
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        let address = context.channel.remoteAddress
        let knock = Knock(
            station: request.station, path: request.path, subprotocols: request.subprotocols, credentials: request.credentials,
            certificate: certificate(context.channel), address: address?.ipAddress ?? "?", port: UInt16(clamping: address?.port ?? 0), isTLS: isTLS)
        _ = work.mailbox.post(link, .knocked(knock))
        schedule(TimeAmount(work.settings.decisionTime)) { $0.isUndecided(link) }
    }

    private func certificate(_ channel: any Channel) -> Knock.Certificate? {
        guard isTLS, let shown = try? channel.pipeline.syncOperations.nioSSL_peerCertificate(), let bytes = try? shown.toDERBytes() else {
            return nil
        }
        let text = "-----BEGIN CERTIFICATE-----\n\(Base64.text(of: bytes))\n-----END CERTIFICATE-----\n"
        return Certificate(pem: text).map { Knock.Certificate(commonName: $0.name, subject: $0.subject, fingerprint: $0.fingerprint) }
    }

    private func isUndecided(_ link: Link) {
        _ = work.mailbox.post(link, .closed(SocketEnd(.ordered, words: "nobody decided in time whether to let it in")))
        link.taker = nil
        refuse(.crowded("This backend is too busy to decide whether to let the station in: try again later."))
    }
}

extension HandshakeHandler: OrderTaker {
    func take(_ order: LinkOrder) {
        guard case .deciding(let link, let request) = phase, let context else { return }
        switch order {
        case .answer(.accept(let subprotocol)): accept(link, request, subprotocol, context)
        case .answer(.refuse(let refusal)):
            link.taker = nil
            refuse(refusal)
        case .close(_, let words): endEarly(link, SocketEnd(.ordered, words: words))
        case .abort(let end, _): endEarly(link, end)
        case .stop: endEarly(link, SocketEnd(.stopped, words: "stopping"))
        case .send, .sendRaw, .ping, .hold, .resume, .freeze, .unpause: break
        }
    }

    private func endEarly(_ link: Link, _ end: SocketEnd) {
        _ = work.mailbox.post(link, .closed(end))
        link.taker = nil
        phase = .refused
        context?.channel.closeNow()
    }

    // MARK: The answer

    private func accept(_ link: Link, _ request: UpgradeRequest, _ subprotocol: String?, _ context: ChannelHandlerContext) {
        let channel = context.channel
        let chosen = subprotocol.flatMap { request.subprotocols.contains($0) ? $0 : nil }
        let extra = chosen.map { HTTPHeaders([("Sec-WebSocket-Protocol", $0)]) } ?? HTTPHeaders()
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(extra) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        // All of this happens at once: the future is there already.
        upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: request.head, initialResponseHeaders: [:]).assumeIsolated().whenComplete {
            switch $0 {
            case .success(let headers): self.upgrade(link, headers, chosen, context)
            case .failure:
                _ = self.work.mailbox.post(link, .closed(SocketEnd(.fault, words: "its request is no upgrade to a WebSocket")))
                link.taker = nil
                self.refuse(Refusal(status: 400, words: "The request is no upgrade to a WebSocket."))
            }
        }
    }

    private func upgrade(_ link: Link, _ headers: HTTPHeaders, _ subprotocol: String?, _ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        context.write(Self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        // Writing may have found out that it is gone.
        guard case .deciding = phase else { return }
        let socket = SocketHandler(link, work.mailbox, work.rules, budget: work.budget, subprotocol: subprotocol)
        let work = work
        work.lobby.count { $0.opened += 1 }
        hasPlace = false
        context.channel.closeFuture.whenComplete { _ in work.givePlace() }
        end()
        do {
            let encoder = try pipeline.handler(type: HTTPResponseEncoder.self)
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            pipeline.removeHandler(encoder, promise: nil)
            try pipeline.addHandlers([
                WebSocketFrameEncoder(), ByteMeter(socket), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: work.rules.messageBytes)),
                socket,
            ])
            pipeline.removeHandler(self, promise: nil)
            // What has come behind the request goes to the new decoder.
            pipeline.removeHandler(decoder, promise: nil)
            try context.channel.syncOptions?.setOption(.autoRead, value: true)
        } catch {
            context.channel.closeNow()
        }
    }

    private func refuse(_ refusal: Refusal, isSaid: Bool = false) {
        guard let context else { return }
        if case .reading = phase, !isSaid { work.say(turnedAway: context.channel, refusal.words) }
        phase = .refused
        if hasPlace { work.givePlace() }
        hasPlace = false
        work.lobby.count { $0.refused += 1 }
        var headers = HTTPHeaders([
            ("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "\(refusal.words.utf8.count + 1)"), ("Connection", "close"),
        ])
        switch refusal.status {
        case 401: headers.add(name: "WWW-Authenticate", value: "Basic realm=\"Wattline\", charset=\"UTF-8\"")
        case 405: headers.add(name: "Allow", value: "GET")
        case 426:
            headers.add(name: "Upgrade", value: "websocket")
            headers.add(name: "Sec-WebSocket-Version", value: "13")
        case 503: headers.add(name: "Retry-After", value: "10")
        default: break
        }
        let head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: refusal.status), headers: headers)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: refusal.words + "\n")))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
        // What it still sends would otherwise cost it the answer.
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        schedule(work.rules.farewell) { $0.context?.channel.closeNow() }
    }
}
