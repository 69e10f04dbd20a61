internal import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import Keeping

/// A monitor: what `MonitorService` does around the same core.
final class MonitorProcess: Process {
    let cp: ChargePointID
    private let engine: EngineProcess
    private let settings: Monitor.Settings
    @exclusivity(unchecked) private var core: Monitor?
    private var journal: EpochJournal?
    /// What the check that it just made came to.
    @exclusivity(unchecked) private var answered: Monitor.CheckResult?

    init(index: Int, cp: ChargePointID, engine: EngineProcess, _ scenario: Scenario) {
        self.cp = cp
        self.engine = engine
        settings = Monitor.Settings(interval: scenario.checkInterval, intervalWhileFailing: min(.seconds(1), scenario.checkInterval))
        super.init(index: index, party: .monitor(cp))
    }

    /// Another one of this name.
    init(index: Int, copying original: MonitorProcess, _ scenario: Scenario) {
        cp = original.cp
        engine = original.engine
        settings = original.settings
        super.init(index: index, party: .monitor(original.cp), isCopy: true)
    }

    override func wakeUp(seed: UInt64) -> Bool {
        do {
            let opening = try Journal.open(in: "monitor", disk: disk)
            let lastEpoch = try EpochJournal.lastEpoch(in: opening)
            journal = EpochJournal(journal: opening.journal, lastEpoch: lastEpoch, group: makeGroup())
            presence = makePresence(lastEpoch: lastEpoch)
        } catch let error as JournalError where error.isOfTheDisk {
            return false
        } catch {
            world.violate("P9", "\(name) can't read its journal: \(error)")
            return false
        }
        core = Monitor(cp: cp, settings: settings, seed: seed, now: now)
        tell(.tick)
        return isAlive
    }

    override func forget() {
        core = nil
        answered = nil
        journal = nil
    }

    override var deadline: Instant? { core?.deadline }
    override func takeTick() { tell(.tick) }
    override func takeOnline(_ epoch: Epoch) { tell(.online(epoch)) }
    override func takeOffline() { tell(.offline) }
    override func takeOverwritten() { tell(.overwritten) }
    override func takeStop() { tell(.stop) }

    override func take(_ message: BusMessage, retained: Bool) {
        switch message {
        case .command(let command): if !retained { tell(.command(command)) }
        case .centralStatus(let status): tell(.centralStatus(status))
        case .verdict(let verdict): tell(.verdict(verdict))
        default: break
        }
    }

    override func persist(_ epoch: Epoch, then done: @escaping () -> Void) {
        journal?.persist(epoch) { [unowned self] result in
            guard isAlive else { return }
            switch result {
            case .success: done()
            case .failure(let error): die("\(error)")
            }
        }
    }

    func tell(_ event: Monitor.Event) {
        guard isAlive, let actions = core?.handle(event, at: now) else { return }
        for action in actions {
            guard step() else { return }
            switch action {
            case .check: check()
            case .publish(let message): publish(message)
            case .farewell(let message): stop(farewell: message)
            case .notice: break
            }
        }
        if let answered {
            self.answered = nil
            return tell(.checked(answered))
        }
        planTick()
    }

    /// The engine's loop answers, or nobody does (P13).
    private func check() {
        let result: Monitor.CheckResult
        var delay = Duration.microseconds(500)
        if world.weather.isBlind(index) || engine.isHung {
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
