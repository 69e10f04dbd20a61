internal import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import Keeping

/// An engine: what `EngineService` does around the same core, gate and journal.
final class EngineProcess: Process {
    let cp: ChargePointID
    /// Counts the points of the roster.
    let number: Int
    private let specification: ChargePoint.Specification
    @exclusivity(unchecked) private(set) var core: ChargePoint?
    @exclusivity(unchecked) private var gate = JournalGate()
    private var journal: EngineJournal?
    /// Counts connections, so that what was meant for an earlier one is not said on a later one (P9).
    private var connectionNumber: UInt64 = 0
    /// Why it can't go on: it ends as soon as the session's end is in the journal.
    private var failure: String?
    /// What the hardware reports.
    var hardwareFault: String?
    /// The meter that its journal has.
    var meter: MeterID?

    init(index: Int, number: Int, _ scenario: Scenario) {
        let point = scenario.roster.points[number]
        self.number = number
        cp = point.cp
        specification = ChargePoint.Specification(
            cp: cp, power: point.power, price: point.price, kind: point.kind, software: "simulated", sessionDuration: scenario.sessionDuration,
            telemetryInterval: scenario.telemetryInterval)
        super.init(index: index, party: .engine(cp))
    }

    /// Another one of this name, with a meter of its own.
    init(index: Int, copying original: EngineProcess, _ scenario: Scenario) {
        cp = original.cp
        number = original.number
        specification = original.specification
        super.init(index: index, party: .engine(original.cp), isCopy: true)
    }

    override func wakeUp(seed: UInt64) -> Bool {
        failure = nil
        gate = JournalGate()
        let opening: Journal.Opening
        let contents: EngineJournal.Contents
        do {
            opening = try Journal.open(in: "engine", disk: disk)
            contents = try EngineJournal.Contents(opening)
        } catch let error as JournalError where error.isOfTheDisk {
            return false
        } catch {
            world.violate("S3", "\(name) can't read its journal: \(error)")
            return false
        }
        world.overseer.woke(self, contents.memory, world)
        journal = EngineJournal(journal: opening.journal, lastEpoch: contents.lastEpoch, group: makeGroup())
        presence = makePresence(lastEpoch: contents.lastEpoch)
        core = ChargePoint(specification, memory: contents.memory, seed: seed)
        if let actions = core?.begin(at: now) { perform(actions) }
        if let hardwareFault { tell(.fault(hardwareFault)) }
        return isAlive
    }

    override func forget() {
        core = nil
        journal = nil
        if isCopy, !isWanted { world.engineIsSingle(cp) }
    }

    override var deadline: Instant? { core?.deadline }
    /// What its health answer says.
    var state: LifecycleState? { core?.state }
    override func takeTick() { tell(.tick) }
    override func takeOverwritten() { tell(.overwritten) }
    override func takeStop() { tell(.stop) }

    override func takeOnline(_ epoch: Epoch) {
        connectionNumber += 1
        tell(.online(epoch))
    }

    override func takeOffline() {
        connectionNumber += 1
        tell(.offline)
    }

    override func take(_ message: BusMessage, retained: Bool) {
        switch message {
        case .command(let command):
            guard !retained else { break }
            world.tell("\(name) hears \(command.kind.name.rawValue)\(command.kind.session.map { " \($0)" } ?? "")")
            tell(.command(command))
        case .centralStatus(let status): tell(.centralStatus(status))
        default: break
        }
    }

    override func giveWay(_ why: String) {
        failure = why
        tell(.stop)
    }

    override func persist(_ epoch: Epoch, then done: @escaping () -> Void) {
        journal?.persist(epoch) { [unowned self] result in settle(result, done) }
    }

    func tell(_ event: ChargePoint.Event) {
        guard isAlive, let actions = core?.handle(event, at: now) else { return }
        perform(actions)
        planTick()
    }

    /// Energy flows, as much as the vehicle takes that is plugged in.
    func close(_ session: SessionID) {
        let load = world.load(of: core?.driver)
        world.overseer.begins(session, load)
        tell(.contactorClosed(session, load))
        world.usage?.begins(session, at: number, at: world.clock)
    }

    private func perform(_ actions: [ChargePoint.Action]) { carryOut(gate.admit(actions, connection: connectionNumber)) }

    private func carryOut(_ steps: [JournalGate.Step]) {
        for action in steps {
            guard step() else { return }
            switch action {
            case .write(let entries):
                journal?.write(entries) { [unowned self] result in
                    settle(result) {
                        world.overseer.journalled(entries, by: self, world)
                        for case .ended(let record) in entries { world.usage?.ends(record, at: number, at: world.clock) }
                        carryOut(gate.written(connection: connectionNumber))
                        guard isAlive, gate.isIdle, let memory = core?.memory else { return }
                        journal?.compactIfLong(memory) { [unowned self] result in
                            // The journal goes on as it was, unless it says otherwise.
                            if case .failure(let error) = result, journal?.hasFailed == true { die("\(error)") }
                        }
                    }
                }
            case .perform(.ready(let session)):
                let life = life
                world.endOfTurn.append { [unowned self] in if isRunning(life) { tell(.ready(session)) } }
            case .perform(.closeContactor(let session)):
                world.overseer.supplies(session, at: self, world)
                world.plan(.contactorClosed(self, life: life, session), after: world.random.duration(below: .milliseconds(5)))
            case .perform(.publish(let message)):
                world.overseer.publishes(message, self, world)
                publish(message)
            case .perform(.farewell(let message)):
                if let failure { return die(failure) }
                stop(farewell: message)
            case .perform(.notice(.reading(let telemetry))):
                world.counts.readings += 1
                world.usage?.reads(telemetry, at: number, at: world.clock)
            case .perform(.notice), .perform(.journal): break
            }
        }
    }

    private func settle(_ result: Result<Void, JournalError>, _ next: () -> Void) {
        guard isAlive else { return }
        switch result {
        case .success: next()
        // Without its journal an engine must not supply: it dies, and its will says so.
        case .failure(let error): die("\(error)")
        }
    }
}
