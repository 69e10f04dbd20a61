public import ChargingModel
internal import ChargingProtocol
public import EventLoop
internal import Journal
internal import Platform
internal import Runtime
public import Settings
internal import Terminal

/// One engine in a program: its runtime, its data directory, the simulated hardware, and its answers to health checks, on the loop that is its executor.
public actor EngineService: Service {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let host: Host
    private let context: NetworkContext
    /// Holds the lock.
    private let store: EngineStore
    private let healthAddress: Endpoint
    private let reporter: EngineReporter
    private let party: PartyHost<EngineRuntime>
    private var health: HealthResponder?
    private var isOver = false

    /// - Parameter health: where health checks are answered; port 0 lets the system choose.
    /// - Throws: when a setting is unusable.
    public init(
        host: Host, context: NetworkContext, specification: EngineCore.Specification, store: EngineStore, writer: JournalWriter, health: Endpoint,
        seed: UInt64
    ) throws {
        loop = host.loop
        self.host = host
        self.context = context
        self.store = store
        healthAddress = health
        reporter = EngineReporter(log: context.log, cp: specification.cp)
        party = try PartyHost(specification, store, loop: host.loop, context: context, writer: writer, seed: seed)
    }

    public func start() {
        reporter.tornLine(store.tornBytes)
        party.onAction = { [weak self] action in self?.assumeIsolated { $0.carryOut(action) } }
        party.onEnd = { [weak self] failure in self?.assumeIsolated { $0.end(failure) } }
        do {
            health = try HealthResponder(loop: loop, host: healthAddress.host, port: healthAddress.port) { [weak self] in
                self?.assumeIsolated { $0.healthReport } ?? (false, [])
            }
        } catch {
            return end("\(error)")
        }
        if healthAddress.port == 0 { context.log.info("💚 Health checks are answered on port \(health?.port ?? 0)", event: "health_port") }
        party.feed(.start)
    }

    public func stop() { party.feed(.stop) }

    private var isJournalStalled: Bool { party.runtime.isJournalStalled(at: EventLoop.present().monotonic) }

    public var trouble: String? {
        if party.runtime.core.state == .faulty { return "FAULTY" }
        if isJournalStalled { return EngineRuntime.diskDoesNotAnswer }
        return party.runtime.isOnline ? nil : Self.notConnected
    }

    private var healthReport: (isHealthy: Bool, body: [(name: String, value: String)]) {
        let cp = party.runtime.core.specification.cp.text
        if isJournalStalled { return (false, [("cp", cp), ("reason", "the journal's disk does not answer")]) }
        let state = party.runtime.core.state
        let broker = party.runtime.isOnline ? "connected" : Self.notConnected
        return (party.runtime.isWell(at: EventLoop.present().monotonic), [("cp", cp), ("state", state.rawValue), ("broker", broker)])
    }

    private func carryOut(_ action: EngineRuntime.Action) {
        switch action {
        case .closeContactor(let session):
            // The simulated hardware obeys at once; its answer is an event like others, in a turn of its own.
            loop.execute { [weak self] in self?.assumeIsolated { $0.party.feed(.contactorClosed(session, .unlimited)) } }
        case .notice(let notice): reporter.say(notice)
        // Its hardware is a contactor.
        case .journalled, .station: break
        }
    }

    private func end(_ failure: String?) {
        guard !isOver else { return }
        isOver = true
        health?.close()
        host.ended(self, failure, hasGivenWay: party.runtime.hasGivenWay)
    }
}
