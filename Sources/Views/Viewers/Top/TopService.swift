internal import ChargingModel
internal import ChargingProtocol
internal import ContractLint
public import EventLoop
internal import Glibc
internal import MQTT
internal import NetworkView
internal import Platform
public import Services
internal import Terminal

/// `wattline top`: the network on one screen, or once as a table, or as lines of what changes.
public actor TopService: Service {
    /// The form of the output.
    public enum Output: Hashable, Sendable {
        /// A picture on the terminal that changes with it.
        case screen
        /// A table, when everything is known.
        case table
        /// The same table as a JSON object.
        case document
        /// Each change as a JSON object on a line, for ever.
        case changes
    }

    public struct Settings: Sendable {
        public var screen: Screen
        public var output: Output
        public var colors: Bool
        /// The longest time that the first connection may take, where there is no screen to say that there is none.
        public var timeout: Duration

        public init(screen: Screen, output: Output, colors: Bool, timeout: Duration) {
            self.screen = screen
            self.output = output
            self.colors = colors
            self.timeout = timeout
        }
    }

    /// The silence after which all that the broker keeps has come: it comes in one go.
    private static let silence = Duration.milliseconds(250)
    /// The longest time that a whole picture may take after that: readings come once a second.
    private static let patience = Duration.milliseconds(1800)
    /// The time from one picture to the next.
    private static let pace = Duration.milliseconds(100)
    /// The same time after a key was pressed.
    private static let quickPace = Duration.milliseconds(30)

    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let host: Host
    private let settings: Settings
    private let context: NetworkContext
    private var screen: Screen
    private var writer: FrameWriter
    private var ear: BusListener?
    private var terminal: ScreenTerminal?
    private var why = "no answer"
    private var onlineSince: LoopTime?
    private var lastKept = EventLoop.now()
    private var lastDrawn = EventLoop.now() + .seconds(-1)
    private var drawing: TimerToken?
    private var isOver = false

    public init(host: Host, context: NetworkContext, settings: Settings) {
        loop = host.loop
        self.host = host
        self.context = context
        self.settings = settings
        screen = settings.screen
        writer = FrameWriter(colors: settings.colors)
    }

    public var trouble: String? { nil }

    /// The signals that a screen wants to hear of, besides those that end a process. To be blocked before any thread is started.
    public static let signals: [Int32] = [SIGWINCH, SIGTSTP, SIGHUP, SIGQUIT]

    public func start() {
        do {
            ear = try BusListener(loop: loop, context: context, role: "top") { [weak self] event in self?.assumeIsolated { $0.handle(event) } }
            if settings.output == .screen { try openScreen() } else { watchReader() }
        } catch {
            return fail("\(error)")
        }
        ear?.start()
        switch settings.output {
        case .screen: beat()
        case .table, .document, .changes:
            later(settings.timeout) { service in
                if service.onlineSince == nil { service.fail("no broker within \(service.settings.timeout.components.seconds) s: \(service.why)") }
            }
        }
        if settings.output == .changes { writeChanges() }
    }

    public func stop() { end() }

    private func later(_ duration: Duration, _ body: @escaping @Sendable (isolated TopService) -> Void) {
        loop.schedule(after: duration) { [weak self] in self?.assumeIsolated { body($0) } }
    }

    private func watchReader() {
        _ = try? loop.watch(STDOUT_FILENO, []) { [weak self] readiness in
            if readiness.contains(.closed) { self?.assumeIsolated { $0.end() } }
        }
    }

    // MARK: The bus

    private func handle(_ event: BusListener.Event) {
        guard !isOver else { return }
        let now = EventLoop.present()
        switch event {
        case .online:
            onlineSince = EventLoop.now()
            lastKept = EventLoop.now()
            screen.connected(at: now)
            if settings.output == .table || settings.output == .document { waitForAll() }
        case .offline(let reason), .notReached(let reason):
            onlineSince = nil
            why = reason
            screen.disconnected(reason, at: now)
        case .failed(let reason): return fail(reason)
        case .message(let message, let delivery): hear(message, delivery, now)
        case .stopped: return
        }
        drawSoon(TopService.pace)
    }

    private func hear(_ message: IncomingMessage, _ delivery: Delivery, _ now: Now) {
        if delivery == .stored { lastKept = EventLoop.now() }
        // What can't be read changes nothing (P4); `wattline tail` tells what is wrong with it.
        guard let received = try? context.wire.decode(topic: message.topic, payload: message.payload) else { return }
        switch received {
        case .message(let value): screen.hear(value, retained: delivery == .stored, at: now)
        case .deleted(let topic): screen.forget(topic, at: now)
        }
    }

    // MARK: Once, and in lines

    private func waitForAll() {
        guard !isOver, let since = onlineSince else { return }
        let now = EventLoop.now()
        let isQuiet = now - lastKept >= TopService.silence
        guard isQuiet, screen.isWhole || now - since >= TopService.patience else { return later(.milliseconds(50)) { $0.waitForAll() } }
        write(settings.output == .document ? screen.json(at: EventLoop.present()) : screen.plainText(colors: settings.colors))
        end()
    }

    private func writeChanges() {
        guard !isOver else { return }
        let text = screen.jsonChanges(at: EventLoop.present())
        if !text.isEmpty { write(text) }
        later(TopService.pace) { $0.writeChanges() }
    }

    /// Writes a text; if it can't be written, ends, and the reason is told when the process ends.
    private func write(_ text: String) { if !Platform.Output.write(text) { end() } }

    // MARK: The screen

    private func openScreen() throws(EventLoopError) {
        let made = ScreenTerminal(
            loop: loop, onKeys: { [weak self] keys in self?.assumeIsolated { $0.press(keys) } },
            onReady: { [weak self] in self?.assumeIsolated { $0.drawSoon(TopService.pace) } },
            onGone: { [weak self] in self?.assumeIsolated { $0.end() } })
        guard let made, made.open() else { return fail("this terminal can't be used; try --once") }
        terminal = made
        try loop.watchSignals(TopService.signals) { [weak self] signal in self?.assumeIsolated { $0.hear(signal: signal) } }
        resize()
    }

    private func hear(signal: Int32) {
        guard !isOver else { return }
        switch signal {
        case SIGWINCH: resize()
        case SIGTSTP:
            guard terminal?.suspend() == true else { return end() }
            resize()
        default: end()
        }
    }

    private func resize() {
        guard let size = terminal?.size else { return }
        screen.resize(width: size.width, height: size.height)
        writer.forget()
        drawSoon(TopService.quickPace)
    }

    private func press(_ keys: [Key]) {
        for key in keys {
            switch screen.press(key) {
            case .quit: return end()
            case .redraw: writer.forget()
            case nil: break
            }
        }
        drawSoon(TopService.quickPace)
    }

    /// Draws once a second, since ages and the clock go on by themselves.
    private func beat() {
        guard !isOver else { return }
        drawSoon(TopService.pace)
        later(.seconds(1)) { $0.beat() }
    }

    /// Draws soon, once for all that happens until then.
    private func drawSoon(_ pace: Duration) {
        guard terminal != nil, !isOver else { return }
        if drawing != nil, pace == TopService.pace { return }
        if let drawing { loop.cancel(drawing) }
        drawing = loop.schedule(at: max(EventLoop.now(), lastDrawn + pace)) { [weak self] in self?.assumeIsolated { $0.draw() } }
    }

    private func draw() {
        drawing = nil
        // A terminal that is behind gets the next picture when it has this one.
        guard let terminal, terminal.isReady, !isOver else { return }
        lastDrawn = EventLoop.now()
        let bytes = writer.update(to: screen.frame(at: EventLoop.present()))
        if !bytes.isEmpty { terminal.write(bytes) }
    }

    // MARK: The end

    private func end() {
        guard !isOver else { return }
        close()
        if onlineSince == nil, settings.output == .table || settings.output == .document {
            return host.fail("stopped before the network was heard: \(why)")
        }
        host.ended()
    }

    private func fail(_ reason: String) {
        guard !isOver else { return }
        close()
        host.fail(reason)
    }

    private func close() {
        isOver = true
        // Before anything is said.
        terminal?.close()
        ear?.stop()
    }
}
