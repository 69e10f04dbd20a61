internal import ChargingModel
internal import ChargingProtocol
internal import Demand
internal import MQTT
internal import Runtime

/// A driver's program, and the person with it.
final class DriverProgram: PartyProgram {
    let process: SimulatedProcess
    private let settings: Driver.Settings
    var driver: DriverID { settings.driver }
    @exclusivity(unchecked) var runtime: DriverRuntime?
    @exclusivity(unchecked) var spare = SpareArray<PartyOutput<DriverRuntime.Action>>()
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
        var random = SplitMix(scenario.seed, .drivers, UInt64(number))
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
        process = SimulatedProcess(index: index, party: .driver(driver.driver))
        process.program = self
    }

    /// Somebody who is in no list.
    init(index: Int, guest: DriverID, asksAt points: [ChargePointID], every interval: Duration) {
        settings = Driver.Settings(driver: guest, interval: interval, vehicles: 1, points: points, firstPoint: 0)
        visits = nil
        stopShare = 0
        process = SimulatedProcess(index: index, party: .driver(guest))
        process.program = self
    }

    /// Another one of this name: it knows nothing of what the first one asked.
    init(index: Int, copying original: DriverProgram) {
        settings = original.settings
        visits = nil
        stopShare = 0
        process = SimulatedProcess(index: index, party: original.process.party, isCopy: true)
        process.program = self
    }

    var isAtRest: Bool { runtime?.core.isAtRest ?? false }

    static var ruleToBegin: String { "P2" }

    func makeRuntime(seed: UInt64, in world: World) throws -> DriverRuntime {
        try DriverRuntime(
            settings,
            PartyContext(
                settings: MQTTSettings(address: MQTTAddress(), clientID: clientID), wire: Wire(site: nil), seed: seed, isWatched: stopShare > 0))
    }

    func isStarted(in world: World) { if world.isSettling { feed(.wish(.rest), in: world) } }

    /// The first of its visits is planned; at most one at a time.
    func planVisit(in world: World) {
        if let visits, let at = visits.next { world.queue.insert(.visit(self), at: at) }
    }

    /// A vehicle comes. What its driver's program does not live to hear, the driver does not ask for.
    func isVisited(in world: World) {
        guard let visits, let visit = visits.take() else { return }
        planVisit(in: world)
        guard !world.isSettling else { return }
        world.usage?.arrives(at: world.clock)
        load = visit.load
        cameAt = world.clock
        tell(.needs(visits.needs(for: visit)), in: world)
    }

    func forget(in world: World) { runtime = nil }

    func tell(_ wish: Driver.Event, in world: World) { tell(.wish(wish), in: world) }

    func carryOut(_ outputs: [PartyOutput<DriverRuntime.Action>], in world: World) {
        for output in outputs {
            guard process.step(in: world) else { return }
            switch output {
            case .own(.notice(let notice)): heed(notice, in: world)
            case .heard(.status(let status), retained: false): if case .accepted(let session, _, _) = status.kind { mayStop(session, in: world) }
            default: process.carryOut(output, in: world)
            }
        }
    }

    private func mayStop(_ session: SessionID, in world: World) {
        guard stopShare > 0, world.random.chance(stopShare) else { return }
        world.plan(.stopSession(self, life: life, session), after: world.random.duration(below: .seconds(9)))
    }

    private func heed(_ notice: Driver.Notice, in world: World) {
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
