public import ChargingModel

/// Who a client is on the bus, and from when it may speak: its epochs (P6), its handshake (P8), other copies of it and clocks that went back (P9), its clean stop (P10).
///
/// A pure state machine, without clock, I/O or library: events go in, actions come out, and whoever runs it carries them out in their order. The same
/// rules thus hold on a real broker and on a simulated one. An event that does not fit the state changes nothing.
public struct Presence: Hashable, Sendable {
    /// The largest epoch: receivers reject what is above (P4), JSON readers would round it.
    public static let maximumEpoch: UInt64 = (1 << 53) - 2
    /// The largest step above an epoch that somebody used up.
    static let largestStep: UInt64 = 1 << 20
    /// The time within which a client is thrown out twice by a copy that is at work.
    static let displacementTime = Duration.seconds(10)
    /// The farthest that a client goes above its own epoch for what others claim: 70 years of a clock that went back. What claims more is contested.
    public static let room = Freshness.room

    /// The topic that says whether a client lives, and where others show what they believe of it.
    public struct Identity: Hashable, Sendable {
        /// Retained; birth, life, farewell and last will are all on this topic.
        public var topic: String
        /// Topics that show the epoch others believe. They are read before the client goes online, so that it can go above.
        public var beliefTopics: [String]

        public init(topic: String, beliefTopics: [String] = []) {
            self.topic = topic
            self.beliefTopics = beliefTopics
        }
    }

    public enum Event: Hashable, Sendable {
        /// Time for another connection, with the wall clock in milliseconds since 1970.
        case attempt(wallMilliseconds: UInt64)
        /// The epoch is where a crash can't take it.
        case persisted(epoch: UInt64)
        /// The broker accepted the connection (CONNACK).
        case connected
        /// Words on the own topic, somebody's or kept by the broker; nil for an empty payload and for one without a readable epoch.
        /// - isAhead: under the own epoch, with a number that this client can't go above.
        case ownTopic(epoch: UInt64?, isAhead: Bool = false, retained: Bool)
        /// Somebody shows that he believes this epoch of us.
        case believed(epoch: UInt64)
        /// The last SUBACK of `Action.subscribe` is here.
        case fenced(at: Instant)
        /// The time has come to leave the own epoch, as `Action.overtaken` asked.
        case renew
        /// The attempt failed before a CONNECT could be sent.
        case unreachable
        /// The attempt failed later, or the connection broke.
        case connectionLost
        /// The owner wants to end; its farewell, if any, is handed over already.
        case stop
        /// Nothing waits for a PUBACK any more.
        case drained
        /// The owner won't wait longer for PUBACKs.
        case timeUp
    }

    public enum Action: Hashable, Sendable {
        /// Store the epoch, then say `persisted`.
        case persist(epoch: UInt64)
        /// Connect, with a will that carries the epoch.
        case connect(epoch: UInt64)
        /// Subscribe in this order, each group in a SUBSCRIBE of its own.
        case subscribe([[Subscription]])
        /// From here the owner may publish.
        case online(epoch: UInt64)
        /// The retained message was overwritten or deleted: the owner publishes it again.
        case restore
        /// Others believe an epoch above the own one, which nobody lives up to while this connection stands: the owner publishes again, until the own
        /// one is believed.
        case contest
        /// The own epoch is believed.
        case believed
        /// Somebody used up the numbers of the own epoch: it is to be left, soon, by `Event.renew`.
        case overtaken
        /// Disconnect cleanly, without a will, and make the next attempt at once: this epoch was seen.
        case reconnect(seen: UInt64)
        /// Disconnect cleanly and publish nothing: another copy took over with this epoch. The end.
        case takenOver(epoch: UInt64)
        /// Wait for all PUBACKs, then say `drained` or, after the owner's patience, `timeUp`.
        case drain
        /// Disconnect cleanly if connected. The end.
        case end
    }

    /// The epochs on the own topic, and those that others show they believe, during a handshake.
    struct Seen: Hashable, Sendable {
        /// The highest that there is room above. What claims more is nobody's, and hides no copy that is at work.
        var highest: UInt64?
        /// One that there is no room above was among them.
        var isAbsurd = false
    }

    enum State: Hashable, Sendable {
        case offline
        case persisting(epoch: UInt64)
        case connecting(epoch: UInt64)
        case handshaking(epoch: UInt64, seen: Seen)
        case online(epoch: UInt64, isFirst: Bool)
        case draining(epoch: UInt64)
        case ended
    }

    let identity: Identity?
    let subscriptions: [Subscription]
    var state = State.offline
    /// The highest epoch ever chosen, by earlier runs as well.
    var lastEpoch: UInt64
    /// The highest epoch in any CONNECT before the current one. The current one must not count: two copies with epochs of
    /// the wall clock would never see each other.
    var highestConnected: UInt64 = 0
    var random: SplitMix64?
    /// Its next epoch is one that nobody can guess.
    var isHiding = false
    var hasBeenOnline = false
    /// A connection was lost since the last one that came online, perhaps because the broker let in a copy.
    var wasLost = false
    /// The time at which a connection was lost before and an epoch was found above: another copy may be at work.
    var displacedAt: Instant?
    /// The highest epoch above its own that somebody claimed on its topic in this connection, as far as it may go above that.
    var claimed: UInt64 = 0
    /// It went above an epoch since it was last online, or lost a connection: once must do.
    var wentAbove = false

    /// - Parameters:
    ///   - identity: nil for a client that nobody watches (a driver): it has no will, its epochs mean nothing and are not persisted.
    ///   - subscriptions: what it listens to besides.
    ///   - lastEpoch: the last one persisted; 0 for none.
    ///   - seed: of the steps by which it leaves an epoch that somebody used up, so that nobody knows the next one; 0 for steps of one.
    public init(identity: Identity?, subscriptions: [Subscription], lastEpoch: UInt64 = 0, seed: UInt64 = 0) {
        random = seed == 0 ? nil : SplitMix64(seed: seed)
        self.identity = identity
        self.subscriptions = subscriptions
        self.lastEpoch = lastEpoch
    }

    /// The epoch of the connection that is up or coming up.
    public var epoch: UInt64? {
        switch state {
        case .offline, .ended: nil
        case .persisting(let epoch), .connecting(let epoch), .handshaking(let epoch, _), .online(let epoch, _), .draining(let epoch): epoch
        }
    }

    /// Takes the next epoch above one that was used elsewhere, by a trustworthy word.
    public mutating func goAbove(_ epoch: UInt64) { lastEpoch = max(lastEpoch, min(epoch, Self.maximumEpoch)) }

    public var isOnline: Bool {
        switch state {
        case .online: true
        case .offline, .persisting, .connecting, .handshaking, .draining, .ended: false
        }
    }

    /// Between `stop` and the end.
    public var isDraining: Bool {
        switch state {
        case .draining: true
        case .offline, .persisting, .connecting, .handshaking, .online, .ended: false
        }
    }

    /// Taken over or stopped: nothing happens any more.
    public var hasEnded: Bool { state == .ended }
}
