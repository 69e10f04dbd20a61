public import ChargingModel
internal import ChargingProtocol
public import EventLoop
internal import Journal
internal import Runtime
public import Settings

/// One monitor in a program: its runtime, its data directory and its checks, on the loop that is its executor.
public actor MonitorService: Service {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let host: Host
    private let cp: ChargePointID
    private let engine: Endpoint
    /// Holds the lock.
    private let store: EpochStore
    private let reporter: MonitorReporter
    private let party: PartyHost<MonitorRuntime>
    private var check: HealthCheck?

    /// - Parameter engine: where the engine answers health checks.
    /// - Throws: when a setting is unusable.
    public init(
        host: Host, context: NetworkContext, cp: ChargePointID, engine: Endpoint, checks: Monitor.Settings, store: EpochStore, writer: JournalWriter,
        seed: UInt64
    ) throws {
        loop = host.loop
        self.host = host
        self.cp = cp
        self.engine = engine
        self.store = store
        reporter = MonitorReporter(log: context.log, cp: cp)
        party = try PartyHost(of: cp, checks: checks, store, loop: host.loop, context: context, writer: writer, seed: seed)
    }

    public func start() {
        party.onAction = { [weak self] action in self?.assumeIsolated { $0.carryOut(action) } }
        party.onEnd = { [weak self] failure in self?.assumeIsolated { $0.end(failure) } }
        party.feed(.start)
    }

    public func stop() { party.feed(.stop) }

    public var trouble: String? { party.runtime.isOnline ? nil : Self.notConnected }

    private func carryOut(_ action: MonitorRuntime.Action) {
        switch action {
        case .check:
            check = HealthCheck.ask(engine, expecting: .engine(cp), on: loop) { [weak self] result in
                self?.assumeIsolated { $0.party.feed(.checked(result)) }
            }
        case .notice(let notice): reporter.say(notice)
        }
    }

    private func end(_ failure: String?) {
        check?.cancel()
        host.ended(self, failure, hasGivenWay: party.runtime.hasGivenWay)
    }
}
