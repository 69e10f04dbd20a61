internal import ChargingModel
public import EventLoop
public import MQTT

/// A client that stays on the bus: a `BusSession` over libmosquitto, for whoever is no party of the network (viewers, tools, tests). It hands everything
/// that happens to one closure. Bound to its loop: made, called and called back there.
public final class BusClient {
    public let loop: EventLoop
    public var settings: MQTTSettings { session.settings }

    private var session: BusSession
    private let transport: MosquittoTransport
    private let persistEpoch: (UInt64, @escaping () -> Void) -> Void
    private let onEvent: (BusEvent) -> Void
    private let wallClock: () -> UInt64
    private var refused: UInt64 = 0
    private var timer: CoreTimer?

    /// - Parameters:
    ///   - presence: nil for a client that nobody watches: no will, no epochs.
    ///   - subscriptions: made anew in each connection, before `.online`.
    ///   - wallClock: milliseconds since 1970, for epochs; for tests.
    ///   - persistEpoch: puts an epoch where a crash can't take it, then calls back on the loop.
    ///   - onEvent: it may call the client back, but not be waited in. Capture the owner weakly or unowned.
    /// - Throws: when a setting is unusable.
    public init(
        loop: EventLoop, settings: MQTTSettings, presence: BusPresence? = nil, subscriptions: [Subscription] = [],
        wallClock: @escaping () -> UInt64 = EventLoop.wallMilliseconds,
        persistEpoch: @escaping (UInt64, @escaping () -> Void) -> Void = { _, done in done() }, onEvent: @escaping (BusEvent) -> Void
    ) throws(MQTTError) {
        self.loop = loop
        self.wallClock = wallClock
        self.persistEpoch = persistEpoch
        self.onEvent = onEvent
        session = try BusSession(settings: settings, presence: presence, subscriptions: subscriptions, seed: .random(in: .min ... .max))
        let relay = Relay()
        transport = MosquittoTransport(loop: loop, settings: settings) { relay.client?.happened($0) }
        relay.client = self
        timer = CoreTimer(loop) { [weak self] in
            guard let self else { return }
            session.tick(at: now)
            settle()
        }
    }

    /// The transport is made before the client that it tells.
    private final class Relay { weak var client: BusClient? }

    /// Between `.online` and `.offline` (or `stop`).
    public var isOnline: Bool { session.isOnline }

    /// The epoch of the connection that is up or coming up.
    public var epoch: UInt64? { session.epoch }

    /// The counts since it was made.
    public var counters: BusCounters {
        var counters = session.counters.adding(transport.counters)
        counters.refusedQueueFull += refused
        return counters
    }

    private var now: Now {
        Now(monotonic: EventLoop.present().monotonic, wall: WallTime(milliseconds: Int64(clamping: wallClock())))
    }

    /// Begins to connect. A second call does nothing.
    public func start() {
        session.start(at: now)
        settle()
    }

    /// Hands a message over; it is written at the end of the loop's round. Nothing is queued while not online, ever.
    ///
    /// A QoS 1 message is answered by `.delivered` or `.rejected` with its token, or lost with `.offline`. A QoS 0 message that
    /// finds the queue full is dropped and counted.
    /// - Throws: while not online; when a QoS 1 message finds the queue full; when topic or payload can't be sent (`isOfMessage`).
    @discardableResult public func publish(_ message: OutgoingMessage) throws(MQTTError) -> DeliveryToken {
        // What is unwritten of QoS 0 counts as well.
        if isOnline, message.qos == .atLeastOnce, !transport.hasRoom(for: message) {
            refused += 1
            throw MQTTError(.queueFull(messages: transport.counters.inFlight, bytes: transport.counters.inFlightBytes))
        }
        let (connection, token) = try session.publish(message)
        do throws(MQTTError) { try transport.publish(connection, token, message) } catch {
            // Told by being thrown.
            session.withdraw(token)
            throw error
        }
        return token
    }

    /// Writes what is queued now. Not from within an event of this client: its library does not allow that.
    public func flush() { transport.flush() }

    /// The owner saw somebody show this epoch of us: if it is above ours, the client goes above it, or gives way to the copy that has it (P9).
    public func believed(_ epoch: UInt64) {
        session.believed(epoch, at: now)
        settle()
    }

    /// Breaks the connection as a dead network would, without a word to the broker: the will is published, and the client reconnects.
    public func breakConnection() {
        session.breakConnection(at: now)
        settle()
    }

    /// Ends well: publishes the farewell (if online), waits until everything is acknowledged or the time is over, disconnects, so that the
    /// broker drops the will, and tells `.stopped` (P10). Not online, it just ends. A second call does nothing.
    public func stop(farewell: OutgoingMessage? = nil, timeout: Duration = .seconds(2)) {
        if let farewell, let (connection, token) = session.farewell(farewell) { transport.carryOut(.publish(connection, token, farewell)) }
        session.stop(patience: timeout, at: now)
        settle()
    }

    /// Ends at once and without a word, as a process that dies: the will is published. Nothing is told any more.
    public func abort() {
        session.abort()
        settle()
    }

    private func happened(_ event: TransportEvent) {
        session.handle(event, at: now)
        settle()
    }

    /// Carries out what the session orders, tells what has happened, and waits for what it waits for.
    private func settle() {
        while !session.orders.isEmpty || !session.events.isEmpty {
            let (orders, events) = (session.orders, session.events)
            session.orders = []
            session.events = []
            for order in orders { transport.carryOut(order) }
            for event in events { tell(event) }
        }
        timer?.set(session.deadline)
    }

    private func tell(_ event: BusEvent) {
        guard case .persist(let epoch) = event else { return onEvent(event) }
        persistEpoch(epoch) { [weak self] in
            guard let self else { return }
            session.persisted(epoch, at: now)
            settle()
        }
    }
}
