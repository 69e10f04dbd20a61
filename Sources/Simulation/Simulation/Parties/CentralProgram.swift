internal import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import Ledger
internal import Runtime

/// Central's program, over a ledger with the rules of the real one.
final class CentralProgram: PartyProgram {
    enum Asked {
        case commit(UInt64, [LedgerOperation])
        case read(UInt64)
        case take(UInt64)
        case prolong(UInt64, Epoch?)
    }

    let process: SimulatedProcess
    private var settings: CentralCore.Settings
    @exclusivity(unchecked) var runtime: CentralRuntime?
    @exclusivity(unchecked) var spare = SpareArray<PartyOutput<CentralRuntime.Action>>()
    @exclusivity(unchecked) var asked: [UInt64: Asked] = [:]
    private var lastSerial: UInt64 = 0
    /// The results of commits that an earlier life did not live to hear, by their tickets: nobody has them again.
    private var lateCommits: [UInt64: [LedgerResult]] = [:]
    /// The operator's questions to this life of it that are not answered yet.
    private(set) var questions: [UInt64: OperatorRequest] = [:]
    private var lastQuestion: UInt64 = 0
    /// True when others may write its ledger, too, which is on a server.
    let isShared: Bool
    /// The right to write that its connection to the server has.
    var token: UInt64?

    init(index: Int, _ scenario: Scenario) {
        settings = CentralCore.Settings(
            software: "simulated", vehicles: Dictionary(scenario.roster.drivers.map { ($0.driver, $0.vehicles) }) { first, _ in first },
            tokens: Cards.accounts(scenario.roster), sessionDuration: scenario.sessionDuration)
        isShared = scenario.centrals > 1
        process = SimulatedProcess(index: index, party: .central, name: index == Cast.central ? nil : "central-2")
        process.program = self
    }

    func makeRuntime(seed: UInt64, in world: World) throws -> CentralRuntime {
        let opening = try process.openJournal("central", in: world)
        let lastEpoch = try JournalReading.lastEpoch(opening.records, in: opening.journal.path)
        if let names = world.names { settings.access = names.read() }
        return try CentralRuntime(
            settings, process.context(opening, lastEpoch: lastEpoch, seed: seed, isWatched: true),
            lease: isShared ? CentralLease.Settings(length: SimulatedLedger.lease) : nil,
            at: process.now(in: world))
    }

    func forget(in world: World) {
        // A commit that is under way comes to its end, or does not.
        for serial in asked.keys.sorted() {
            guard case .commit(let ticket, let operations)? = asked[serial], world.random.chance(500) else { continue }
            if isShared {
                if let token { sendLate(operations, token, in: world) }
                continue
            }
            let results = write(operations, in: world)
            // What an earlier life asked for may be answered to a later one of the same host.
            if world.scenario.trouble != .none { lateCommits[ticket] = results }
        }
        asked = [:]
        world.checker.isForgotten(questions.values)
        questions = [:]
        if isAtWork(in: world) { world.checker.centralForgets() }
        token = nil
        runtime = nil
    }

    func disconnected(in world: World) { if isAtWork(in: world) { world.checker.centralDisconnects() } }

    var isWaiting: Bool { if case .waiting? = runtime?.standing { true } else { false } }

    /// True for the one whose words count: the others are on the bus no more, or about to leave it.
    func isAtWork(in world: World) -> Bool { !isShared || world.ledger.isHeld(by: process) }

    /// The operator asks for something (S8).
    func ask(_ request: OperatorRequest, in world: World) {
        lastQuestion += 1
        questions[lastQuestion] = request
        tell(.ask(request, lastQuestion), in: world)
    }

    private func answered(_ question: UInt64, _ answer: OperatorAnswer, in world: World) {
        guard let request = questions.removeValue(forKey: question) else {
            return world.violate("S8", "Central answered question \(question) of the operator's twice")
        }
        world.checker.isAnswered(request, answer, world)
    }

