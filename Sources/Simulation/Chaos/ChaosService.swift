internal import ChargingModel
public import ChargingProtocol
public import EventLoop
public import MQTT
internal import Mosquitto
public import Services

/// Carries out a plan on a running network, watches the bus meanwhile, waits for calm, has the ledger audited, and reports.
public actor ChaosService: Service {
    public struct Settings: Sendable {
        public var plan: ChaosPlan
        /// All that can be broken there, whatever the plan breaks of it.
        public var victims: [FaultTarget]
        public var broker: MQTTAddress
        public var wire: Wire
        /// How long everybody may take to serve again when the last fault is over.
        public var calmWithin: Duration
        public var colors: Bool
        /// Somebody lies for this long, by this seed; `nil` for nobody.
        public var stranger: (seed: UInt64, lasts: Duration)?

        public init(
            plan: ChaosPlan, victims: [FaultTarget], broker: MQTTAddress, wire: Wire, calmWithin: Duration, colors: Bool,
            stranger: (seed: UInt64, lasts: Duration)? = nil
        ) {
            self.plan = plan
            self.victims = victims
            self.broker = broker
            self.wire = wire
            self.calmWithin = calmWithin
            self.colors = colors
            self.stranger = stranger
        }
    }

    enum Phase {
        /// Before the first fault everybody must serve.
        case gathering
        case breaking
        /// All faults are over.
        case calming
        case auditing
        /// Everything that is still broken is mended, and nothing else is done.
        case mending
        case over
    }

    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let host: Host
    let settings: Settings
    let injector: any FaultInjector
    let worker: BlockingWorker
    let say: @Sendable (String) -> Void
    var observer: ChaosObserver
    var phase = Phase.gathering
    var began = Instant(nanoseconds: 0)
    var due: [TimerToken] = []
    /// Begun, and not ended yet.
    var lasting: [Int: Fault] = [:]
    /// Of those, the ones that are being mended.
    var mending: Set<Int> = []
    var toCome = 0
    var deadline: TimerToken?
    /// What was broken and could not be mended.
    var unmended: [String] = []
    /// How often somebody stopped serving while the ledger was audited.
    var relapses = 0
    /// What is left to do when nothing is broken any more.
    var whenMended: (@Sendable (isolated ChaosService) -> Void)?
    private var client: BusClient?
    private(set) var stranger: ChaosStranger?
    /// A stranger is at work.
    var isLying = false

    /// - Throws: when the system has no thread left.
    public init(host: Host, settings: Settings, injector: any FaultInjector, say: @escaping @Sendable (String) -> Void) throws {
        loop = host.loop
        self.host = host
        self.settings = settings
        observer = ChaosObserver(settings.victims)
        self.injector = injector
        self.say = say
        worker = try BlockingWorker(loop: host.loop, name: "injector")
        toCome = settings.plan.faults.count
    }

    public func start() {
        do {
            var connection = MQTTSettings(address: settings.broker, clientID: "chaos-\(UInt32.random(in: 0 ... .max))")
            connection.keepAlive = .seconds(5)
            let site = settings.wire.site.map { $0 + "/" } ?? ""
            client = try BusClient(
                loop: loop, settings: connection,
                subscriptions: ["central/status", "central/cp/+", "driver/+/status"].map { Subscription(site + $0) }
            ) { [weak self] event in self?.assumeIsolated { $0.handle(event) } }
            if let lies = settings.stranger {
                stranger = try ChaosStranger(loop: loop, broker: settings.broker, wire: settings.wire, seed: lies.seed)
            }
        } catch {
            return host.fail("\(error)")
        }
        client?.start()
        stranger?.start()
        wait(.seconds(30)) { $0.end("the network is not whole, nothing was broken: \($0.observer.missing.joined(separator: ", "))") }
    }

    /// Mends what is broken just now, and reports what there is.
    public func stop() {
        switch phase {
        case .gathering: end("interrupted before anything was broken")
        case .breaking, .calming, .auditing: mendAll { $0.reportInterruption() }
        case .mending, .over: break
        }
    }

    public var trouble: String? { nil }

    private func handle(_ event: BusEvent) {
        let now = EventLoop.present().monotonic
        switch event {
        case .online: observer.online(at: now)
        case .offline: observer.offline(at: now)
        case .message(let message):
            // What nobody can read, and what a stranger says, is not for this witness.
            guard stranger?.isOwn(message.payload) != true,
                case .message(let value)? = try? settings.wire.decode(topic: message.topic, payload: message.payload)
            else { return }
            observer.hear(value, retained: message.retained, at: now)
        case .failed(let error):
            let failure = "\(error)"
            return mendAll { $0.end(failure) }
        case .persist, .attemptFailed, .abandoned, .delivered, .rejected, .restore, .takenOver, .stopped: break
        }
        look(at: now)
    }

    /// Whether it is time for the next phase.
    func look(at now: Instant) {
        observer.settle(at: now)
        guard observer.isCalm else { return }
        switch phase {
        case .gathering: begin()
        case .calming: audit()
        case .breaking, .auditing, .mending, .over: break
        }
    }

    /// One deadline at a time.
    func wait(_ duration: Duration, _ body: @escaping @Sendable (isolated ChaosService) -> Void) {
        if let deadline { loop.cancel(deadline) }
        deadline = loop.schedule(after: duration) { [weak self] in self?.assumeIsolated { body($0) } }
    }

    func end(_ failure: String?) {
        phase = .over
        if let deadline { loop.cancel(deadline) }
        client?.abort()
        stranger?.end()
        worker.retire()
        if let failure { host.fail(failure) } else { host.ended() }
    }
}
