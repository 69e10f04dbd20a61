internal import ChargingModel
internal import ChargingProtocol
internal import Demand

/// A driver: what `DriverService` does around the same core.
final class DriverProcess: Process {
    private let settings: Driver.Settings
    @exclusivity(unchecked) private(set) var core: Driver?
    private let visits: DriverVisits?
    /// What the vehicle takes that came last.
    private(set) var load: Load?
    /// When it came, until it is accepted or has left.
    private var cameAt: Instant?

    init(index: Int, number: Int, _ scenario: Scenario, _ currents: [ChargePointID: CurrentKind]) {
        let roster = scenario.roster
        let driver = roster.drivers[number]
        visits = scenario.demand.map { DriverVisits($0, of: number, scenario, currents) }
        let points = driver.points ?? roster.points.map(\.cp)
        settings = Driver.Settings(
            driver: driver.driver, interval: scenario.demand == nil ? driver.interval : nil, vehicles: driver.vehicles, points: points,
            firstPoint: number * points.count / roster.drivers.count)
        super.init(index: index, party: .driver(driver.driver))
    }

    /// Another one of this name: it knows nothing of what the first one asked.
    init(index: Int, copying original: DriverProcess) {
        settings = original.settings
        visits = nil
        super.init(index: index, party: original.party, isCopy: true)
    }

    override func wakeUp(seed: UInt64) -> Bool {
        core = Driver(settings, seed: seed)
        presence = makePresence(lastEpoch: 0, points: settings.points)
        if world.isSettling { tell(.rest) }
        return isAlive
    }

    /// The first of its visits is planned; at most one at a time.
    func planVisit() {
        if let visits, let at = visits.next { world.queue.insert(.visit(self), at: at) }
    }

    /// A vehicle comes. What its driver's program does not live to hear, the driver does not ask for.
    func isVisited() {
        guard let visits, let visit = visits.take() else { return }
        planVisit()
        guard !world.isSettling else { return }
        world.usage?.arrives(at: world.clock)
        load = visit.load
        cameAt = world.clock
        tell(.errand(visits.errand(for: visit)))
    }

    override func forget() { core = nil }
    override var deadline: Instant? { core?.deadline }
    override func takeTick() { tell(.tick) }
    override func takeOnline(_ epoch: Epoch) { tell(.online) }
    override func takeOffline() { tell(.offline) }
    /// What is open stays open: Central carries it on.
    override func takeStop() { stop(farewell: nil) }

    override func take(_ message: BusMessage, retained: Bool) {
        switch message {
        case .status(let status): if !retained { tell(.status(status)) }
        case .tickets(let list): tell(.tickets(list))
        case .centralStatus(let status): tell(.centralStatus(status))
        case .verdict(let verdict): tell(.verdict(verdict))
        default: break
        }
    }

    func tell(_ event: Driver.Event) {
        guard isAlive, let actions = core?.handle(event, at: now) else { return }
        for action in actions {
            guard step() else { return }
            switch action {
            case .publish(let message): publish(message)
            case .notice(let notice): heed(notice)
            }
        }
        planTick()
    }

    private func heed(_ notice: Driver.Notice) {
        switch notice {
        case .requested:
            world.counts.requests += 1
            if visits == nil {
                world.usage?.arrives(at: world.clock)
                cameAt = world.clock
            }
        case .accepted:
            if let cameAt { world.usage?.isAccepted(after: world.clock - cameAt, at: world.clock) }
            cameAt = nil
        case .denied(_, let code, _): world.usage?.isDenied(code, at: world.clock)
        case .left: world.usage?.leaves(at: world.clock)
        case .inProgress, .completed, .failed, .postponed, .centralOnline: break
        }
    }
}
