public import ChargingModel
internal import ChargingProtocol
public import EventLoop
internal import Journal
internal import Keeping
public import Settings
public import Shell
internal import Terminal

/// One charge point: the core, its connection, its journal and its answer to health checks, on the loop that is its executor.
public actor EngineService: Service {
    /// How long a write to the journal may take.
    private static let stallTime = Duration.seconds(2)

    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let host: Host
    private let context: NetworkContext
    private let store: EngineStore
    private let journal: EngineJournal
    private let healthAddress: Endpoint
    private let voice: EngineVoice
    private var core: ChargePoint
    private var gate = JournalGate()
    /// Counts connections, so that what was meant for an earlier one is not said on a later one (P9).
    private var connection: UInt64 = 0
    private var port: BusPort?
    private var timer: CoreTimer?
    private var health: HealthResponder?
    /// When the write that is under way began.
    private var writingSince: LoopTime?
    /// Why it can't go on.
    private var failure: String?
    private var isOver = false

    /// - Parameter health: where health checks are answered; port 0 lets the system choose.
    public init(
        host: Host, context: NetworkContext, specification: ChargePoint.Specification, store: EngineStore, desk: JournalDesk, health: Endpoint,
        seed: UInt64
    ) {
        loop = host.loop
        self.host = host
        self.context = context
        self.store = store
        journal = EngineJournal(journal: store.journal, lastEpoch: store.lastEpoch, group: desk.group)
        healthAddress = health
        voice = EngineVoice(log: context.log, cp: specification.cp)
        core = ChargePoint(specification, memory: store.memory, seed: seed)
    }

    public func start() {
        voice.tornLine(store.tornBytes)
        let cp = core.specification.cp
        timer = CoreTimer(loop) { [weak self] in self?.assumeIsolated { $0.tell(.tick) } }
        do {
            health = try HealthResponder(loop: loop, host: healthAddress.host, port: healthAddress.port) { [weak self] in
                self?.assumeIsolated { $0.healthReport } ?? (false, [])
            }
            port = try BusPort(
                loop: loop, party: .engine(cp), context: context, lastEpoch: store.lastEpoch,
                persistEpoch: { [weak self] epoch, done in
                    // Nothing is sent: the port calls on this actor's loop.
                    nonisolated(unsafe) let done = done
                    self?.assumeIsolated { $0.persist(epoch, done) }
                },
                onEvent: { [weak self] event in self?.assumeIsolated { $0.handle(event) } })
        } catch {
            return fail("\(error)")
        }
        if healthAddress.port == 0 { context.log.info("💚 Health checks are answered on port \(health?.port ?? 0)", event: "health_port") }
        perform(core.begin(at: EventLoop.present()))
        port?.start()
    }

    public func stop() {
        guard failure == nil, !isOver else { return }
        // The session's end must be in the journal before it is said; a disk that does not answer must not keep the process (P10).
        loop.schedule(after: EngineService.stallTime) { [weak self] in
            self?.assumeIsolated { if $0.isJournalStalled { $0.fail("the journal can't be written: its disk does not answer") } }
        }
        tell(.stop)
    }

    public var trouble: String? {
        if core.state == .faulty { return "FAULTY" }
        if isJournalStalled { return "the journal can't be written: its disk does not answer" }
        return port?.isOnline == true ? nil : Self.notConnected
    }

    private var healthReport: (isHealthy: Bool, body: [(name: String, value: String)]) {
        let broker = port?.isOnline == true ? "connected" : Self.notConnected
        if isJournalStalled { return (false, [("cp", core.specification.cp.text), ("reason", "the journal's disk does not answer")]) }
        return (core.state != .faulty, [("cp", core.specification.cp.text), ("state", core.state.rawValue), ("broker", broker)])
    }

    private func handle(_ event: BusPort.Event) {
        switch event {
        case .online(let epoch):
            connection += 1
            tell(.online(epoch))
        case .offline:
            connection += 1
            tell(.offline)
        case .message(.command(let command), retained: false): tell(.command(command))
        case .message(.centralStatus(let status), _): tell(.centralStatus(status))
        case .message, .delivered, .refused, .brokerDropped, .outside: break
        case .overwritten: tell(.overwritten)
        case .stopped: end()
        case .failed(let reason):
            // The session is journalled and nothing is published (P9): the port is over already.
            failure = failure ?? reason
            tell(.stop)
        }
    }

    private func tell(_ event: ChargePoint.Event) {
        guard !isOver else { return }
        let actions = core.handle(event, at: EventLoop.present())
        perform(actions)
        timer?.set(core.deadline)
    }

    private func perform(_ actions: [ChargePoint.Action]) { carryOut(gate.admit(actions, connection: connection)) }

    private func carryOut(_ steps: [JournalGate.Step]) {
        for step in steps {
            switch step {
            case .write(let entries): write(entries)
            case .perform(.ready(let session)):
                // In a turn of its own, like other events.
                loop.execute { [weak self] in self?.assumeIsolated { $0.tell(.ready(session)) } }
            case .perform(.closeContactor(let session)):
                // The simulated hardware obeys at once; its answer is an event like others, in a turn of its own.
                loop.execute { [weak self] in self?.assumeIsolated { $0.tell(.contactorClosed(session, .unlimited)) } }
            case .perform(.publish(let message)): port?.publish(message)
            case .perform(.farewell(let message)): if failure == nil, let port { port.stop(farewell: message) } else { end() }
            case .perform(.notice(let notice)): voice.say(notice)
            case .perform(.journal): preconditionFailure("the gate hands entries out to be written")
            }
        }
    }

    // MARK: The journal

    private func write(_ entries: [ChargePointEntry]) {
        writingSince = EventLoop.now()
        journal.write(entries) { [weak self] result in self?.assumeIsolated { $0.written(result) } }
    }

    private func written(_ result: Result<Void, JournalError>) {
        guard !isOver else { return }
        writingSince = nil
        if case .failure(let error) = result { return fail("\(error)") }
        carryOut(gate.written(connection: connection))
        guard gate.isIdle else { return }
        journal.compactIfLong(core.memory) { [weak self] result in self?.assumeIsolated { $0.compacted(result) } }
    }

    private func persist(_ epoch: Epoch, _ done: @escaping () -> Void) {
        journal.persist(epoch) { [weak self] result in
            switch result {
            case .success: done()
            case .failure(let error): self?.assumeIsolated { $0.fail("\(error)") }
            }
        }
    }

    /// Whether the disk keeps it waiting: then it can begin and end nothing, and its health says so.
    private var isJournalStalled: Bool { writingSince.map { EventLoop.now() - $0 > EngineService.stallTime } ?? false }

    private func compacted(_ result: Result<Void, JournalError>) {
        guard case .failure(let error) = result else { return }
        // The journal goes on as it was, unless it says otherwise.
        if journal.hasFailed { return fail("\(error)") }
        context.log.warning("⚠️  \(error); the journal goes on, only longer", event: "journal_not_compacted")
    }

    // MARK: The end

    /// Without its journal an engine must not supply: it dies, and its will says so.
    private func fail(_ reason: String) {
        failure = failure ?? reason
        end()
    }

    private func end() {
        guard !isOver else { return }
        isOver = true
        // Before the other points of this process have ended: nothing may be promised to this one any more.
        if failure != nil { port?.abort() }
        health?.close()
        timer?.set(nil)
        if let failure { host.fail(failure) } else { host.ended() }
    }
}
