internal import ChargingModel
internal import EventLoop
internal import OCPP
internal import Runtime
internal import Station
internal import WebSocket

/// A station that is played here: its core, its people, and its connections. Bound to its loop.
final class PlayedStation {
    /// The parts that all stations of the process share.
    struct Surroundings {
        let loop: EventLoop
        let dial: Dial
        /// Gives an order to the sockets.
        let take: (DialOrder) -> Void
        let say: (Int, ChargingStation.Notice) -> Void
        /// Hears each frame, where somebody wants to see them.
        let onFrame: ((Int, Bool, [UInt8]) -> Void)?
    }

    private(set) var core: ChargingStation
    private var people: StationPeople
    private let around: Surroundings
    /// Tells its connections from those of others.
    private let number: UInt64
    private var timer: CoreTimer?
    private var isStopping = false

    var id: String { core.specification.id }

    init(_ specification: ChargingStation.Specification, habits: StationPeople.Habits, number: UInt64, seed: UInt64, _ around: Surroundings) {
        let now = EventLoop.present()
        self.number = number
        self.around = around
        core = ChargingStation(specification, seed: seed, at: now)
        people = StationPeople(habits, connectors: specification.connectors, seed: seed &+ 0x9E37, at: now)
        timer = CoreTimer(around.loop) { [weak self] in self?.tick() }
    }

    func start() { feed(.tick) }

    /// Does nothing more; the sockets say goodbye.
    func stop() {
        isStopping = true
        timer?.set(nil)
    }

    /// The number of a connection among those of all stations.
    private func socket(_ link: UInt64) -> SocketID { SocketID(number: number << 32 | link) }

    static func station(of socket: SocketID) -> UInt64 { socket.number >> 32 }
    private static func link(of socket: SocketID) -> UInt64 { socket.number & 0xFFFF_FFFF }

    private func tick() {
        for event in people.due(at: EventLoop.present()) { feed(event) }
        feed(.tick)
    }

    func feed(_ event: ChargingStation.Event) {
        guard !isStopping else { return }
        for action in core.handle(event, at: EventLoop.present()) { carryOut(action) }
        timer?.set([core.deadline, people.deadline].compactMap(\.self).min())
    }

    /// - Returns: the problem of a connection that did not come about.
    func hear(_ event: DialEvent) -> DialProblem? {
        switch event {
        case .opened(let socket, _): feed(.opened(PlayedStation.link(of: socket)))
        case .text(let socket, let bytes):
            around.onFrame?(Int(number), false, bytes)
            feed(.text(PlayedStation.link(of: socket), bytes))
        case .closed(let socket, _):
            feed(.closed(PlayedStation.link(of: socket)))
        case .failed(let socket, let problem):
            feed(.closed(PlayedStation.link(of: socket)))
            return problem
        case .stopped: break
        }
        return nil
    }

    private func carryOut(_ action: ChargingStation.Action) {
        switch action {
        case .dial(let link):
            around.take(.connect(socket(link), around.dial))
        case .send(let link, let bytes, let piece):
            around.onFrame?(Int(number), true, bytes)
            around.take(.send(socket(link), bytes, piece: piece))
        case .hangUp(let link): around.take(.abort(socket(link)))
        case .freeze(let link): around.take(.freeze(socket(link)))
        case .notice(let notice):
            people.hear(notice, at: EventLoop.present())
            around.say(Int(number), notice)
        }
    }
}
