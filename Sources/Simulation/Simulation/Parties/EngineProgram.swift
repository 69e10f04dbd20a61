internal import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import Runtime

/// An engine's program, with its hardware.
final class EngineProgram: Program {
    let process: SimulatedProcess
    let cp: ChargePointID
    /// Counts the points of the roster.
    let number: Int
    private let specification: EngineCore.Specification
    @exclusivity(unchecked) private(set) var runtime: EngineRuntime?
    @exclusivity(unchecked) private var spare = SpareArray<PartyOutput<EngineRuntime.Action>>()
    /// What the hardware reports.
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

    var deadline: Instant? { runtime?.deadline }
    var isOnline: Bool { runtime?.isOnline ?? false }
    /// What its health answer says.
    var state: LifecycleState? { runtime?.core.state }

    func wakeUp(seed: UInt64, in world: World) -> Bool {
        do {
            let opening = try process.openJournal("engine", in: world)
            let found = try JournalReading.engine(opening.records, in: opening.journal.path)
            world.checker.woke(self, found.memory, world)
            runtime = try EngineRuntime(
                specification, memory: found.memory, process.context(opening, lastEpoch: found.lastEpoch, seed: seed))
        } catch let error as JournalError where error.isOfTheDisk {
            return false
        } catch {
            world.violate("S3", "\(name) can't read its journal: \(error)")
            return false
        }
        feed(.start, in: world)
        if let hardwareFault { feed(.fault(hardwareFault), in: world) }
        return isAlive
    }

    func forget(in world: World) {
        runtime = nil
        if isCopy, !isWanted { world.engineIsSingle(cp) }
    }

    func feed(_ input: PartyInput, in world: World) {
        guard isAlive, let runtime else { return }
        var outputs = spare.take()
        runtime.handle(input, world.decoder, at: process.now(in: world), into: &outputs)
        carryOut(outputs, in: world)
        spare.give(&outputs)
    }

    /// Energy flows, as much as the vehicle takes that is plugged in.
    func close(_ session: SessionID, in world: World) {
        let load = world.load(of: runtime?.core.driver)
        world.checker.begins(session, load)
        tell(.contactorClosed(session, load), in: world)
        world.usage?.begins(session, at: number, at: world.clock)
    }

    func tell(_ event: EngineRuntime.Event, in world: World) {
        feed(event, in: world)
        process.settle(in: world)
    }

    private func feed(_ event: EngineRuntime.Event, in world: World) {
        guard isAlive, let runtime else { return }
        var outputs = spare.take()
        runtime.handle(event, at: process.now(in: world), into: &outputs)
        carryOut(outputs, in: world)
        spare.give(&outputs)
    }

    private func carryOut(_ outputs: [PartyOutput<EngineRuntime.Action>], in world: World) {
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
