public import EventLoop

/// A client that stays on the bus: it connects, goes through the handshake of its presence, reconnects with backoff, and hands everything that
/// happens to one closure. Bound to its loop: made, called and called back there.
public final class BusClient {
    public let loop: EventLoop
    public let settings: MQTTSettings
    /// What happened so far.
    public internal(set) var counters = BusCounters()

    let hub: BusHub
    let hooks: BusPresence?
    let onEvent: (BusEvent) -> Void
    let wallClock: () -> UInt64
    var presence: Presence
    var backoff: Backoff
    var connection: Connection?
    /// Waits for the next attempt, or for the end of this one.
    var timer: TimerToken?
    var slot: ConnectPacer.Slot?
    var addresses: [NumericAddress] = []
    var outstanding: [UInt16: Outstanding] = [:]
    var lastToken: UInt64 = 0
    /// Filters whose SUBACK is awaited, by packet id; the fence is the last packet.
    var subscriptionsInFlight: [UInt16: [String]] = [:]
    var fence: UInt16?
    var isStarted = false
    /// The owner heard `.online` of this connection.
    var isReportedOnline = false
    var isDraining = false
    var patience: Duration = .seconds(2)
    /// Nothing happens any more but the last event.
    var isOver = false

    /// - Parameters:
    ///   - presence: nil for a client that nobody watches: no will, no epochs.
    ///   - subscriptions: made anew in each connection, before `.online`.
    ///   - wallClock: milliseconds since 1970, for epochs; for tests.
    ///   - onEvent: it may call the client back, but not be waited in. Capture the owner weakly or unowned.
    /// - Throws: when a setting is unusable.
    public init(
        loop: EventLoop, settings: MQTTSettings, presence hooks: BusPresence? = nil, subscriptions: [Subscription] = [],
        wallClock: @escaping () -> UInt64 = EventLoop.wallMilliseconds, onEvent: @escaping (BusEvent) -> Void
    ) throws(MQTTError) {
        try settings.validate()
        self.loop = loop
        self.settings = settings
        self.hooks = hooks
        self.wallClock = wallClock
        self.onEvent = onEvent
        hub = BusHub.of(loop)
        presence = Presence(identity: hooks?.identity, subscriptions: subscriptions, lastEpoch: hooks?.lastEpoch ?? 0)
        backoff = Backoff(settings.backoff)
    }

    deinit {
        let last = Leftovers(connection: connection, slot: slot, pacer: hub.pacer)
        // The last reference may be dropped elsewhere, with an actor for instance.
        loop.isCurrent ? last.clear() : loop.execute { last.clear() }
    }

    private struct Leftovers: @unchecked Sendable {
        let connection: Connection?
        let slot: ConnectPacer.Slot?
        let pacer: ConnectPacer

        func clear() {
            connection?.close()
            if let slot { pacer.release(slot) }
        }
    }

    /// Between `.online` and `.offline` (or `stop`).
    public var isOnline: Bool { presence.isOnline && connection != nil }

    /// The epoch of the connection that is up or coming up.
    public var epoch: UInt64? { presence.epoch }

    /// Begins to connect. A second call does nothing.
    public func start() {
        guard !isStarted, !isOver else { return }
        isStarted = true
        attempt()
    }

    /// The owner saw somebody show this epoch of us: if it is above ours, the client goes above it, or gives way to the copy that has it (P9).
    public func believed(_ epoch: UInt64) { perform(presence.handle(.believed(epoch: epoch))) }

    /// Breaks the connection as a dead network would, without a word to the broker: the will is published, and the client reconnects.
    public func breakConnection() {
        guard connection != nil else { return }
        lose(MQTTError(.closed(why: "broken on request")))
    }

    /// Ends at once and without a word, as a process that dies: the will is published. Nothing is told any more.
    public func abort() {
        guard !isOver else { return }
        isOver = true
        cancelTimer()
        connection?.close()
        forgetConnection()
    }
}
