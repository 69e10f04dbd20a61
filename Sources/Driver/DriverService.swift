public import ChargingModel
internal import ChargingProtocol
public import EventLoop
public import Shell

/// One driver: the core and its connection, on the loop that is its executor. It remembers nothing: Central does (S2).
public actor DriverService: Service {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let host: Host
    private let context: NetworkContext
    private let voice: DriverVoice
    private var core: Driver
    private var port: BusPort?
    private var timer: CoreTimer?
    private var isOver = false

    public init(host: Host, context: NetworkContext, settings: Driver.Settings, seed: UInt64) {
        loop = host.loop
        self.host = host
        self.context = context
        voice = DriverVoice(log: context.log, driver: settings.driver)
        core = Driver(settings, seed: seed)
    }

    public func start() {
        timer = CoreTimer(loop) { [weak self] in self?.assumeIsolated { $0.tell(.tick) } }
        do {
            port = try BusPort(loop: loop, party: .driver(core.settings.driver), context: context, points: core.settings.points) {
                [weak self] event in
                self?.assumeIsolated { $0.handle(event) }
            }
        } catch {
            return end("\(error)")
        }
        port?.start()
    }

    /// What is open stays open: Central carries it on, and answers to the same name later.
    public func stop() {
        guard !isOver else { return }
        timer?.set(nil)
        if let port { port.stop() } else { end() }
    }

    public var trouble: String? { port?.isOnline == true ? nil : Self.notConnected }

    private func handle(_ event: BusPort.Event) {
        switch event {
        case .online: tell(.online)
        case .offline: tell(.offline)
        case .message(.status(let status), retained: false): tell(.status(status))
        case .message(.tickets(let tickets), _): tell(.tickets(tickets))
        case .message(.centralStatus(let status), _): tell(.centralStatus(status))
        case .message(.verdict(let verdict), _): tell(.verdict(verdict))
        case .message, .delivered, .refused, .brokerDropped, .outside, .overwritten: break
        case .stopped: end()
        case .failed(let reason): end(reason)
        }
    }

    private func tell(_ event: Driver.Event) {
        guard !isOver else { return }
        for action in core.handle(event, at: EventLoop.present()) {
            switch action {
            case .publish(let message): port?.publish(message)
            case .notice(let notice): voice.say(notice)
            }
        }
        timer?.set(core.deadline)
    }

    private func end(_ failure: String? = nil) {
        guard !isOver else { return }
        isOver = true
        timer?.set(nil)
        if let failure { host.fail(failure) } else { host.ended() }
    }
}
