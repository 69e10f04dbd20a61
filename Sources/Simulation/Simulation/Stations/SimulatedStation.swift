internal import ChargingModel
internal import Gateway
internal import Journal
internal import OCPP
internal import Station

/// A station with the people at it, its WebSockets, and its side of the gateway, whose process runs the engines and monitors of its connectors.
final class SimulatedStation {
    let engines: [EngineProgram]
    let group: ProcessGroup
    @exclusivity(unchecked) private(set) var core: ChargingStation
    private var people: StationPeople
    @exclusivity(unchecked) private var random: SplitMix
    private var plannedWake: Instant?
    /// Connections that are not over at both ends.
    private(set) var sockets: [SimulatedSocket] = []
    private var lastSocket: UInt64 = 0
    /// True once something was lost for which the station can't be held to account.
    var isDoubted = false

    // The gateway's side.
    @exclusivity(unchecked) var runtime: StationRuntime?
    var journal: Journal?
    @exclusivity(unchecked) var inputs: [StationRuntime.Input] = []
    var isDraining = false
    var isStopping = false
    var lastTicket: UInt64 = 0
    var records = 0
    var plannedGatewayWake: Instant?

    var leader: SimulatedProcess { group.leader }
    var name: String { "station \(core.specification.id)" }

    init(number: Int, engines: [EngineProgram], monitors: [MonitorProgram], _ scenario: Scenario) {
        self.engines = engines
        group = ProcessGroup(engines.map(\.process) + monitors.map(\.process))
        random = SplitMix(scenario.seed, .stations, UInt64(number))
        let quirks = SimulatedStation.quirks(connectors: engines.count, &random)
        let now = MachineClock().now(at: Instant(nanoseconds: 0))
        let specification = ChargingStation.Specification(
            id: engines[0].cp.text, version: random.chance(500) ? .v16 : .v201, connectors: Int32(engines.count),
            power: engines.map(\.power).min() ?? Power(watts: 0),
            register: Energy(wattHours: Int64.random(in: 0...100_000, using: &random)), quirks: quirks,
            sampling: scenario.telemetryInterval < .seconds(1) ? .seconds(1) : scenario.telemetryInterval)
        core = ChargingStation(specification, seed: random.next(), at: now)
        people = StationPeople(
            SimulatedStation.habits(scenario), connectors: Int32(engines.count), seed: random.next(), at: now)
        group.started = { [unowned self] world in wakeUp(in: world) }
        group.died = { [unowned self] world in gatewayDied(in: world) }
        group.stops = { [unowned self] _ in isStopping = true }
        for member in group.members { member.group = group }
        for (index, engine) in engines.enumerated() { engine.stationed = (self, Int32(index) + 1) }
        for monitor in monitors { monitor.station = self }
    }

    private static func habits(_ scenario: Scenario) -> StationPeople.Habits {
        var habits = StationPeople.Habits()
        guard scenario.trouble != .none else { return habits }
        habits.cards = scenario.roster.drivers.prefix(3).map { Cards.token(of: $0.driver).text } + [Cards.lost.text]
        habits.every = .seconds(45)
        habits.offline = .seconds(3)...(.seconds(50))
        habits.pace = .seconds(8)
        return habits
    }

    /// One of two stations is odd; those that are not drawn: what needs a real WebSocket, and what answers nobody.
    private static func quirks(connectors: Int, _ random: inout SplitMix) -> Set<StationQuirk> {
        let left: Set<StationQuirk> = [.noSubprotocol, .wrongSubprotocol, .doubledID, .fragments, .longFrames, .silent, .newMeter]
        // Which of two a stop without a number is of, nobody can know.
        let ambiguous: Set<StationQuirk> = connectors > 1 ? [.stopsZero, .stopsMinusOne] : []
        let known = StationQuirk.allCases.filter { !left.contains($0) && !ambiguous.contains($0) }
        guard random.chance(500) else { return [] }
        var quirks = Set((0..<Int.random(in: 1...2, using: &random)).map { _ in known[Int.random(in: 0..<known.count, using: &random)] })
        // Half of those whose register begins anew tell of another meter, too.
        var coin = random
        if quirks.contains(.resetsRegister), coin.chance(500) { quirks.insert(.newMeter) }
        return quirks
    }

    /// True while nobody is connected, as the gateway knows it.
    var isAway: Bool { !sockets.contains { $0.isOpenAtGateway } }

    // MARK: The station

    private func now(in world: World) -> Now { MachineClock().now(at: world.clock) }

    /// It is switched on.
    func begin(in world: World) {
        let quirks = core.specification.quirks.map(\.rawValue).sorted().joined(separator: ", ")
        world.tell(
            "\(name) is switched on: OCPP \(core.specification.version.rawValue), \(engines.count) connectors\(quirks.isEmpty ? "" : ", \(quirks)")")
        tell(.tick, in: world)
    }

    func wake(in world: World) {
        plannedWake = nil
        for event in people.due(at: now(in: world)) where !world.isSettling || event.isWelcomeAtTheEnd { tell(event, in: world) }
        tell(.tick, in: world)
    }

