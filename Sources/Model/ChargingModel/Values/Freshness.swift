/// The newest publications of one client that somebody has heard: its newest connection (P6), and the last number of each stream in it (P7).
///
/// A connection is claimed on the client's own topic, and a claim is believed at once. One that nobody lives up to is forgotten: when the connection
/// before it goes on, for then nobody has taken its place, and when it is silent while an older one speaks.
public struct Freshness: Hashable, Sendable {
    /// The publications that are numbered, each on its own.
    public enum Stream: Hashable, Sendable { case state, telemetry }

    /// The worth of a message as a sign of life.
    public enum Sign: Hashable, Sendable {
        /// Said live, with a number.
        case numbered(UInt64, Stream)
        /// Said live, without one.
        case live
        /// None: a will, or what the broker kept.
        case none
    }

    /// The place of a message among those of its client.
    public enum Standing: Hashable, Sendable {
        /// Of an older connection: to be dropped.
        case stale
        /// Of a connection that nobody has claimed yet.
        case early
        case current
        /// Of a connection that is the newest from now on.
        case claimed
        /// Of an older connection that is believed again, since nobody lived up to a claim: what it said meanwhile was dropped.
        case restored

        public var isCurrent: Bool { self != .stale && self != .early }
        /// True when somebody else was believed before.
        public var isNews: Bool { self == .claimed || self == .restored }
    }

    private struct Last: Hashable, Sendable {
        var seq: UInt64
        var at: Instant
    }

    private struct Numbers: Hashable, Sendable {
        var state: Last?
        var telemetry: Last?

        subscript(_ stream: Stream) -> Last? {
            get { stream == .state ? state : telemetry }
            set { if stream == .state { state = newValue } else { telemetry = newValue } }
        }
    }

    /// A connection that was believed, until another was claimed.
    private struct Former: Hashable, Sendable {
        var epoch: Epoch
        var numbers: Numbers
        var until: Instant
    }

    /// The most of them that are remembered: the one that was established before all claims, and the last.
    private static let mostFormer = 8

    /// The time after which a claim is established, and a silent one is forgotten.
    public static let patience = Duration.seconds(10)

    /// The time in which the owner of a claim's topic contests it, if it is not its own (P9).
    public static let settlingTime = Duration.milliseconds(500)
    /// The farthest above the epoch before that one is claimed: 70 years of a clock that went back. No honest client goes farther.
    public static let room: Epoch = 1 << 41
    /// The most numbers of a stream that may be missing between two of a connection.
    public static let mostMissed: UInt64 = 1000

    /// The newest epoch claimed, live or retained; 0 before the first.
    public private(set) var epoch: Epoch = 0
    private var numbers = Numbers()
    private var claimedAt = Instant(nanoseconds: 0)
    /// Something live was heard under `epoch`, and not only a will or what the broker kept.
    private var hasLived = false
    /// The last sign of life under an epoch that is not believed; `nil` for none since the one that is came to be believed.
    private var disputedAt: Instant?
    /// The last sign of life under `epoch`.
    private var heard = Instant(nanoseconds: 0)
    /// Those before the claim, while it is not established.
    private var former: [Former] = []
    /// The last one that was believed for `patience` without another claim; 0 for none yet.
    private var established: Epoch = 0

    public init() {}

    /// Takes the epoch of a message on the client's own topic; with a newer one the numbers start again.
    public mutating func claim(_ epoch: Epoch, _ sign: Sign, at now: Instant) -> Standing {
        // No connection has the epoch 0, it stands for none.
        if epoch == self.epoch { return epoch == 0 ? .stale : hear(epoch, sign, at: now) }
        if goesOn(epoch, sign, at: now) { return .restored }
        guard epoch > self.epoch, self.epoch == 0 || epoch - self.epoch < Freshness.room else {
            return comesBack(epoch, sign, isClaim: true, at: now)
        }
        displace(with: epoch, sign, at: now)
        return .claimed
    }

    /// The time from which the last claim is old enough to have been contested, and nobody who lives has spoken under another epoch for a while.
    public var settledAt: Instant { max(claimedAt + Freshness.settlingTime, disputedAt.map { $0 + Freshness.patience } ?? claimedAt) }

    /// Takes the epoch of a message on another topic, which claims nothing. Readings alone may tell there who lives: nobody's command, answer or verdict
    /// does, since the client itself does not see those.
    public mutating func hear(_ epoch: Epoch, _ sign: Sign, at now: Instant) -> Standing {
        if epoch == self.epoch, epoch != 0 {
            if sign != .none {
                heard = now
                hasLived = true
            }
            return .current
        }
        if case .numbered = sign {
            guard epoch < self.epoch else { return .early }
            return goesOn(epoch, sign, at: now) ? .restored : comesBack(epoch, sign, isClaim: false, at: now)
        }
        // Before anybody is believed there is nobody to hold it against.
        guard self.epoch != 0 else { return .current }
        return epoch > self.epoch ? .early : .stale
    }