    func carryOut(_ outputs: [PartyOutput<CentralRuntime.Action>], in world: World) {
        // It has decided, whatever of it it lives to carry out: with what it knew then.
        for case .own(.notice(.requested(let driver, let request, let cp))) in outputs where isAtWork(in: world) {
            world.checker.centralIsAsked(by: driver, request, for: cp, world)
        }
        for output in outputs {
            guard process.step(in: world) else { return }
            switch output {
            case .own(let action): carryOut(action, in: world)
            case .heard(let message, let retained):
                if process.readsLeftConnection { world.violate("P9", "\(name) hears \(message.topic) of a connection that it has left") }
                if isAtWork(in: world) { world.checker.centralHears(message, retained: retained, at: world.clock) }
            case .publish(let message, _, _, _):
                if case .verdict(let verdict) = message, isAtWork(in: world) { world.checker.centralSays(verdict, world) }
                process.carryOut(output, in: world)
            default: process.carryOut(output, in: world)
            }
        }
    }

    private func carryOut(_ action: CentralRuntime.Action, in world: World) {
        switch action {
        case .commit(let ticket, let operations):
            if isAtWork(in: world) { world.checker.commits(operations, world) }
            order(.commit(ticket, operations), in: world)
        case .read(let ticket, _): order(.read(ticket), in: world)
        case .answer(let question, let answer): answered(question, answer, in: world)
        case .forgot(let cp): world.checker.centralForgets(cp)
        case .readAccess: tell(.access(world.names?.news()), in: world)
        case .takeTurn(let ticket): order(.take(ticket), in: world)
        case .prolongTurn(let ticket, let epoch): order(.prolong(ticket, epoch), in: world)
        case .releaseTurn: if let token { world.ledger.release(token, at: world.clock) }
        case .stands(let standing): world.tell("\(name) \(standing == .active ? "has the turn" : "waits for its turn")")
        case .brokerDropped, .answerOfStation, .news: break
        case .notice(let notice): heed(notice, in: world)
        }
    }

    private func heed(_ notice: CentralCore.Notice, in world: World) {
        switch notice {
        case .orphan(_, let record): world.checker.strays(record.session, "it is not in the ledger", world)
        case .contradiction(let session, let why): world.checker.strays(session, why, world)
        case .doubted(let cp, let session, let doubt): world.checker.doubts(cp, session, doubt, world)
        case .ledgerRefused(let why): world.violate("S1", "the ledger refused what Central decided: \(why)")
        default: break
        }
    }

    // MARK: The ledger

    private func order(_ what: Asked, in world: World) {
        lastSerial += 1
        asked[lastSerial] = what
        if case .commit(let ticket, _) = what, let results = lateCommits.removeValue(forKey: ticket) {
            world.plan(.lateCommit(self, ticket, results), after: .microseconds(1))
        }
        world.plan(.ledger(self, serial: lastSerial), after: world.faults.ledgerTime(&world.random))
    }

    func finishLedgerWork(_ serial: UInt64, in world: World) {
        guard let what = asked[serial] else { return }
        if isShared { return finishOnServer(what, serial, in: world) }
        if isHung { return process.deferred.append(.ledger(self, serial: serial)) }
        defer { if let bug = runtime?.core.disagreement { world.violate("core", "\(name) disagrees with itself: \(bug)") } }
        asked[serial] = nil
        let fails = world.faults.doesLedgerFail(&world.random)
        switch what {
        case .commit(let ticket, let operations):
            world.counts.commits += 1
            guard fails else { return tell(.committed(ticket, write(operations, in: world)), in: world) }
            world.counts.commitsFailed += 1
            // Nobody knows what became of it.
            let isWritten = world.random.chance(300)
            world.tell("the ledger's commit \(ticket) fails\(isWritten ? ", after it was written" : "")")
            if isWritten { write(operations, in: world) }
            world.checker.doesNotCommit(operations)
            tell(.committed(ticket, nil), in: world)
        case .read(let ticket): tell(.snapshot(ticket, fails ? nil : world.ledger.book.snapshot(at: process.now(in: world).wall)), in: world)
        case .take, .prolong: break
        }
    }

    @discardableResult func write(_ operations: [LedgerOperation], in world: World) -> [LedgerResult] {
        var rows = CheckedBook(world)
        return operations.map { LedgerRules.apply($0, to: &rows) }
    }
}
