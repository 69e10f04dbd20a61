public import ChargingModel
public import ChargingProtocol
public import EventLoop
public import HomeAssistant
public import Identities
internal import Journal
internal import LedgerStore
internal import MQTT
internal import Platform
internal import Runtime
internal import SQL
internal import Settings
internal import Terminal

/// Central in a program: its runtime, its data directory, its ledger on disk, and those who look on, on the loop that is its executor.
public actor CentralService: Service {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let host: Host
    /// Holds the lock.
    private let store: EpochStore
    private let ledger: DiskLedger
    private var reporter: CentralReporter
    private var known: KnownParties?
    private let party: PartyHost<CentralRuntime>
    private var isOver = false
    /// Why its ledger will never be of use to it; it is ending then.
    private var objection: DatabaseError?
    private var metrics = CentralMetrics()
    private var observer: NetworkObserver?
    private var questions: [UInt64: CheckedContinuation<OperatorAnswer, Never>] = [:]
    private var lastQuestion: UInt64 = 0
    private var stationQuestions: [UInt64: CheckedContinuation<StationResult, Never>] = [:]
    private var followers = StationFollowers()
    /// It has ended, but for the turn that it gives back.
    private var isReleasing = false
    /// Why it could not go on.
    private var failure: String?

    /// - Parameters:
    ///   - place: its ledger; `nil`: the file in the data directory.
    ///   - known: who is known, where that may change; `nil`: as it is in the settings.
    ///   - listener: who looks on, if anybody does.
    ///   - discovery: how Home Assistant is told of the points, if it is.
    public init(
        host: Host, context: NetworkContext, settings: CentralCore.Settings, store: EpochStore, writer: JournalWriter, seed: UInt64,
        ledger place: CentralLedger? = nil, known: KnownParties? = nil, listener: (any CentralUpdateListener)? = nil,
        discovery: DeviceDiscovery? = nil
    ) throws {
        loop = host.loop
        self.host = host
        self.store = store
        let place = place ?? .file(context.data.ledger)
        ledger = try DiskLedger(loop: host.loop, place: place, site: context.wire.site)
        reporter = CentralReporter(log: context.log)
        self.known = known
        observer = listener.map { NetworkObserver(loop: host.loop, listener: $0) }
        var connection = context.connection(of: .central)
        // A driver's progress can wait for the others'.
        connection.holdTime = .milliseconds(20)
        let making = context.making(connection, store.journal, lastEpoch: store.lastEpoch, seed: seed, isWatched: true)
        let now = EventLoop.present()
        if let recorder = context.recorder {
            recorder.begin(RecordedParty(settings, discovery, making, hasLedger: recorder.hasLedger, at: now))
        }
        let lease: CentralLease.Settings? =
            if case .server(_, let holder, let renewal) = place { CentralLease.Settings(length: holder.lease, renewal: renewal) } else { nil }
        let runtime = try CentralRuntime(settings, making, lease: lease, discovery: discovery, at: now)
        party = PartyHost(loop: host.loop, runtime, party: .central, context: context, settings: connection, journal: (store.journal, writer))
    }

    public func start() {
        ledger.onUpgrade = { [weak self] upgrade in self?.assumeIsolated { $0.reporter.upgraded(upgrade) } }
        party.onAction = { [weak self] action in self?.assumeIsolated { $0.carryOut(action) } }
        party.onMessage = { [weak self] message, retained, isOwn in self?.assumeIsolated { $0.see(message, retained: retained, isOwn: isOwn) } }
        party.onConnection = { [weak self] isOnline in self?.assumeIsolated { $0.see(isOnline: isOnline) } }
        party.onSettled = { [weak self] in self?.assumeIsolated { $0.show() } }
        party.onEnd = { [weak self] failure in self?.assumeIsolated { $0.end(failure) } }
        party.feed(.start)
    }

    public func stop() { party.feed(.stop) }

    /// Asks something of Central as its operator; answered when it holds, or with the reason why it can't be done.
    public func ask(_ request: OperatorRequest) async -> OperatorAnswer {
        guard !isOver else { return .refused("Central has stopped") }
        lastQuestion += 1
        let question = lastQuestion
        // Whoever was given a name just now may be given a token, too; who lost it is known no more.
        party.feed(.access(news()))
        return await withCheckedContinuation { continuation in
            questions[question] = continuation
            party.feed(.ask(request, question))
        }
    }

    /// Asks a station something; answered when the station has, or can't.
    public func ask(_ wish: StationWish.Written, of station: ChargePointID) async -> StationResult {
        guard !isOver else { return StationResult(.noAnswer, "Central has stopped") }
        lastQuestion += 1
        let question = lastQuestion
        return await withCheckedContinuation { continuation in
            stationQuestions[question] = continuation
            party.feed(.askStation(station, wish, question))
        }
    }

    /// The gateways and stations as they are now.
    public func stationBook() -> StationBook {
        let desk = party.runtime.desk
        return StationBook(gateways: desk.gatewayList, stations: desk.stationList)
    }

    /// A station as it is now; `nil` for one that no gateway knows.
    public func station(_ station: ChargePointID) -> StationAbout? { party.runtime.desk.station(station) }

    /// Hands the news of a station to a reader until `unfollow`; `nil` when there are too many readers.
    public func follow(_ station: ChargePointID, _ reader: AsyncStream<StationNews?>.Continuation) -> UInt64? {
        guard !isOver, let (number, isFirst) = followers.add(station, reader) else { return nil }
        if isFirst { party.feed(.watch(station, true)) }
        return number
    }

    public func unfollow(_ number: UInt64) {
        if let station = followers.remove(number) { party.feed(.watch(station, false)) }
    }

    /// Brings the metrics up to date: for whoever is about to read them.
    public func sampleMetrics() async {
        let runtime = party.runtime
        metrics.sample(
            runtime.core, isConnected: runtime.isOnline, isWaiting: standing == .waiting, rejections: runtime.rejected,
            bus: runtime.counters.adding(party.counters))
    }

    public var trouble: String? {
        switch standing {
        case .active: break
        case .waiting: return nil
        case .unknown: return "the ledger's server can't be used"
        }
        guard party.runtime.isOnline else { return Self.notConnected }
        return party.runtime.core.isLedgerWorking ? nil : "the ledger can't be used"
    }

    private func see(_ message: BusMessage, retained: Bool, isOwn: Bool) {
        let now = EventLoop.present()
        if isOwn { metrics.says(message, at: now.monotonic) } else { metrics.hears(message, at: now.monotonic) }
        observer?.hears(message, retained: retained, at: now)
    }

    private func see(isOnline: Bool) {
        let now = EventLoop.present()
        if isOnline {
            metrics.online()
            observer?.connected(at: now)
        } else {
            metrics.offline()
            observer?.disconnected(at: now)
        }
    }

    /// Its announcements beside the bus.
    private func show() {
        observer?.show(
            CentralUpdate.Condition(
                isConnected: party.runtime.isOnline, isLedgerWorking: party.runtime.core.isLedgerWorking, standing: standing,
                stations: party.runtime.desk.revision),
            outOfOrder: party.runtime.core.outOfOrder)
    }

    private var standing: CentralUpdate.Condition.Standing {
        switch party.runtime.standing {
        case .active: .active
        case .waiting: .waiting
        case .unknown: .unknown
        }
    }

    private func carryOut(_ action: CentralRuntime.Action) {
        switch action {
        case .commit(let ticket, let operations):
            metrics.commits(ticket, operations.count, at: EventLoop.present().monotonic)
            ledger.commit(operations) { [weak self] result in
                self?.assumeIsolated { central in
                    let results = central.success(of: result)
                    central.metrics.committed(ticket, at: EventLoop.present().monotonic)
                    // Drivers wait for it: what the ledger lets be said leaves at once.
                    central.party.feed(.committed(ticket, results), isUrgent: true)
                }
            }
        case .read(let ticket, let now):
            ledger.read(at: now) { [weak self] result in
                self?.assumeIsolated { central in
                    let snapshot = central.success(of: result)
                    central.party.feed(.snapshot(ticket, snapshot))
                }
            }
        case .takeTurn(let ticket): ledger.takeTurn { [weak self] result in self?.assumeIsolated { $0.hears(result, to: ticket) } }
        case .prolongTurn(let ticket, let epoch):
            ledger.prolongTurn(under: epoch) { [weak self] result in self?.assumeIsolated { $0.hears(result, to: ticket) } }
        case .releaseTurn: releaseTurn()
        case .stands(let standing): reporter.stands(standing)
        case .readAccess: party.feed(.access(news()), isUrgent: true)
        case .answer(let question, let answer): questions.removeValue(forKey: question)?.resume(returning: answer)
        case .answerOfStation(let question, let result): stationQuestions.removeValue(forKey: question)?.resume(returning: result)
        case .news(let news): followers.tell(news)
        case .forgot(let cp):
            reporter.forgot(cp)
            for topic in CentralRuntime.topics(of: cp) { observer?.forgets(topic, at: EventLoop.present()) }
        case .brokerDropped(let count):
            reporter.brokerDropped(count)
            metrics.brokerDropped(count)
        case .notice(let notice):
            reporter.say(notice)
            metrics.notes(notice)
        }
    }

    /// The list of those who are known now, if it is another than before.
    private func news() -> AccessList? {
        do throws(IdentityError) {
            let list = try known?.news()
            reporter.namesAreRead()
            return list
        } catch {
            reporter.namesAreUnreadable(error)
            return nil
        }
    }

    private func success<Value>(of result: Result<Value, DatabaseError>) -> Value? {
        switch result {
        case .success(let value): return value
        case .failure(let error):
            switch error.kind {
            case .later, .superseded: giveUp(error)
            case .waiting: break
            case .busy, .full, .readOnly, .unavailable, .corrupt, .constraint, .misuse: reporter.ledgerFailed(error)
            }
            return nil
        }
    }

    /// Ends, since no waiting helps: a later version made the ledger, or another Central writes it, which is on the bus by now, or about to be.
    private func giveUp(_ error: DatabaseError) {
        objection = error
        if error.kind == .superseded { party.feed(.superseded(error.description)) } else { party.feed(.stop) }
    }

    private func hears(_ result: Result<LedgerTurn.Answer, DatabaseError>, to ticket: UInt64) {
        let answer: CentralLease.Answer
        switch result {
        case .success(let held):
            reporter.ledgerIsReached()
            answer = .held(highest: held.highestEpoch, isAwaited: held.isAwaited)
        case .failure(let error) where error.kind == .waiting:
            reporter.ledgerIsReached()
            answer = .waiting(error.description)
        case .failure:
            _ = success(of: result)
            answer = .unknown
        }
        party.feed(.turn(ticket, answer))
    }

    /// The time that a server has to hear that this Central ends: whoever waits for it waits for the end of its lease otherwise.
    private static let releaseTime = Duration.seconds(1)

    private func releaseTurn() {
        isReleasing = true
        let done = { [weak self] in self?.assumeIsolated { $0.isReleased() } ?? () }
        ledger.releaseTurn { _ in done() }
        loop.schedule(after: CentralService.releaseTime, done)
    }

    private func isReleased() {
        guard isReleasing else { return }
        isReleasing = false
        if isOver { tellEnd() }
    }

    private func end(_ failure: String?) {
        isOver = true
        self.failure = failure
        for question in questions.values { question.resume(returning: .refused("Central has stopped")) }
        questions = [:]
        for question in stationQuestions.values { question.resume(returning: StationResult(.noAnswer, "Central has stopped")) }
        stationQuestions = [:]
        followers.end()
        if !isReleasing { tellEnd() }
    }

    private func tellEnd() {
        if let objection {
            host.fail("The ledger: \(objection)", ProcessExit(of: objection))
        } else if let failure {
            host.fail(failure)
        } else {
            host.ended()
        }
    }
}