    func tell(_ event: ChargingStation.Event, in world: World) {
        for action in core.handle(event, at: now(in: world)) { carryOut(action, in: world) }
        planWake(in: world)
    }

    private func planWake(in world: World) {
        guard let deadline = [core.deadline, people.deadline].compactMap(\.self).min() else { return }
        let due = max(deadline, world.clock)
        if let plannedWake, plannedWake <= due { return }
        plannedWake = due
        world.queue.insert(.station(self, .wake), at: due)
    }

    private func carryOut(_ action: ChargingStation.Action, in world: World) {
        switch action {
        case .dial(let link):
            lastSocket += 1
            let socket = SimulatedSocket(id: lastSocket, link: link)
            sockets.append(socket)
            world.queue.insert(.station(self, .dialled(socket)), at: arrival(in: world))
        case .send(let link, let bytes, _):
            guard let socket = socket(link), socket.isOpenAtStation, !socket.isBroken else { break }
            world.queue.insert(.station(self, .up(socket, bytes)), at: socket.arrivesAtGateway(arrival(in: world)))
        case .hangUp(let link): if let socket = socket(link) { hangUp(socket, in: world) }
        case .freeze(let link): if let socket = socket(link) { fallSilent(socket, in: world) }
        case .notice(let notice):
            people.hear(notice, at: now(in: world))
            if notice.isNews { world.tell("\(name): \(notice)") }
        }
    }

    /// People go home: nothing new begins, and what nobody stops is driven away.
    func rest(in world: World) {
        tell(.reach(true), in: world)
        for (index, _) in engines.enumerated() {
            tell(.fault(Int32(index) + 1, nil), in: world)
            tell(.unplugged(Int32(index) + 1), in: world)
        }
    }

    // MARK: The network

    private func socket(_ link: UInt64) -> SimulatedSocket? { sockets.first { $0.link == link } }

    func arrival(in world: World) -> Instant {
        let drawn = random.next()
        let late = world.scenario.trouble != .none && drawn % 64 == 0
        return world.clock + .nanoseconds(late ? Int64(drawn >> 32) % 2_000_000_000 : 1_000_000 + Int64(drawn >> 32) % 40_000_000)
    }

    private func hangUp(_ socket: SimulatedSocket, in world: World) {
        guard socket.isOpenAtStation else { return }
        socket.isOpenAtStation = false
        world.queue.insert(.station(self, .closedAtGateway(socket)), at: socket.arrivesAtGateway(arrival(in: world)))
        tell(.closed(socket.link), in: world)
    }

    /// Neither end hears of it: the gateway notices when its pings are not answered.
    private func fallSilent(_ socket: SimulatedSocket, in world: World) {
        socket.isBroken = true
        world.plan(.station(self, .closedAtGateway(socket)), after: .seconds(60))
    }

    /// The network in between breaks its connections.
    func breakSockets(silently: Bool, in world: World) {
        for socket in sockets where socket.isOpenAtStation && !socket.isBroken {
            socket.isBroken = true
            let (soon, late) = (random.duration(below: .seconds(1)), random.duration(below: .seconds(60)))
            world.plan(.station(self, .closedAtStation(socket)), after: silently ? late : soon)
            world.plan(.station(self, .closedAtGateway(socket)), after: silently ? .seconds(60) : soon)
        }
    }

    /// The gateway ends a connection, or is gone.
    func closeAtGateway(_ socket: SimulatedSocket, in world: World) {
        socket.isOpenAtGateway = false
        guard socket.isOpenAtStation, !socket.isBroken else { return }
        world.queue.insert(.station(self, .closedAtStation(socket)), at: socket.arrivesAtStation(arrival(in: world)))
    }

    func happen(_ happening: StationHappening, in world: World) {
        switch happening {
        case .wake: if plannedWake.map({ $0 <= world.clock }) ?? false { wake(in: world) }
        case .opened(let socket): if socket.isOpenAtStation { tell(.opened(socket.link), in: world) }
        case .down(let socket, let bytes):
            if socket.isOpenAtStation, !socket.isBroken { tell(.text(socket.link, bytes), in: world) }
        case .closedAtStation(let socket):
            guard socket.isOpenAtStation else { break }
            socket.isOpenAtStation = false
            tell(.closed(socket.link), in: world)
        case .gatewayWake, .dialled, .up, .closedAtGateway: happenAtGateway(happening, in: world)
        }
        sockets.removeAll { !$0.isOpenAtStation && !$0.isOpenAtGateway }
    }
}

extension ChargingStation.Notice {
    /// True for what somebody wants to read who looks for a fault.
    fileprivate var isNews: Bool { if case .answered = self { false } else { true } }
}

extension ChargingStation.Event {
    /// True for what people still do when nothing new is to begin.
    fileprivate var isWelcomeAtTheEnd: Bool {
        switch self {
        case .card, .reach(false): false
        default: true
        }
    }
}
