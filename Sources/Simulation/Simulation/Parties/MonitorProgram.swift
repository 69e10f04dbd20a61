internal import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import Runtime

/// A monitor's program, with its way to the engine.
final class MonitorProgram: PartyProgram {
    let process: SimulatedProcess
    let cp: ChargePointID
    private let engine: EngineProgram
    private let settings: Monitor.Settings
    /// The station whose connection it watches.
    weak var station: SimulatedStation?
    @exclusivity(unchecked) var runtime: MonitorRuntime?
    @exclusivity(unchecked) var spare = SpareArray<PartyOutput<MonitorRuntime.Action>>()
    /// The result of the check that it just made.
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

    func makeRuntime(seed: UInt64, in world: World) throws -> MonitorRuntime {
        let opening = try process.openJournal("monitor", in: world)
        let lastEpoch = try JournalReading.lastEpoch(opening.records, in: opening.journal.path)
        return try MonitorRuntime(
            cp: cp, settings: settings, process.context(opening, lastEpoch: lastEpoch, seed: seed), at: process.now(in: world))
    }

    func forget(in world: World) {
        runtime = nil
        answered = nil
    }

    func carryOut(_ outputs: [PartyOutput<MonitorRuntime.Action>], in world: World) {
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
        if let station {
            answered = station.isAway ? .away(StationEvent.notConnected) : engine.state == .faulty ? .failed("the station is faulty") : .passed
            return
        }
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
