public import ChargingModel

/// A client's stay on the bus as a value: it connects, goes through the handshake of its presence, reconnects with backoff, and knows what the broker has
/// taken of what was published. Whoever owns it carries out its orders and hears its events, after each call and in their sequence.
///
/// The same value stands in every program, over libmosquitto, and in the simulator, over a modelled network.
public struct BusSession: Sendable {
    /// A continuation that waits for a clean disconnect.
    enum Next: Hashable, Sendable {
        case attempt
        case end(BusEvent)
    }

    /// The one thing that is waited for.
    enum Wait: Hashable, Sendable {
        case nothing
        /// The next attempt.
        case retry(at: Instant)
        /// The end of this attempt, if it comes to nothing.
        case online(until: Instant)
        /// The PUBACKs before the end.
        case drained(until: Instant)
    }

    /// The shortest time between two publications of a retained topic that somebody overwrites.
    static let restorePause = Duration.milliseconds(200)
    /// The time between them while others believe another epoch, and the time after which they have forgotten it: they do after 10 s of silence (P6).
    static let contestPause = Duration.seconds(4)
    static let contestTime = Duration.seconds(16)
    /// The shortest time between two connections that somebody else is the reason for.
    static let renewPause = Duration.seconds(5)

    public let settings: MQTTSettings
    let hooks: BusPresence?
    var presence: Presence
    var backoff: Backoff
    /// The attempt that is under way, or the connection.
    var connection: ConnectionID?
    var lastConnection: UInt64 = 0
    /// A CONNECT may have been sent on it.
    var isOpened = false
    /// The broker's next answer, for people.
    var isAccepted = false
    var wait = Wait.nothing
    var leaving: (connection: ConnectionID, next: Next)?
    /// Messages of QoS 1 that are not acknowledged yet: their sizes in bytes, by token.
    var outstanding: [DeliveryToken: Int] = [:]
    var outstandingBytes = 0
    var lastToken: UInt64 = 0
    /// The SUBSCRIBEs whose SUBACK is awaited, with whether the broker may refuse them; the fence is the last one of the handshake.
    var subscriptionsInFlight: [DeliveryToken: Bool] = [:]
    var fence: DeliveryToken?
    /// The time at which the own retained topic is to be published again; `nil` for never.
    var restoreAt: Instant?
    var lastRestore: Instant?
    /// Somebody spoke on the own topic since the last publication for it.
    var isForeignWord = false
    /// The time until which others who believe another epoch are told again.
    var contestUntil: Instant?
    /// The time at which the own epoch is to be left, since somebody used up its numbers; `nil` for never.
    var renewAt: Instant?
    var lastRenewal: Instant?
    var ownWords = OwnWords()
    var isStarted = false
    /// The owner heard `online` of this connection.
    var isReportedOnline = false
    var patience: Duration = .seconds(2)
    /// Nothing happens any more but the last event.
    var isOver = false
    /// The present, as the last call had it.
    var now = Now(monotonic: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 0))

    public internal(set) var counters = BusCounters()
    /// The orders to the transport; the owner takes them after each call.
    public var orders: [TransportOrder] = []
    /// The news for the owner, who takes them after each call.
    public var events: [BusEvent] = []

    /// - Parameters:
    ///   - presence: nil for a client that nobody watches: no will, no epochs.
    ///   - subscriptions: made anew in each connection, before `online`.
    ///   - seed: of the backoff.
    /// - Throws: when a setting is unusable.
    public init(settings: MQTTSettings, presence hooks: BusPresence? = nil, subscriptions: [Subscription] = [], seed: UInt64) throws(MQTTError) {
        try settings.validate()
        self.settings = settings
        self.hooks = hooks
        presence = Presence(
            identity: hooks?.identity, subscriptions: subscriptions, lastEpoch: hooks?.lastEpoch ?? 0, seed: seed &* 0x9E37_79B9_7F4A_7C15)
        backoff = Backoff(settings.backoff, seed: seed)
    }

    /// True between `online` and `offline` (or `stop`).
    public var isOnline: Bool { presence.isOnline && connection != nil }

    /// The epoch of the connection that is up or coming up.
    public var epoch: UInt64? { presence.epoch }

    /// The connection that is up or coming up.
    public var current: ConnectionID? { connection }

    /// The time at which `tick` is due; `nil` when nothing is waited for.
    public var deadline: Instant? { [waitsUntil, restoreAt, renewAt].compactMap(\.self).min() }

    private var waitsUntil: Instant? {
        switch wait {
        case .nothing: nil
        case .retry(let at), .online(let at), .drained(let at): at
        }
    }

    /// Takes the next epoch above one that was used elsewhere, by a trustworthy word.
    public mutating func goAbove(_ epoch: UInt64) { presence.goAbove(epoch) }

    /// Begins to connect. A second call does nothing.
    public mutating func start(at now: Now) {
        self.now = now
        guard !isStarted, !isOver else { return }
        isStarted = true
        attempt()
    }

    /// The time has come that `deadline` named, or an earlier one.
    public mutating func tick(at now: Now) {
        self.now = now
        if isOnline {
            restoreIfDue()
            renewIfDue()
        } else {
            restoreAt = nil
            renewAt = nil
        }
        guard let waitsUntil, waitsUntil <= now.monotonic else { return }
        let due = wait
        wait = .nothing
        switch due {
        case .nothing: break
        case .retry: attempt()
        case .online: lose(MQTTError(.timedOut(address: "\(settings.address)", waitedFor: nextAnswer)))
        case .drained: handle(presence.handle(.timeUp))
        }
    }

    public mutating func handle(_ event: TransportEvent, at now: Now) {
        self.now = now
        switch event {
        case .attempting(let id): if id == connection { wait = .online(until: now.monotonic + settings.connectTimeout) }
        case .opened(let id): if id == connection { isOpened = true }
        case .accepted(let id): if id == connection { accepted() }
        case .subscribed(let id, let token, let refusal): if id == connection { subscribed(token, refusal) }
        case .received(let id, let message): if receives(message, on: id, at: now) { events.append(.message(message)) }
        case .acknowledged(let id, let token): if id == connection { acknowledged(token) }
        case .rejected(let id, let token, let error): if id == connection { rejected(token, error) }
        case .ended(let id, let error): if id == connection { lose(error) }
        case .disconnected(let id): disconnected(id)
        case .stalled(let duration): stalled(duration)
        }
    }

    /// The owner has put the epoch where a crash can't take it.
    public mutating func persisted(_ epoch: UInt64, at now: Now) {
        self.now = now
        guard !isOver else { return }
        handle(presence.handle(.persisted(epoch: epoch)))
    }

    /// The owner saw somebody show this epoch of us: if it is above ours, the client goes above it, or gives way to the copy that has it (P9).
    public mutating func believed(_ epoch: UInt64, at now: Now) {
        self.now = now
        handle(presence.handle(.believed(epoch: epoch)))
    }

    /// Somebody else said something under the own epoch that can't be unsaid: the client leaves it for a higher one, now or, when it just did, a little
    /// later.
    public mutating func leaveEpoch(at now: Now) {
        self.now = now
        leaveEpoch()
    }

    /// Somebody else spoke on a topic where the broker keeps what the owner says: the owner says all of it again.
    public mutating func speakAgain(at now: Now) {
        self.now = now
        if isOnline { restore() }
    }

    /// Breaks the connection as a dead network would, without a word to the broker: the will is published, and the client reconnects.
    public mutating func breakConnection(at now: Now) {
        self.now = now
        guard connection != nil else { return }
        lose(MQTTError(.closed(why: "broken on request")))
    }
}
