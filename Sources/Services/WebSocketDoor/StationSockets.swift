public import EventLoop
internal import Synchronization
public import WebSocket

/// The station's side of WebSockets, thousands of them on a few threads: its caller lives on the loop, gives orders and is told events there.
///
/// Bound to its loop, as are the calls of `receive`.
public final class StationSockets {
    /// Limits and times, of all connections alike.
    public struct Settings: Sendable {
        /// For TCP, TLS and the handshake together.
        public var connectTime = Duration.seconds(10)
        /// `nil`: this side sends no pings.
        public var pingInterval: Duration?
        public var pings = 3
        public var farewell = Duration.seconds(2)
        public var messageBytes = 1 << 20
        /// The most bytes that may wait for one backend to take them.
        public var outgoingBytes = 4 << 20
        /// So many messages, and bytes, of a connection may wait for the loop before nothing more is read of it.
        public var framesAhead = 64
        public var bytesAhead = 1 << 20
        public var totalBytes = 64 << 20
        /// NIO's threads.
        public var threads = 1

        public init() {}
    }

    private let settings: Settings
    private let receive: (DialEvent) -> Void
    private let courier: Courier
    private var dialer: Dialer?
    private var links: [SocketID: Link] = [:]
    private var isStopping = false

    public init(loop: EventLoop, settings: Settings = Settings(), _ receive: @escaping (DialEvent) -> Void) {
        self.settings = settings
        self.receive = receive
        courier = Courier(loop)
        let limits = Mailbox.Limits(frames: settings.framesAhead, bytes: settings.bytesAhead, totalBytes: settings.totalBytes)
        dialer = Dialer(settings, Mailbox(loop, limits) { [weak self] in self?.take($0) })
    }

    public func take(_ order: DialOrder) {
        switch order {
        case .connect(let id, let dial):
            precondition(links[id] == nil, "\(id) is connected or connecting")
            guard !isStopping, let dialer else { return receive(.failed(id, .other("this program stops"))) }
            let link = dialer.makeLink(id)
            links[id] = link
            dialer.dial(link, dial)
        case .send(let id, let bytes, let piece): send(bytes, piece, to: id)
        case .sendRaw(let id, let first, let payload, let isMasked): pass(.sendRaw(first: first, payload: payload, isMasked: isMasked), to: id)
        case .ping(let id): pass(.ping, to: id)
        case .close(let id, let code, let words): pass(.close(code, words), to: id, isLast: true)
        case .abort(let id):
            // Also what was told to say goodbye, and waits.
            guard let link = links[id] else { return }
            link.isOver = true
            courier.send(.abort(SocketEnd(.ordered, words: "cut off"), isReset: true), to: link)
        case .freeze(let id): pass(.freeze, to: id)
        }
    }

    private func pass(_ order: LinkOrder, to id: SocketID, isLast: Bool = false) {
        guard let link = links[id], !link.isOver else { return }
        link.isOver = isLast
        courier.send(order, to: link)
    }

    private func send(_ bytes: [UInt8], _ piece: Int?, to id: SocketID) {
        guard let link = links[id], link.isOpen, !link.isOver else { return }
        if link.outgoing.add(bytes.count, ordering: .relaxed).newValue > settings.outgoingBytes {
            let words = "the backend takes what it is sent too slowly: more than \(settings.outgoingBytes) bytes wait for it"
            return pass(.abort(SocketEnd(.slow, words: words), isReset: false), to: id, isLast: true)
        }
        courier.send(.send(bytes, piece: piece), to: link)
    }

    /// Says goodbye to all (1001), and ends the threads; `stopped` comes of it. A second call does nothing.
    public func stop() {
        guard !isStopping, let dialer else { return }
        isStopping = true
        for link in links.values {
            link.isOver = true
            courier.send(.stop, to: link)
        }
        dialer.close(within: settings.farewell)
    }

    private func take(_ letter: Letter) {
        guard let link = letter.link else {
            if case .stopped = letter.content { receive(.stopped) }
            return
        }
        guard links[link.id] === link else { return }
        switch letter.content {
        case .opened(let subprotocol):
            link.isOpen = true
            receive(.opened(link.id, subprotocol: subprotocol))
        case .text(let bytes): if !link.isOver { receive(.text(link.id, bytes)) }
        case .dialFailed(let problem):
            links[link.id] = nil
            receive(.failed(link.id, problem))
        case .closed(let end):
            links[link.id] = nil
            receive(.closed(link.id, end))
        case .listening, .failed, .knocked, .turnedAway, .certificate, .stopped: break
        }
    }
}
