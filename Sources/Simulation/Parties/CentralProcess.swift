internal import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import Keeping
internal import Ledger

/// Central: what `CentralService` does around the same core, over a ledger with the same rules.
final class CentralProcess: Process {
    private enum Asked {
        case commit(UInt64, [LedgerOperation])
        case read
    }

    private let settings: Arbiter.Settings
    @exclusivity(unchecked) private(set) var core: Arbiter?
    private var journal: EpochJournal?
    @exclusivity(unchecked) private var asked: [UInt64: Asked] = [:]
    private var lastSerial: UInt64 = 0
    /// What the operator has asked this life of it, and not been answered.
    private(set) var questions: [UInt64: OperatorRequest] = [:]
    private var lastQuestion: UInt64 = 0
    /// On its disk: commits are synced, so a power cut is a crash like others.
    @exclusivity(unchecked) var book = LedgerBook()

    init(index: Int, _ scenario: Scenario) {
        settings = Arbiter.Settings(
            software: "simulated", vehicles: Dictionary(scenario.roster.drivers.map { ($0.driver, $0.vehicles) }) { first, _ in first },
            sessionDuration: scenario.sessionDuration)
        super.init(index: index, party: .central)
    }

    override func wakeUp(seed: UInt64) -> Bool {
        do {
            let opening = try Journal.open(in: "central", disk: disk)
            let lastEpoch = try EpochJournal.lastEpoch(in: opening)
            journal = EpochJournal(journal: opening.journal, lastEpoch: lastEpoch, group: makeGroup())
            presence = makePresence(lastEpoch: lastEpoch)
        } catch let error as JournalError where error.isOfTheDisk {
            return false
        } catch {
            world.violate("P9", "\(name) can't read its journal: \(error)")
            return false
        }
        core = Arbiter(settings, seed: seed, now: now)
        if let actions = core?.begin(at: now) { perform(actions) }
        return isAlive
    }

    /// It asks for that itself, when it has read its ledger.
    override var connectsAtOnce: Bool { false }

    override func forget() {
        // A commit that is under way comes to its end, or does not.
        for serial in asked.keys.sorted() {
            guard case .commit(_, let operations)? = asked[serial], world.random.chance(500) else { continue }
            write(operations)
        }
        asked = [:]
        world.overseer.isForgotten(questions.values)
        questions = [:]
        world.overseer.centralForgets()
        core = nil
        journal = nil
    }

    override var deadline: Instant? { core?.deadline }
    override func takeTick() { tell(.tick) }
    override func takeOnline(_ epoch: Epoch) { tell(.online(epoch)) }
    override func take(_ message: BusMessage, retained: Bool) {
        world.overseer.centralHears(message, retained: retained)
        tell(.received(message, retained: retained))
    }

    override func takeOffline() {
        world.overseer.centralDisconnects()
        tell(.offline)
    }

    override func takeDelivered(_ number: UInt64) { tell(.delivered(number)) }
    override func takeOverwritten() { tell(.overwritten) }
    override func takeStop() { tell(.stop) }

    override func persist(_ epoch: Epoch, then done: @escaping () -> Void) {
        journal?.persist(epoch) { [unowned self] result in
            guard isAlive else { return }
            switch result {
            case .success: done()
            case .failure(let error): die("\(error)")
            }
        }
    }

    func tell(_ event: Arbiter.Event) {
        guard isAlive, let actions = core?.handle(event, at: now) else { return }
        perform(actions)
        planTick()
    }

    /// The operator asks for something (S8).
    func ask(_ request: OperatorRequest) {
        lastQuestion += 1
        questions[lastQuestion] = request
        tell(.ask(request, lastQuestion))
    }

    private func answered(_ question: UInt64, _ answer: OperatorAnswer) {
        guard let request = questions.removeValue(forKey: question) else {
            return world.violate("S8", "Central answered question \(question) of the operator's twice")
        }
        world.overseer.isAnswered(request, answer, world)
    }

    private func perform(_ actions: [Arbiter.Action]) {
        for action in actions {
            guard step() else { return }
            switch action {
            case .commit(let number, let operations):
                world.overseer.commits(operations, world)
                ask(.commit(number, operations))
            case .read: ask(.read)
            case .connect: attempt()
            case .publish(let message, let delivery):
                if case .verdict(let verdict) = message { world.overseer.centralSays(verdict, world) }
                publish(message, delivery: delivery)
            case .farewell(let message): stop(farewell: message)
            case .answer(let question, let answer): answered(question, answer)
            case .erase(let cp):
                world.overseer.centralForgets(cp)
                for topic in [Topic.info(cp), .state(cp), .health(cp), .verdict(cp)] { erase(topic) }
            case .notice(let notice): heed(notice)
            }
        }
    }

    private func heed(_ notice: Arbiter.Notice) {
        switch notice {
        case .requested(let driver, let request, let cp): world.overseer.centralIsAsked(by: driver, request, for: cp)
        case .orphan(_, let record): world.overseer.strays(record.session, "it is not in the ledger", world)
        case .contradiction(let session, let why): world.overseer.strays(session, why, world)
        case .doubted(let cp, let session, let doubt): world.overseer.doubts(cp, session, doubt, world)
        case .ledgerRefused(let why): world.violate("S1", "the ledger refused what Central decided: \(why)")
        default: break
        }
    }

    // MARK: The ledger

    private func ask(_ what: Asked) {
        lastSerial += 1
        asked[lastSerial] = what
        world.plan(.ledger(self, serial: lastSerial), after: world.weather.ledgerTime(&world.random))
    }

    func finishLedgerWork(_ serial: UInt64) {
        guard let what = asked[serial] else { return }
        if isHung { return later(.ledger(self, serial: serial)) }
        asked[serial] = nil
        let fails = world.weather.doesLedgerFail(&world.random)
        switch what {
        case .commit(let number, let operations):
            world.counts.commits += 1
            guard fails else { return tell(.committed(number, write(operations))) }
            world.counts.commitsFailed += 1
            // Nobody knows what became of it.
            let isWritten = world.random.chance(300)
            world.tell("the ledger's commit \(number) fails\(isWritten ? ", after it was written" : "")")
            if isWritten { write(operations) }
            world.overseer.doesNotCommit(operations)
            tell(.commitFailed(number))
        case .read: tell(.snapshot(fails ? nil : book.snapshot(at: now.wall)))
        }
    }

    @discardableResult private func write(_ operations: [LedgerOperation]) -> [LedgerResult] {
        var rows = WatchedBook(world)
        return operations.map { LedgerRules.apply($0, to: &rows) }
    }
}
