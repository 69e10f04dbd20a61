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
        /// Of an older connection, or under a number that only a connection that was claimed can give: to be dropped.
        case stale
        case current
        /// Of a connection that is the newest from now on.
        case claimed
        /// Of an older connection that is believed again, since nobody lived up to a claim: what it said meanwhile was dropped.
        case restored

        public var isCurrent: Bool { self != .stale }
        /// True when somebody else was believed before.
        public var isNews: Bool { self == .claimed || self == .restored }
    }

    private struct Numbers: Hashable, Sendable {
        var state: UInt64?
        var telemetry: UInt64?

        subscript(_ stream: Stream) -> UInt64? {
            get { stream == .state ? state : telemetry }
            set { if stream == .state { state = newValue } else { telemetry = newValue } }
        }
    }

    private struct Former: Hashable, Sendable {
        var epoch: Epoch
        var numbers: Numbers
    }

    /// The time after which a claim is established, and a silent one is forgotten.
    public static let patience = Duration.seconds(10)

    /// The newest epoch claimed, live or retained; 0 before the first.
    public private(set) var epoch: Epoch = 0
    private var numbers = Numbers()
    private var claimed = Instant(nanoseconds: 0)
    /// The last sign of life under `epoch`.
    private var heard = Instant(nanoseconds: 0)
    /// The connection before the claim, until that is established.
    private var former: Former?

    public init() {}

    /// Takes the epoch of a message on the client's own topic; with a newer one the numbers start again.
    public mutating func claim(_ epoch: Epoch, _ sign: Sign, at now: Instant) -> Standing {
        guard epoch > self.epoch else { return goesOn(epoch, sign, at: now) ? .restored : hear(epoch, sign, at: now) }
        // While it is in doubt who lives, it is the one before all claims.
        if former == nil || now - claimed >= Freshness.patience { former = self.epoch == 0 ? nil : Former(epoch: self.epoch, numbers: numbers) }
        begin(epoch, Numbers(), at: now)
        return .claimed
    }

    /// Takes the epoch of a message on another topic, which claims nothing: first may come what a new connection has to say before its state.
    public mutating func hear(_ epoch: Epoch, _ sign: Sign, at now: Instant) -> Standing {
        if epoch == self.epoch {
            if sign != .none { heard = now }
            return .current
        }
        if epoch > self.epoch {
            guard case .numbered = sign else { return .current }
            guard self.epoch == 0 else { return .stale }
            begin(epoch, Numbers(), at: now)
            return .claimed
        }
        if case .numbered = sign, goesOn(epoch, sign, at: now) { return .restored }
        guard sign != .none, now - heard >= Freshness.patience else { return .stale }
        begin(epoch, Numbers(), at: now)
        former = nil
        return .restored
    }

    /// True when this is the next of the connection before the claim, and not something that it had said before; then it is the newest again.
    private mutating func goesOn(_ epoch: Epoch, _ sign: Sign, at now: Instant) -> Bool {
        guard let former, former.epoch == epoch, now - claimed < Freshness.patience else { return false }
        switch sign {
        case .none: return false
        case .live: break
        case .numbered(let seq, let stream): if let last = former.numbers[stream], seq <= last { return false }
        }
        begin(epoch, former.numbers, at: now)
        self.former = nil
        return true
    }

    private mutating func begin(_ epoch: Epoch, _ numbers: Numbers, at now: Instant) {
        self.epoch = epoch
        self.numbers = numbers
        claimed = now
        heard = now
    }

    /// The count of numbers that are missing between the last one and this; `nil` when this one is not above the last: it was said before.
    public func missed(before seq: UInt64, in stream: Stream) -> UInt64? {
        guard let last = numbers[stream] else { return 0 }
        return seq > last ? seq - last - 1 : nil
    }

    /// Notes a number as the last of its stream.
    public mutating func note(_ seq: UInt64, in stream: Stream) { numbers[stream] = seq }

    /// Forgets the numbers of a stream.
    public mutating func forget(_ stream: Stream) { numbers[stream] = nil }

    /// Forgets the numbers, but not the connection: any number comes first. For a listener that goes away.
    public mutating func forgetNumbers() {
        numbers = Numbers()
        former = nil
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
