public import ChargingModel
internal import ChargingProtocol
public import EventLoop
internal import Keeping
public import Settings
public import Shell

/// One monitor: the core, its connection, its epoch's journal and its checks, on the loop that is its executor.
public actor MonitorService: Service {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let host: Host
    private let context: NetworkContext
    private let cp: ChargePointID
    private let engine: Endpoint
    /// Holds the lock.
    private let store: EpochStore
    private let journal: EpochJournal
    private let voice: MonitorVoice
    private var core: Monitor
    private var port: BusPort?
    private var timer: CoreTimer?
    private var check: HealthCheck?
    private var isOver = false

    /// - Parameter engine: where the engine answers health checks.
    public init(host: Host, context: NetworkContext, cp: ChargePointID, engine: Endpoint, store: EpochStore, desk: JournalDesk, seed: UInt64) {
        loop = host.loop
        self.host = host
        self.context = context
        self.cp = cp
        self.engine = engine
        self.store = store
        journal = store.journal(at: desk)
        voice = MonitorVoice(log: context.log, cp: cp)
        core = Monitor(cp: cp, seed: seed, now: EventLoop.present())
    }

    public func start() {
        timer = CoreTimer(loop) { [weak self] in self?.assumeIsolated { $0.tell(.tick) } }
        do {
            port = try BusPort(
                loop: loop, party: .monitor(cp), context: context, lastEpoch: journal.lastEpoch,
                persistEpoch: { [weak self] epoch, done in
                    // Nothing is sent: the port calls on this actor's loop.
                    nonisolated(unsafe) let done = done
                    self?.assumeIsolated { $0.persist(epoch, done) }
                },
                onEvent: { [weak self] event in self?.assumeIsolated { $0.handle(event) } })
        } catch {
            return end("\(error)")
        }
        port?.start()
        tell(.tick)
    }

    public func stop() { tell(.stop) }

    public var trouble: String? { port?.isOnline == true ? nil : Self.notConnected }

    private func handle(_ event: BusPort.Event) {
        switch event {
        case .online(let epoch): tell(.online(epoch))
        case .offline: tell(.offline)
        case .message(.command(let command), retained: false): tell(.command(command))
        case .message(.centralStatus(let status), _): tell(.centralStatus(status))
        case .message(.verdict(let verdict), _): tell(.verdict(verdict))
        case .message, .delivered, .refused, .brokerDropped, .outside: break
        case .overwritten: tell(.overwritten)
        case .stopped: end()
        case .failed(let reason): end(reason)
        }
    }

    private func tell(_ event: Monitor.Event) {
        guard !isOver else { return }
        for action in core.handle(event, at: EventLoop.present()) {
            switch action {
            case .check: ask()
            case .publish(let message): port?.publish(message)
            case .farewell(let message): if let port { port.stop(farewell: message) } else { end() }
            case .notice(let notice): voice.say(notice)
            }
        }
        timer?.set(core.deadline)
    }

    private func ask() {
        check = HealthCheck.ask(engine, expecting: .engine(cp), on: loop) { [weak self] result in
            self?.assumeIsolated { monitor in
                switch result {
                case .passed: monitor.tell(.checked(.passed))
                case .failed(let reason): monitor.tell(.checked(.failed(reason)))
                }
            }
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

    private func end(_ failure: String? = nil) {
        guard !isOver else { return }
        isOver = true
        check?.cancel()
        timer?.set(nil)
        if let failure { host.fail(failure) } else { host.ended() }
    }
}
