internal import Certificates
internal import ChargingModel
public import EventLoop
internal import Identities
public import LedgerStore
public import Platform
public import Prometheus
internal import SQL
public import ServerTLS
public import Services
public import Settings
internal import Terminal

/// The HTTP side of Central: the dashboard, the API, the stream of events and the metrics, on threads of their own.
public actor DashboardService: Service {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let host: Host
    private let log: Log
    private let endpoint: Endpoint
    private let data: DataDirectory
    private let certificate: ServerCertificate?
    private let feed: NetworkFeed
    private let desk: LedgerQueries
    private let inbox: Inbox
    private let responder: Responder
    private var work: [Task<Void, Never>] = []
    private var isStopping = false
    private var isOver = false

    /// The way from Central to the dashboard: Central is given its watcher, and the dashboard shows what that is told.
    public struct Window: Sendable {
        let inbox = Inbox()
        public init() {}
        public var listener: any CentralUpdateListener { inbox }
    }

    /// Makes the service.
    /// - Parameters:
    ///   - endpoint: the address where it is served; port 0 for any.
    ///   - certificate: for HTTPS; `nil` for HTTP.
    ///   - names: the names under which it may be asked besides those of a loopback address; `nil`: elsewhere under any.
    ///   - reading: who may read what concerns people.
    ///   - window: the one whose watcher Central was given.
    ///   - place: where the ledger is; `nil`: in the data directory.
    ///   - data: where the port that is served is written down.
    public init(
        host: Host, log: Log, endpoint: Endpoint, certificate: ServerCertificate? = nil, names: [String]? = nil, reading: HTTPReading = .open,
        window: Window, central: any Steerable, token: AdminToken, ledger place: LedgerPlace? = nil, data: DataDirectory,
        registry: PrometheusRegistry?
    ) {
        loop = host.loop
        self.host = host
        self.log = log
        self.endpoint = endpoint
        self.certificate = certificate
        inbox = window.inbox
        feed = NetworkFeed(instance: String(UInt64.random(in: .min ... .max), radix: 36))
        desk = LedgerQueries(place ?? .file(data.ledger), site: data.site)
        self.data = data
        responder = Responder(
            feed: feed, desk: desk, central: central,
            authenticator: Authenticator(token: token, store: OperatorStore(directory: data.shared), log: log), reading: reading, log: log,
            registry: registry,
            hosts: DashboardService.names(of: endpoint, names),
            stream: EventStream(feed))
    }

    /// The names under which it may be asked: always those of a loopback address, which nobody else's page can have; `nil` for any.
    private static func names(of endpoint: Endpoint, _ others: [String]?) -> Set<String>? {
        let host = endpoint.host
        guard endpoint.isLoopback || others != nil else { return nil }
        return Set(["localhost", "127.0.0.1", "[::1]", host.contains(":") ? "[\(host)]" : host] + (others ?? []))
    }

    public func start() {
        let inbox = inbox
        let feed = feed
        work.append(Task.detached { await inbox.run(into: feed) })
        work.append(Task.detached { [desk] in await DashboardService.keepTime(feed, desk) })
        let watch = CertificateWatch(CertificateStore(directory: data.certificates), https: certificate, log: log)
        work.append(Task.detached { await watch.run(into: feed) })
        work.append(
            Task.detached { [weak self, responder, endpoint, certificate] in
                do {
                    try await HTTPServer.run(responder, at: endpoint, certificate: certificate) { [weak self] port in await self?.isServed(on: port) }
                    await self?.ended(nil)
                } catch {
                    await self?.ended("\(error)")
                }
            })
    }

    public func stop() {
        isStopping = true
        Task.detached { [feed] in await feed.close() }
        for task in work { task.cancel() }
        if work.isEmpty { ended(nil) }
    }

    public var trouble: String? { nil }

    private func isServed(on port: UInt16) {
        guard !isStopping else { return }
        do throws(SettingError) { try data.write(HTTPAddress(Endpoint(host: endpoint.host, port: port), isSecure: certificate != nil)) } catch {
            log.warning("⚠️  Commands on this machine need --central: \(error)", event: "http_file")
        }
        log.info(
            "▸ The dashboard is at \(certificate == nil ? "http" : "https")://\(endpoint.host == "0.0.0.0" ? "localhost" : endpoint.host):\(port)",
            event: "dashboard")
    }

    private func ended(_ failure: String?) {
        guard !isOver else { return }
        isOver = true
        data.removeHTTPEndpoint()
        for task in work { task.cancel() }
        Task.detached { [desk] in await desk.stop() }
        if let failure, !isStopping {
            host.fail("port \(endpoint.port) on \(endpoint.host) can't be served: \(failure)")
        } else if !isStopping {
            host.fail("the HTTP server has ended")
        } else {
            host.ended()
        }
    }

    /// Wakes the readers every five seconds, and has the day's sum follow the ledger when something may have closed.
    private static func keepTime(_ feed: NetworkFeed, _ desk: LedgerQueries) async {
        var ticks = 0
        var sum: ClosedSum?
        var told: UInt64?
        while !Task.isCancelled {
            let now = WallTime.present()
            let midnight = Day.midnight(before: now)
            // The ledger is asked only when a session may have closed since.
            let closings = await feed.closings
            if midnight != sum?.since || closings != told, let followed = try? await desk.closed(since: midnight, after: sum) {
                sum = followed
                told = closings
                await feed.take(Day(since: midnight, totals: followed.totals), at: now)
            }
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
            ticks += 1
            if ticks % 5 == 0 { await feed.beat() }
        }
    }
}
