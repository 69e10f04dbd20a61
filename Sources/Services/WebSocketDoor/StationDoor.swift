public import EventLoop
internal import Synchronization
public import WebSocket

/// The door for stations: WebSockets of `ws(s)://HOST:PORT/…/STATION`, on NIO's threads; its caller lives on the loop, is told events there and gives
/// orders. Any prefix of the path is taken: the last segment that is not empty is the station's id. Who may come in is the caller's decision; so is what a
/// second connection of a station means: it has another number, and what comes of either names its own.
///
/// Bound to its loop, as are the calls of `receive`.
public final class StationDoor {
    private let loop: EventLoop
    private let receive: (DoorEvent) -> Void
    private let courier: Courier
    private let limit: Int
    private var links: [SocketID: Link] = [:]
    private var listener: Listener?
    private var isStopping = false
    private var isStopped = false
    private let settings: DoorSettings

    public init(loop: EventLoop, settings: DoorSettings, _ receive: @escaping (DoorEvent) -> Void) {
        self.loop = loop
        self.settings = settings
        self.receive = receive
        limit = settings.outgoingBytes
        courier = Courier(loop)
    }

    /// Opens it: `listening` or `failed` comes of it. Once.
    public func open() {
        let limits = Mailbox.Limits(frames: settings.framesAhead, bytes: settings.bytesAhead, totalBytes: settings.totalBytes)
        let mailbox = Mailbox(loop, limits) { [weak self] in self?.take($0) }
        let listener = Listener(DoorWork(settings, mailbox))
        self.listener = listener
        listener.open()
    }

    var mailbox: Mailbox? { listener?.work.mailbox }

    /// The counts so far.
    public var counts: DoorCounts { listener?.work.counts ?? DoorCounts() }

    public func take(_ order: DoorOrder) {
        switch order {
        case .answer(let id, let admission):
            guard let link = links[id] else { return }
            courier.send(.answer(admission), to: link)
            if case .refuse = admission { links[id] = nil }
        case .send(let id, let bytes): send(bytes, to: id)
        case .ping(let id): pass(.ping, to: id)
        case .close(let id, let code, let words): pass(.close(code, words), to: id, isLast: true)
        case .abort(let id): pass(.abort(SocketEnd(.ordered, words: "cut off"), isReset: false), to: id, isLast: true)
        case .hold(let id): pass(.hold, to: id)
        case .resume(let id): pass(.resume, to: id)
        }
    }

    private func pass(_ order: LinkOrder, to id: SocketID, isLast: Bool = false) {
        guard let link = links[id], !link.isOver else { return }
        link.isOver = isLast
        courier.send(order, to: link)
    }

    private func send(_ bytes: [UInt8], to id: SocketID) {
        guard let link = links[id], link.isOpen, !link.isOver else { return }
        if link.outgoing.add(bytes.count, ordering: .relaxed).newValue > limit {
            let end = SocketEnd(.slow, words: "the station takes what it is sent too slowly: more than \(limit) bytes wait for it")
            return pass(.abort(end, isReset: false), to: id, isLast: true)
        }
        courier.send(.send(bytes, piece: nil), to: link)
    }

    /// Says goodbye to all (1001), waits a little for theirs, and gives the port back; `stopped` comes of it. A second call does nothing.
    public func stop() {
        guard !isStopping else { return }
        isStopping = true
        guard let listener else { return stopped() }
        for link in links.values where !link.isOver {
            link.isOver = true
            courier.send(.stop, to: link)
        }
        listener.close(within: settings.farewell)
    }

    private func stopped() {
        guard !isStopped else { return }
        isStopped = true
        links = [:]
        receive(.stopped)
    }

    private func take(_ letter: Letter) {
        switch letter.content {
        case .listening(let port): if !isStopping { receive(.listening(port: port)) }
        case .failed(let words): if !isStopping { receive(.failed(words)) }
        case .turnedAway(let address, let words): receive(.turnedAway(address: address, words: words))
        case .certificate(let file, let problem): receive(.certificate(file: file, problem: problem))
        case .stopped: stopped()
        case .dialFailed: break
        case .knocked(let knock):
            guard let link = letter.link else { return }
            links[link.id] = link
            if isStopping { courier.send(.stop, to: link) } else { receive(.knocked(link.id, knock)) }
        case .opened:
            guard let link = known(letter) else { return }
            link.isOpen = true
            receive(.opened(link.id))
        case .text(let bytes): if let link = known(letter), !link.isOver { receive(.text(link.id, bytes)) }
        case .closed(let end):
            guard let link = known(letter) else { return }
            links[link.id] = nil
            link.isOver = true
            receive(.closed(link.id, end))
        }
    }

    private func known(_ letter: Letter) -> Link? { letter.link.flatMap { links[$0.id] } }
}
