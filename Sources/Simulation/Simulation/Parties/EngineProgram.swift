internal import ChargingModel
internal import ChargingProtocol
internal import Gateway
internal import Journal
internal import Runtime

/// An engine's program, with its hardware.
final class EngineProgram: PartyProgram {
    let process: SimulatedProcess
    let cp: ChargePointID
    /// Counts the points of the roster.
    let number: Int
    private let specification: EngineCore.Specification
    /// The station that is its hardware, and the connector of it.
    var stationed: (station: SimulatedStation, evse: Int32)?
    /// The memory in its journal when this life began.
    private(set) var wokeWith: EngineMemory?
    @exclusivity(unchecked) var runtime: EngineRuntime?
    @exclusivity(unchecked) var spare = SpareArray<PartyOutput<EngineRuntime.Action>>()
    /// The hardware's report of a fault.
    var hardwareFault: String?
    /// The meter that its journal has.
    var meter: MeterID?
    /// The random numbers of those who come with cards.
    private var cards: SplitMix64

    init(index: Int, number: Int, _ hardware: EngineCore.Hardware, _ scenario: Scenario) {
        let point = scenario.roster.points[number]
        self.number = number
        cards = SplitMix64(seed: scenario.seed ^ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
        cp = point.cp
        specification = EngineCore.Specification(
            cp: cp, power: point.power, price: point.price, kind: point.kind, software: "simulated", sessionDuration: scenario.sessionDuration,
            telemetryInterval: scenario.telemetryInterval, plugInTime: EngineProgram.plugInTime,
            hardware: hardware)
        process = SimulatedProcess(index: index, party: .engine(cp))
        process.program = self
    }

    /// Another one of this name, with a meter of its own.
    init(index: Int, copying original: EngineProgram) {
        cp = original.cp
        cards = original.cards
        number = original.number
        specification = original.specification
        process = SimulatedProcess(index: index, party: .engine(original.cp), isCopy: true)
        process.program = self
    }

    /// True for what it says itself.
    func isOwn(_ info: ChargePointInfo) -> Bool { info.meter == meter && isOwn(power: info.power, price: info.price) }

    func isOwn(power: Power?, price: Price?) -> Bool { power == specification.power && price == specification.price }

    /// The state in its health answer.
    var state: LifecycleState? { runtime?.core.state }

    static var ruleToBegin: String { "S3" }

    func makeRuntime(seed: UInt64, in world: World) throws -> EngineRuntime {
        let opening = try process.openJournal("engine", in: world)
        let found = try JournalReading.engine(opening.records, in: opening.journal.path)
        world.checker.woke(self, found.memory, world)
        wokeWith = found.memory
        return try EngineRuntime(specification, memory: found.memory, process.context(opening, lastEpoch: found.lastEpoch, seed: seed))
    }

    var power: Power { specification.power }

    func isStarted(in world: World) { if stationed == nil, let hardwareFault { feed(.fault(hardwareFault), in: world) } }

    func forget(in world: World) {
        runtime = nil
        if isCopy, !isWanted { world.engineIsSingle(cp) }
    }

    /// Energy flows, as much as the vehicle takes that is plugged in.
    func close(_ session: SessionID, in world: World) {
        let load = world.load(of: runtime?.core.driver)
        world.checker.begins(session, load)
        tell(.contactorClosed(session, load), in: world)
        world.usage?.begins(session, at: number, at: world.clock)
    }

    /// Somebody comes with a card, about every minute, if the point is free and nobody counts how it is used.
    func planCard(in world: World) {
        guard world.scenario.trouble != .none, world.usage == nil, !process.isCopy, stationed == nil else { return }
        world.plan(.cardShown(self), after: cards.duration(below: .seconds(120)))
    }

    func beginOffline(in world: World) {
        guard !world.isSettling else { return }
        planCard(in: world)
        guard isAlive, !isHung, state == .activated else { return }
        let now = process.now(in: world).wall
        guard var start = Cards.start(at: now, world.scenario.roster, using: &cards) else { return }
        world.names?.shows(&start, at: world.clock)
        world.counts.cards += 1
        world.tell("\(start.driver) begins session \(start.session) at \(cp) with \(start.token)")
        tell(.cardShown(start), in: world)
    }

    func tellAwaited(_ session: SessionID, in world: World) { tell(.vehicleAwaited(session), in: world) }

    /// The longest time that a vehicle is waited for: some come later, and find the point taken by others.
    private static let plugInTime = Duration.seconds(20)

    /// The time after START at which the vehicle is plugged in: one of eight is late, one of them too late.
    private func lateness(of session: SessionID, in world: World) -> Duration {
        guard world.scenario.trouble != .none, world.usage == nil else { return .zero }
        var seed = world.scenario.seed
        for byte in session.text.utf8 { seed = (seed ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        var random = SplitMix64(seed: seed)
        return random.next() % 8 == 0 ? random.duration(below: .seconds(25)) : .zero
    }

    func carryOut(_ outputs: [PartyOutput<EngineRuntime.Action>], in world: World) {
        for output in outputs {
            guard process.step(in: world) else { return }
            switch output {
            case .own(let action): carryOut(action, in: world)
            case .publish(let message, _, _, _):
                world.checker.publishes(message, self, world)
                process.carryOut(output, in: world)
            default: process.carryOut(output, in: world)
            }
        }
        guard let (station, evse) = stationed else { return }
        station.settle(evse)
        station.drain(in: world)
    }

    private func carryOut(_ action: EngineRuntime.Action, in world: World) {
        switch action {
        case .closeContactor(let session):
            world.checker.supplies(session, at: self, world)
            if let (station, evse) = stationed { return station.hear(.supplies(evse, session)) }
            let delay = world.random.duration(below: .milliseconds(5))
            let lateness = lateness(of: session, in: world)
            if lateness > .zero { world.plan(.vehicleAwaited(self, life: life, session), after: delay) }
            world.plan(.contactorClosed(self, life: life, session), after: delay + lateness)
        case .journalled(let entries):
            world.checker.journalled(entries, by: self, world)
            if let bug = runtime?.core.disagreement { world.violate("core", "\(name) disagrees with itself: \(bug)") }
            for case .ended(let record) in entries { world.usage?.ends(record, at: number, at: world.clock) }
        case .notice(.reading(let telemetry)):
            world.counts.readings += 1
            world.usage?.reads(telemetry, at: number, at: world.clock)
        case .station(let order): if let (station, evse) = stationed { station.hear(.order(evse, order)) }
        case .notice: break
        }
    }
}
