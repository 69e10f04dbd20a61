internal import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import Runtime

/// A monitor's program, with its way to the engine.
final class MonitorProgram: Program {
    let process: SimulatedProcess
    let cp: ChargePointID
    private let engine: EngineProgram
    private let settings: Monitor.Settings
    @exclusivity(unchecked) private var runtime: MonitorRuntime?
    @exclusivity(unchecked) private var spare = SpareArray<PartyOutput<MonitorRuntime.Action>>()
    /// What the check that it just made came to.
    @exclusivity(unchecked) private var answered: Monitor.CheckResult?

    init(index: Int, cp: ChargePointID, engine: EngineProgram, _ scenario: Scenario) {
        self.cp = cp
        self.engine = engine
        settings = Monitor.Settings(interval: scenario.checkInterval, intervalWhileFailing: min(.seconds(1), scenario.checkInterval))
        process = SimulatedProcess(index: index, party: .monitor(cp))
        process.program = self
    }

    /// Another one of this name.
    init(index: Int, copying original: MonitorProgram) {
        cp = original.cp
        engine = original.engine
        settings = original.settings
        process = SimulatedProcess(index: index, party: .monitor(original.cp), isCopy: true)
        process.program = self
    }

    var deadline: Instant? { runtime?.deadline }
    var isOnline: Bool { runtime?.isOnline ?? false }

    func wakeUp(seed: UInt64, in world: World) -> Bool {
        do {
            let opening = try process.openJournal("monitor", in: world)
            let lastEpoch = try JournalReading.lastEpoch(opening.records, in: opening.journal.path)
            runtime = try MonitorRuntime(
                cp: cp, settings: settings, process.context(opening, lastEpoch: lastEpoch, seed: seed), at: process.now(in: world))
        } catch let error as JournalError where error.isOfTheDisk {
            return false
        } catch {
            world.violate("P9", "\(name) can't read its journal: \(error)")
            return false
        }
        feed(.start, in: world)
        return isAlive
    }

    func forget(in world: World) {
        runtime = nil
        answered = nil
    }

    func feed(_ input: PartyInput, in world: World) {
        guard isAlive, let runtime else { return }
        var outputs = spare.take()
        runtime.handle(input, world.decoder, at: process.now(in: world), into: &outputs)
        carryOut(outputs, in: world)
        spare.give(&outputs)
    }

    func tell(_ event: MonitorRuntime.Event, in world: World) {
        feed(event, in: world)
        process.settle(in: world)
    }

    private func feed(_ event: MonitorRuntime.Event, in world: World) {
        guard isAlive, let runtime else { return }
        var outputs = spare.take()
        runtime.handle(event, at: process.now(in: world), into: &outputs)
        carryOut(outputs, in: world)
        spare.give(&outputs)
    }

    private func carryOut(_ outputs: [PartyOutput<MonitorRuntime.Action>], in world: World) {
        for output in outputs {
            guard process.step(in: world) else { return }
            switch output {
            case .own(.check): check(in: world)
            case .own(.notice): break
            default: process.carryOut(output, in: world)
            }
        }
        if let answered {
            self.answered = nil
            feed(.checked(answered), in: world)
        }
    }

    /// The engine's loop answers, or nobody does (P13).
    private func check(in world: World) {
        let result: Monitor.CheckResult
        var delay = Duration.microseconds(500)
        if world.faults.isBlind(index) || engine.isHung {
            result = .failed("no answer in 1 s")
            delay = .seconds(1)
        } else if !engine.isAlive {
            result = .failed("connection refused")
        } else if engine.state == .faulty {
            result = .failed("the engine is FAULTY")
        } else {
            // At once: what takes time is when nobody answers.
            answered = .passed
            return
        }
        world.plan(.checked(self, life: life, result), after: delay)
    }
}
