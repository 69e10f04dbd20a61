internal import ChargingModel
internal import ContractLint
public import EventLoop
internal import Glibc
internal import MQTT
internal import Platform
public import Services
internal import Terminal

/// `wattline tail`: writes what is said on the bus to standard output, until it has heard enough or is stopped.
public actor TailService: Service {
    public struct Settings: Sendable {
        public var tail: Tail
        public var range: BusListener.Range
        public var isJSON: Bool
        public var colors: Bool
        /// True when a broken contract is a failure.
        public var isStrict: Bool
        /// The time that it listens, from the connection on; `nil` for ever.
        public var time: Duration?
        /// The number of lines after which it ends; `nil` for never.
        public var count: UInt64?
        /// The longest time that the first connection may take.
        public var timeout: Duration

        public init(
            tail: Tail, range: BusListener.Range, isJSON: Bool, colors: Bool, isStrict: Bool, time: Duration?, count: UInt64?, timeout: Duration
        ) {
            self.tail = tail
            self.range = range
            self.isJSON = isJSON
            self.colors = colors
            self.isStrict = isStrict
            self.time = time
            self.count = count
            self.timeout = timeout
        }
    }

    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let host: Host
    private let settings: Settings
    private let context: NetworkContext
    private var tail: Tail
    private var ear: BusListener?
    private var why = "no answer"
    private var hasBeenOnline = false
    private var isOver = false

    public init(host: Host, context: NetworkContext, settings: Settings) {
        loop = host.loop
        self.host = host
        self.context = context
        self.settings = settings
        tail = settings.tail
    }

    public var trouble: String? { nil }

    public func start() {
        do throws(MQTTError) {
            ear = try BusListener(loop: loop, context: context, role: "tail", range: settings.range, seesFlags: true) { [weak self] event in
                self?.assumeIsolated { $0.handle(event) }
            }
        } catch {
            return host.fail("\(error)")
        }
        watchReader()
        ear?.start()
        later(settings.timeout) { service in
            if !service.hasBeenOnline { service.fail("no broker within \(service.settings.timeout.components.seconds) s: \(service.why)") }
        }
    }

    public func stop() { end() }

    private func later(_ duration: Duration, _ body: @escaping @Sendable (isolated TailService) -> Void) {
        loop.schedule(after: duration) { [weak self] in self?.assumeIsolated { body($0) } }
    }

    /// Watches the reader of the output, who may go: `wattline tail | head`. A file can't be watched, and never goes.
    private func watchReader() {
        _ = try? loop.watch(STDOUT_FILENO, []) { [weak self] readiness in
            if readiness.contains(.closed) { self?.assumeIsolated { $0.end() } }
        }
    }

    private func handle(_ event: BusListener.Event) {
        guard !isOver else { return }
        switch event {
        case .online: online()
        case .offline(let reason):
            tail.interrupted()
            context.log.warning("⚠️  \(reason); trying again", event: "bus_lost")
        case .notReached(let reason):
            if why == "no answer" { context.log.warning("⚠️  Not connected: \(reason); trying again", event: "bus_away") }
            why = reason
        case .failed(let reason): fail(reason)
        case .message(let message, let delivery):
            write(tail.hear(topic: message.topic, payload: message.payload, delivery, qos: message.published, at: EventLoop.present()))
        case .stopped: break
        }
    }

    private func online() {
        if hasBeenOnline { return context.log.info("✅ Connected to the broker again", event: "bus_online") }
        hasBeenOnline = true
        if let time = settings.time { later(time) { $0.end() } }
        tick()
    }

    /// Writes the findings on what is late, every half second.
    private func tick() {
        guard !isOver else { return }
        for line in tail.advance(to: EventLoop.present()) { write(line) }
        later(.milliseconds(500)) { $0.tick() }
    }

    private func write(_ line: TailLine?) {
        guard let line, !isOver else { return }
        // Why it can't be written is told when the process ends.
        guard Output.write(settings.isJSON ? line.json : line.text(colors: settings.colors)) else { return end() }
        if let count = settings.count, tail.shown >= count { end() }
    }

    private func end() {
        guard !isOver else { return }
        isOver = true
        ear?.stop()
        let isBounded = settings.time != nil || settings.count != nil || settings.isStrict
        if !hasBeenOnline, tail.shown == 0, isBounded { return host.fail("not connected, nothing was heard: \(why)") }
        if settings.isStrict, tail.hasBreaches { return host.fail(tail.summary) }
        if isBounded || tail.hasBreaches { context.log.info("▸ \(tail.summary)", event: "summary") }
        host.ended()
    }

    private func fail(_ reason: String) {
        guard !isOver else { return }
        isOver = true
        ear?.stop()
        host.fail(reason)
    }
}
