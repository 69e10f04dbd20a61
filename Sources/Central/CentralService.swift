public import ChargingModel
internal import ChargingProtocol
public import EventLoop
public import HomeAssistant
internal import Keeping
internal import MQTT
internal import SQLite
internal import Settings
public import Shell
internal import Terminal

/// Central: the arbiter, its connection, its ledger and its epoch's journal, on the loop that is its executor.
public actor CentralService: Service {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let host: Host
    private let context: NetworkContext
    /// Holds the lock.
    private let store: EpochStore
    private let journal: EpochJournal
    private let ledger: DiskLedger
    private var voice: CentralVoice
    private var core: Arbiter
    private var port: BusPort?
    private var timer: CoreTimer?
    private var brokerDropped: UInt64?
    private var isOver = false
    private var metrics = CentralMetrics()
    private var lookout: Lookout?
    private var announcer: Announcer?
    private var questions: [UInt64: CheckedContinuation<OperatorAnswer, Never>] = [:]
    private var lastQuestion: UInt64 = 0

    /// - Parameters:
    ///   - watcher: who looks on, if anybody does.
    ///   - discovery: how Home Assistant is told of the points, if it is.
    public init(
        host: Host, context: NetworkContext, settings: Arbiter.Settings, store: EpochStore, desk: JournalDesk, seed: UInt64,
        watcher: (any CentralWatcher)? = nil, discovery: DeviceDiscovery? = nil
    ) throws {
        loop = host.loop
        self.host = host
        self.context = context
        self.store = store
        journal = store.journal(at: desk)
        ledger = try DiskLedger(loop: host.loop, path: context.data.ledger)
        voice = CentralVoice(log: context.log)
        core = Arbiter(settings, seed: seed, now: EventLoop.present())
        lookout = watcher.map { Lookout(loop: host.loop, watcher: $0) }
        announcer = discovery.map { Announcer(loop: host.loop, discovery: $0) }
    }

    public func start() {
        timer = CoreTimer(loop) { [weak self] in self?.assumeIsolated { $0.tell(.tick) } }
        do {
            port = try BusPort(
                loop: loop, party: .central, context: context, lastEpoch: journal.lastEpoch, watchesBroker: true,
                outsideTopics: announcer?.topics ?? [],
                persistEpoch: { [weak self] epoch, done in
                    // Nothing is sent: the port calls on this actor's loop.
                    nonisolated(unsafe) let done = done
                    self?.assumeIsolated { $0.persist(epoch, done) }
                },
                onEvent: { [weak self] event in self?.assumeIsolated { $0.handle(event) } })
        } catch {
            return end("\(error)")
        }
        announcer?.publish = { [weak port] message in port?.publishOutsideContract(topic: message.topic, retained: message.payload) }
        carryOut(core.begin(at: EventLoop.present()))
    }

    public func stop() { tell(.stop) }

    /// Asks something of Central as its operator; answered when it holds, or with the reason why it can't be done.
    public func ask(_ request: OperatorRequest) async -> OperatorAnswer {
        guard !isOver else { return .refused("Central has stopped") }
        lastQuestion += 1
        let question = lastQuestion
        return await withCheckedContinuation { continuation in
            questions[question] = continuation
            tell(.ask(request, question))
        }
    }

    /// Brings the metrics up to date: for whoever is about to read them.
    public func sampleMetrics() async {
        metrics.sample(core, isConnected: port?.isOnline ?? false, rejections: port?.rejected ?? [:], bus: port?.counters ?? BusCounters())
    }

    public var trouble: String? {
        guard port?.isOnline == true else { return Self.notConnected }
        return core.isLedgerWorking ? nil : "the ledger can't be used"
    }

    private func handle(_ event: BusPort.Event) {
        let now = EventLoop.present()
        switch event {
        case .online(let epoch):
            metrics.online()
            lookout?.connected(at: now)
            tell(.online(epoch))
            announcer?.connected()
        case .offline:
            metrics.offline()
            lookout?.disconnected(at: now)
            announcer?.disconnected()
            tell(.offline)
        case .message(let message, let retained):
            metrics.hears(message, at: now.monotonic)
            lookout?.hears(message, retained: retained, at: now)
            tell(.received(message, retained: retained))
            if case .info(let info) = message { announcer?.hears(info) }
        case .outside(let topic, let payload, let retained): announcer?.hears(topic: topic, payload: payload, retained: retained)
        case .delivered(let number): tell(.delivered(number))
        case .refused(let number): tell(.refused(number))
        case .overwritten: tell(.overwritten)
        case .brokerDropped(let count): dropped(count)
        case .stopped: end()
        case .failed(let reason): end(reason)
        }
    }

    /// - Parameter isAnswer: the ledger has answered: what it lets be said leaves at once, and not at the end of the round.
    private func tell(_ event: Arbiter.Event, isAnswer: Bool = false) {
        guard !isOver else { return }
        let began = EventLoop.present()
        let actions = core.handle(event, at: began)
        if case .received(.request, _) = event { metrics.decided(in: EventLoop.present().monotonic - began.monotonic) }
        carryOut(actions, isAnswer: isAnswer)
        timer?.set(core.deadline)
        show()
    }

    /// Drivers wait for the ledger and for what is said: both go first, what people read comes after.
    private func carryOut(_ actions: [Arbiter.Action], isAnswer: Bool = false) {
        for action in actions { askLedger(action) }
        for action in actions { say(action) }
        if isAnswer { port?.flush() }
        perform(actions)
    }

    /// What it says of itself beside the bus.
    private func show() {
        lookout?.show(
            CentralUpdate.Condition(isConnected: port?.isOnline ?? false, isLedgerWorking: core.isLedgerWorking), outOfOrder: core.outOfOrder)
    }

    private func askLedger(_ action: Arbiter.Action) {
        switch action {
        case .commit(let number, let operations):
            metrics.commits(number, operations.count, at: EventLoop.present().monotonic)
            ledger.commit(operations) { [weak self] result in
                self?.assumeIsolated { central in
                    let results = central.success(of: result)
                    central.metrics.committed(number, at: EventLoop.present().monotonic)
                    central.tell(results.map { .committed(number, $0) } ?? .commitFailed(number), isAnswer: true)
                }
            }
        case .read:
            ledger.read { [weak self] result in
                self?.assumeIsolated { central in
                    let snapshot = central.success(of: result)
                    central.tell(.snapshot(snapshot))
                }
            }
        case .connect, .publish, .farewell, .answer, .erase, .notice: break
        }
    }

    /// On the bus, in order.
    private func say(_ action: Arbiter.Action) {
        switch action {
        case .publish(let message, let delivery): port?.publish(message, delivery: delivery)
        case .erase(let cp): for topic in CentralService.topics(of: cp) { port?.erase(topic) }
        case .commit, .read, .connect, .farewell, .answer, .notice: break
        }
    }

    private func perform(_ actions: [Arbiter.Action]) {
        for action in actions {
            switch action {
            case .commit, .read: break
            case .connect: port?.start()
            case .publish(let message, _):
                let now = EventLoop.present()
                metrics.says(message, at: now.monotonic)
                lookout?.hears(message, retained: false, at: now)
            case .farewell(let message): if let port { port.stop(farewell: message) } else { end() }
            case .answer(let question, let answer): questions.removeValue(forKey: question)?.resume(returning: answer)
            case .erase(let cp): erase(cp)
            case .notice(let notice):
                voice.say(notice)
                metrics.notes(notice)
            }
        }
    }

    /// The topics on which the broker keeps something of a point.
    private static func topics(of cp: ChargePointID) -> [Topic] { [.info(cp), .state(cp), .health(cp), .verdict(cp)] }

    private func erase(_ cp: ChargePointID) {
        voice.forgot(cp)
        for topic in CentralService.topics(of: cp) { lookout?.forgets(topic, at: EventLoop.present()) }
        announcer?.forgets(cp)
    }

    private func success<Value>(of result: Result<Value, SQLiteError>) -> Value? {
        switch result {
        case .success(let value): return value
        case .failure(let error):
            voice.ledgerFailed(error)
            return nil
        }
    }

    private func persist(_ epoch: Epoch, _ done: @escaping () -> Void) {
        journal.persist(epoch) { [weak self] result in
            switch result {
            case .success: done()
            case .failure(let error): self?.assumeIsolated { $0.end("\(error)") }
            }
        }
    }

    /// The broker counts since its own start; what it lost before Central looked is not news.
    private func dropped(_ count: UInt64) {
        if let before = brokerDropped, count > before {
            voice.brokerDropped(count - before)
            metrics.brokerDropped(count - before)
        }
        brokerDropped = count
    }

    private func end(_ failure: String? = nil) {
        guard !isOver else { return }
        isOver = true
        timer?.set(nil)
        for question in questions.values { question.resume(returning: .refused("Central has stopped")) }
        questions = [:]
        if let failure { host.fail(failure) } else { host.ended() }
    }
}