    /// Takes a sign of life of another connection that does not just go on: nobody lives up to a claim that is silent while it speaks.
    /// - Parameter isClaim: it was said on the client's own topic, where the client sees it.
    private mutating func comesBack(_ epoch: Epoch, _ sign: Sign, isClaim: Bool, at now: Instant) -> Standing {
        guard sign != .none else { return .stale }
        // Of one that was believed a moment ago it is what that had said before, and nobody comes back from beyond the room. Of several claims that are
        // not established the last that speaks counts: one that was made before it was heard of a higher one is no older than that.
        let isAnother = epoch < self.epoch && !wasBelieved(epoch, at: now)
        let first = established != 0 ? established : former.first?.epoch ?? self.epoch
        let isContest = isClaim && now - claimedAt < Freshness.patience && epoch > first
        guard isAnother && (!hasLived || isContest) || now - heard >= Freshness.patience else {
            disputedAt = now
            return .stale
        }
        displace(with: epoch, sign, at: now)
        return .restored
    }

    /// True for a connection that was believed before the claims of the last seconds.
    public func wasBelieved(_ epoch: Epoch, at now: Instant) -> Bool { former.contains { $0.epoch == epoch && now < $0.until } }

    /// Believes another connection, and remembers the one before: that may have been silent, and go on.
    private mutating func displace(with epoch: Epoch, _ sign: Sign, at now: Instant) {
        if self.epoch != 0, now - claimedAt >= Freshness.patience { established = self.epoch }
        former.removeAll { $0.until <= now }
        let known = former.firstIndex { $0.epoch == epoch }.map { former.remove(at: $0) }
        if self.epoch != 0 { former.append(Former(epoch: self.epoch, numbers: numbers, until: now + Freshness.patience)) }
        // The established one stays, and while there is none the first.
        if former.count > Freshness.mostFormer { former.remove(at: (former.firstIndex { $0.epoch == established } ?? 0) == 0 ? 1 : 0) }
        begin(epoch, known?.numbers ?? Numbers(), hasLived: sign != .none, at: now)
        claimedAt = now
    }

    /// True when this is the next of a connection before the claim, and not something that it had said before; then it is the newest again.
    private mutating func goesOn(_ epoch: Epoch, _ sign: Sign, at now: Instant) -> Bool {
        guard let index = former.firstIndex(where: { $0.epoch == epoch && now < $0.until }) else { return false }
        let before = former[index]
        switch sign {
        case .none: return false
        case .live: break
        case .numbered(let seq, let stream): if let last = before.numbers[stream], seq <= last.seq { return false }
        }
        if epoch == established {
            // All claims are forgotten.
            former = []
        } else {
            former.remove(at: index)
            former.append(Former(epoch: self.epoch, numbers: numbers, until: now + Freshness.patience))
        }
        begin(epoch, before.numbers, hasLived: true, at: now)
        return true
    }

    private mutating func begin(_ epoch: Epoch, _ numbers: Numbers, hasLived: Bool, at now: Instant) {
        self.epoch = epoch
        self.numbers = numbers
        self.hasLived = hasLived
        heard = now
        disputedAt = nil
    }

    /// The count of numbers that are missing between the last one and this; `nil` when this one is dropped: it was said before, or leaps away from those
    /// that follow.
    ///
    /// Readings come every second. When none was taken for `patience`, the last was nobody's, and any number comes first; of a state, which may be the last
    /// for a day, its owner sees to that (P9).
    public func missed(before seq: UInt64, in stream: Stream, at now: Instant) -> UInt64? {
        guard let last = numbers[stream] else { return 0 }
        let isOver = stream == .telemetry && now - last.at >= Freshness.patience
        guard seq > last.seq else { return isOver ? 0 : nil }
        let missed = seq - last.seq - 1
        return missed < Freshness.mostMissed || isOver ? missed : nil
    }

    /// Notes a number as the last of its stream.
    public mutating func note(_ seq: UInt64, in stream: Stream, at now: Instant) { numbers[stream] = Last(seq: seq, at: now) }

    /// Forgets the numbers of a stream.
    public mutating func forget(_ stream: Stream) { numbers[stream] = nil }

    /// Forgets the numbers, but not the connection: any number comes first. For a listener that goes away.
    public mutating func forgetNumbers() {
        numbers = Numbers()
        former = []
    }

    /// Notes that the listener is back: nobody was silent meanwhile.
    public mutating func resume(at now: Instant) { heard = now }
}

extension StateReport {
    /// Its worth as a sign of life: none for a will, which has no number.
    public func sign(retained: Bool) -> Freshness.Sign { retained ? .none : seq.map { .numbered($0, .state) } ?? .none }
}

extension HealthReport {
    /// Its worth as a sign of life: none for a will.
    public func sign(retained: Bool) -> Freshness.Sign { retained || self == .will(epoch: epoch, cp: cp) ? .none : .live }
}

extension CentralStatus {
    /// Its worth as a sign of life: none when it is offline, as its will says.
    public func sign(retained: Bool) -> Freshness.Sign { retained || !online ? .none : .live }
}
