internal import NIOCore
internal import NIOWebSocket
internal import Synchronization
internal import WebSocket

/// A connection after its handshake: messages, pings, and its end. On its NIO thread.
final class SocketHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    enum Phase {
        case open
        /// A goodbye was said; nothing that comes is heard.
        case leaving
        /// Half-open on purpose.
        case frozen
        case over
    }

    let link: Link
    let mailbox: Mailbox
    let rules: SocketRules
    private let subprotocol: String?
    private let budget: Budget
    private var assembler: FrameAssembler
    var context: ChannelHandlerContext?
    var phase = Phase.open
    /// The end, as soon as it is known.
    var end: SocketEnd?
    private var hasHeard = false
    private var unansweredPings = 0
    /// The payload of the last ping of this round of reading.
    private var pingToAnswer: [UInt8]?
    var isPaused = false
    var isHeld = false
    var timer: Scheduled<Void>?

    init(_ link: Link, _ mailbox: Mailbox, _ rules: SocketRules, budget: Budget, subprotocol: String?) {
        self.link = link
        self.mailbox = mailbox
        self.rules = rules
        self.budget = budget
        self.subprotocol = subprotocol
        assembler = FrameAssembler(limit: rules.messageBytes, expectsMask: rules.isServer)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        link.taker = self
        _ = mailbox.post(link, .opened(subprotocol: subprotocol))
        scheduleBeat()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    private func finish() {
        guard phase != .over else { return }
        phase = .over
        timer?.cancel()
        timer = nil
        link.taker = nil
        budget.settle(&held, at: 0)
        _ = mailbox.post(link, .closed(end ?? SocketEnd(.lost, words: "\(rules.other) hung up without a word")))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (phase, error) {
        case (.open, NIOWebSocketError.invalidFrameLength): fault(.tooBig, "a message has more than \(rules.messageBytes) bytes")
        case (.open, NIOWebSocketError.fragmentedControlFrame): fault(.protocolError, "a control frame is in pieces")
        case (.open, NIOWebSocketError.multiByteControlFrameLength): fault(.protocolError, "a control frame has more than 125 bytes")
        case (.open, _):
            end = SocketEnd(.lost, words: "the connection broke: \(Words.of(error))")
            context.close(promise: nil)
        default:
            // What comes behind a fault is a fault as well.
            if !(error is ByteToMessageDecoderError), !(error is NIOWebSocketError) { context.close(promise: nil) }
        }
    }

    // MARK: In

    /// The bytes that are held for a message that is not whole, as the budget knows it.
    private var held = 0

    /// The number of frames that have come.
    private(set) var frames: UInt64 = 0

    /// Called before bytes are decoded, with the bytes that the decoder may hold.
    func willDecode(holding bytes: Int) {
        guard phase == .open, !budget.settle(&held, at: bytes + assembler.heldBytes) else { return }
        fault(.tryAgainLater, "too much waits for the rest of messages, of all stations together")
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        frames &+= 1
        guard phase == .open else { return heardWhileLeaving(Self.unwrapInboundIn(data)) }
        hasHeard = true
        switch assembler.take(Self.unwrapInboundIn(data)) {
        case .nothing, .pong: break
        case .text(let bytes):
            if mailbox.post(link, .text(bytes)), !isPaused {
                isPaused = true
                adjustReading()
            }
        case .ping(let payload): pingToAnswer = payload
        case .close(let code, let words): answerClose(code, words)
        case .fault(let code, let words): fault(code, words)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if let payload = pingToAnswer {
            // Of several, the last is answered (RFC 6455, 5.5.3).
            pingToAnswer = nil
            if phase == .open { write(.pong, payload) }
        }
        context.fireChannelReadComplete()
    }

    private func heardWhileLeaving(_ frame: WebSocketFrame) {
        guard phase == .leaving, frame.opcode == .connectionClose, rules.isServer else { return }
        context?.close(promise: nil)
    }

    func adjustReading() {
        try? link.channel?.syncOptions?.setOption(.autoRead, value: !(isPaused || isHeld || phase == .frozen))
    }

    // MARK: Life

    private func scheduleBeat() {
        guard let interval = rules.pingInterval, let context else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: interval) { self.beat() }
    }

    private func beat() {
        guard phase == .open else { return }
        // Of whom nothing is read nothing can be heard.
        if hasHeard || isPaused || isHeld { unansweredPings = 0 }
        hasHeard = false
        guard unansweredPings < rules.pings else {
            return cut(SocketEnd(.silent, words: "\(rules.other) has not said anything for \(rules.pings) pings"))
        }
        unansweredPings += 1
        write(.ping, [])
        scheduleBeat()
    }
}
