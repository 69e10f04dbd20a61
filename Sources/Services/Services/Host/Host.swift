internal import ChargingModel
public import EventLoop
internal import Glibc
public import Platform
public import Settings
internal import Terminal

/// Something that a process runs on its loop until it is told to stop.
public protocol Service: Actor {
    /// Begins. Called once.
    func start()
    /// Ends well (P10) and then tells the host. A second call does nothing.
    func stop()
    /// Why it can't do its work just now; `nil` when it can.
    var trouble: String? { get }
    /// Its own counters, as a text for Prometheus; `nil` for none.
    var metrics: String? { get }
}

extension Service {
    /// The trouble that every service knows.
    public static var notConnected: String { "not connected to the broker" }
    public var metrics: String? { nil }
}

/// Runs services on one loop until a signal ends them, or one of them fails. Bound to its loop, but for `run`.
public final class Host: @unchecked Sendable {
    public let loop: EventLoop
    private let log: Log
    private var health: HealthResponder?
    private var running: [any Service] = []
    /// Those that were told to begin: they tell their end.
    private var started: [any Service] = []
    private var left = 0
    private var isStopping = false
    /// When the first signal came.
    private var signalled: Instant?
    private var exit = ProcessExit.ok

    private init(loop: EventLoop, log: Log) {
        self.loop = loop
        self.log = log
    }

    /// Runs what `prepare` makes, and waits for its end. SIGTERM and SIGINT must be blocked already (`EventLoop.blockSignals`).
    /// - Parameters:
    ///   - health: where the process answers health checks for all its services together; `nil` for nowhere.
    ///   - prepare: called on the loop; each service gets the host, to tell it its end.
    public static func run(
        log: Log, health: Endpoint? = nil, _ prepare: @escaping @Sendable (Host) throws -> [any Service]
    ) -> ProcessExit {
        let host: Host
        do throws(EventLoopError) {
            host = Host(loop: try EventLoop(), log: log)
            host.loop.execute { host.begin(health, prepare) }
            try host.loop.start()
        } catch {
            log.error("❌ \(error)", event: "not_started")
            return .failure
        }
        host.loop.join()
        return host.exit
    }

    private func begin(_ endpoint: Endpoint?, _ prepare: (Host) throws -> [any Service]) {
        do {
            try loop.watchSignals { [self] signal in stop(signal) }
            if let endpoint {
                health = try HealthResponder(
                    loop: loop, host: endpoint.host, port: endpoint.port, metrics: { [self] in metrics }, report: { [self] in report })
            }
            running = try prepare(self)
        } catch {
            return fail("\(error)", ProcessExit(of: error))
        }
        for service in running where !isStopping {
            left += 1
            started.append(service)
            service.assumeIsolated { $0.start() }
        }
    }

    private var metrics: String? {
        for service in running { if let metrics = service.assumeIsolated({ $0.metrics }) { return metrics } }
        return nil
    }

    /// One service in trouble is enough.
    private var report: (isHealthy: Bool, body: [(name: String, value: String)]) {
        let role = ("role", log.role)
        for service in running {
            if let trouble = service.assumeIsolated({ $0.trouble }) { return (false, [role, ("status", "not ready"), ("reason", trouble)]) }
        }
        return (true, [role, ("status", "ready")])
    }

    /// `timeout` and some shells signal the process and its group: the same wish twice, at once.
    private static let echo = Duration.milliseconds(300)

    private func stop(_ signal: Int32) {
        let now = EventLoop.present().monotonic
        if let signalled, now - signalled < Host.echo { return }
        guard !isStopping else {
            log.warning("⚠️  Stopped at once by a second signal", event: "stopped")
            exit = .failure
            return loop.shutdown()
        }
        signalled = now
        stopAll()
    }

    private func stopAll() {
        isStopping = true
        for service in started { service.assumeIsolated { $0.stop() } }
        if left <= 0 { loop.shutdown() }
    }

    /// A service has ended as it was told to.
    public func ended() {
        left -= 1
        if left <= 0 { loop.shutdown() }
    }

    /// A service that runs a party has ended. One that gave way to a copy is nothing to the others: they go on, and the process ends with a failure when
    /// it ends.
    func ended(_ service: any Service, _ failure: String?, hasGivenWay: Bool) {
        guard let failure else { return ended() }
        guard hasGivenWay else { return fail(failure) }
        log.error("❌ \(failure)", event: "left")
        if exit == .ok { exit = .failure }
        running.removeAll { $0 === service }
        ended()
    }

    /// A service can't go on: the others are stopped, and the process ends with this reason.
    public func fail(_ reason: String, _ status: ProcessExit = .failure) {
        log.error("❌ \(reason)", event: "failed")
        if exit == .ok { exit = status }
        left -= 1
        if !isStopping { stopAll() } else if left <= 0 { loop.shutdown() }
    }
}
