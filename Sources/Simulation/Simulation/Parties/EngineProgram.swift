internal import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import Runtime

/// An engine's program, with its hardware.
final class EngineProgram: PartyProgram {
    let process: SimulatedProcess
    let cp: ChargePointID
    /// Counts the points of the roster.
    let number: Int
    private let specification: EngineCore.Specification
    @exclusivity(unchecked) var runtime: EngineRuntime?
    @exclusivity(unchecked) var spare = SpareArray<PartyOutput<EngineRuntime.Action>>()
    /// The hardware's report of a fault.
    var hardwareFault: String?
    /// The meter that its journal has.
    var meter: MeterID?

    init(index: Int, number: Int, _ scenario: Scenario) {
        let point = scenario.roster.points[number]
        self.number = number
        cp = point.cp
        specification = EngineCore.Specification(
            cp: cp, power: point.power, price: point.price, kind: point.kind, software: "simulated", sessionDuration: scenario.sessionDuration,
            telemetryInterval: scenario.telemetryInterval)
        process = SimulatedProcess(index: index, party: .engine(cp))
        process.program = self
    }

    /// Another one of this name, with a meter of its own.
    init(index: Int, copying original: EngineProgram) {
        cp = original.cp
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
        return try EngineRuntime(specification, memory: found.memory, process.context(opening, lastEpoch: found.lastEpoch, seed: seed))
    }

    func isStarted(in world: World) { if let hardwareFault { feed(.fault(hardwareFault), in: world) } }

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
    }

    private func carryOut(_ action: EngineRuntime.Action, in world: World) {
        switch action {
        case .closeContactor(let session):
            world.checker.supplies(session, at: self, world)
            world.plan(.contactorClosed(self, life: life, session), after: world.random.duration(below: .milliseconds(5)))
        case .journalled(let entries):
            world.checker.journalled(entries, by: self, world)
            if let bug = runtime?.core.disagreement { world.violate("core", "\(name) disagrees with itself: \(bug)") }
            for case .ended(let record) in entries { world.usage?.ends(record, at: number, at: world.clock) }
        case .notice(.reading(let telemetry)):
            world.counts.readings += 1
            world.usage?.reads(telemetry, at: number, at: world.clock)
        case .notice: break
        }
    }
}
