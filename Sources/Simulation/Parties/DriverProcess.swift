internal import ChargingModel
internal import ChargingProtocol
internal import Demand

/// A driver: what `DriverService` does around the same core.
final class DriverProcess: Process {
    private let settings: Driver.Settings
    var driver: DriverID { settings.driver }
    @exclusivity(unchecked) private(set) var core: Driver?
    private let visits: DriverVisits?
    /// Of its sessions it stops so many before their end, in parts per thousand (S9).
    private let stopShare: Int
    /// What the vehicle takes that came last.
    private(set) var load: Load?
    /// When it came, until it is accepted or has left.
    private var cameAt: Instant?

    init(index: Int, number: Int, _ scenario: Scenario, _ currents: [ChargePointID: CurrentKind]) {
        let roster = scenario.roster
        let driver = roster.drivers[number]
        visits = scenario.demand.map { DriverVisits($0, of: number, scenario, currents) }
        let points = driver.points ?? roster.points.map(\.cp)
        // With trouble, not everybody behaves as the demo's drivers do.
        var random = SplitMix(scenario.seed, 3, UInt64(number))
        let isCurious = scenario.trouble != .none && scenario.demand == nil
        let asksAnywhere = isCurious && random.chance(250)
        let hasTarget = isCurious && random.chance(250)
        let hasDuration = isCurious && random.chance(250)
        stopShare = isCurious && random.chance(300) ? 400 : 0
        settings = Driver.Settings(
            driver: driver.driver, interval: scenario.demand == nil ? driver.interval : nil, vehicles: driver.vehicles,
            points: asksAnywhere ? [] : points, firstPoint: number * points.count / roster.drivers.count,
            energyTarget: hasTarget ? Energy(wattHours: Int64.random(in: 1...150, using: &random)) : nil,
            duration: hasDuration ? .milliseconds(Int64.random(in: 1000...20_000, using: &random)) : nil)
        super.init(index: index, party: .driver(driver.driver))
    }

    /// Another one of this name: it knows nothing of what the first one asked.
    init(index: Int, copying original: DriverProcess) {
        settings = original.settings
        visits = nil
        stopShare = 0
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
        case .status(let status):
            guard !retained else { break }
            if case .accepted(let session, _, _) = status.kind { mayStop(session) }
            tell(.status(status))
        case .tickets(let list): tell(.tickets(list))
        case .centralStatus(let status): tell(.centralStatus(status))
        case .verdict(let verdict): tell(.verdict(verdict))
        default: break
        }
    }

    private func mayStop(_ session: SessionID) {
        guard stopShare > 0, world.random.chance(stopShare) else { return }
        world.plan(.stopSession(self, life: life, session), after: world.random.duration(below: .seconds(9)))
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
