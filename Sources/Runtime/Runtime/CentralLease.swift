public import ChargingModel

/// Central's turn at a ledger that several Centrals may write, one at a time: it asks for it, says again and again that it is there, and connects to the
/// broker only after it was seen to have it (S7). A value: whoever runs it carries the wishes out, and tells the answers.
public struct CentralLease: Sendable {
    /// The times of a lease.
    public struct Settings: Hashable, Sendable {
        /// The time for which nobody else gets the turn after it was last seen here.
        public var length: Duration
        /// The time after which it is prolonged.
        public var renewal: Duration

        /// - Parameter renewal: by default a third of its length, so that two that fail cost nothing.
        public init(length: Duration, renewal: Duration? = nil) {
            self.length = length
            self.renewal = renewal ?? .nanoseconds(length.nanoseconds / 3)
        }

        /// The time after which a turn that somebody else has is asked for again.
        var patience: Duration { min(.milliseconds(500), .nanoseconds(renewal.nanoseconds / 2)) }
    }

    /// The answer to a wish.
    public enum Answer: Hashable, Sendable {
        /// It is this one's turn; the highest epoch under which anybody was on the bus in one (P6), and whether somebody waits for it.
        case held(highest: Epoch, isAwaited: Bool)
        /// Somebody else has it, by this name.
        case waiting(String)
        /// Nobody knows: the ledger could not be reached.
        case unknown
    }

    public enum Standing: Hashable, Sendable {
        /// Nothing is known yet.
        case unknown
        /// Somebody else is at work.
        case waiting(String)
        case active
    }

    enum Wish {
        case take(UInt64)
        /// Under an epoch when a connection waits for it.
        case prolong(UInt64, Epoch?)
    }

    private let settings: Settings
    private(set) var standing = Standing.unknown
    private var lastTicket: UInt64
    /// The wish that was not answered yet, and the connection that waits for its answer.
    private var asked: (ticket: UInt64, epoch: Epoch?, at: Accepted)?
    /// A connection's epoch that is on the disk, and may not be used yet.
    private var epoch: Epoch?
    private var due: Instant?
    /// Somebody waits for its turn to end.
    private var isAwaited = false
    /// Since when it has the turn, or had a connection in it, and could not use it.
    private var idleSince: Instant?

    init(_ settings: Settings, firstTicket: UInt64) {
        self.settings = settings
        lastTicket = firstTicket
    }

    /// The time of the next wish; `nil` while one is not answered.
    var deadline: Instant? { asked == nil ? due : nil }

    /// The wish that is due, if one is.
    mutating func next(at now: Now) -> Wish? {
        guard asked == nil, due.map({ $0 <= now.monotonic }) ?? false else { return nil }
        lastTicket &+= 1
        asked = (lastTicket, epoch, Accepted(now))
        return standing == .active ? .prolong(lastTicket, epoch) : .take(lastTicket)
    }

    mutating func begin(at now: Now) { due = now.monotonic }

    /// Keeps a connection waiting until it is seen that the turn is still this one's: a process that stood still may have lost it meanwhile.
    mutating func ask(for epoch: Epoch, at now: Now) {
        self.epoch = epoch
        due = now.monotonic
    }

    /// The time for which it may have the turn without being on the bus while somebody waits for it.
    static let patienceWithIdleness = Duration.seconds(10)

    /// Notes whether it is on the bus.
    /// - Returns: true when it should leave its turn to whoever waits.
    mutating func isOfNoUse(isOnline: Bool, at now: Now) -> Bool {
        guard standing == .active, !isOnline else {
            idleSince = nil
            return false
        }
        let since = idleSince ?? now.monotonic
        idleSince = since
        return isAwaited && now.monotonic - since >= CentralLease.patienceWithIdleness
    }

    /// - Returns: what is new of it, and the epoch of the connection that may go on.
    mutating func hears(_ answer: Answer, to ticket: UInt64, at now: Now) -> (news: Standing?, admitted: Epoch?) {
        guard let wish = asked, wish.ticket == ticket else { return (nil, nil) }
        asked = nil
        let before = standing
        // A process that stood still hears what was true then.
        let isOld = wish.at.age(at: now) >= settings.length
        switch answer {
        case .held where isOld: due = now.monotonic
        case .held(_, let isAwaited):
            standing = .active
            self.isAwaited = isAwaited
            due = now.monotonic + settings.renewal
            guard let admitted = wish.epoch, admitted == epoch else {
                // Asked before this connection wanted to know.
                if epoch != nil { due = now.monotonic }
                return (before == standing ? nil : standing, nil)
            }
            epoch = nil
            return (before == standing ? nil : standing, admitted)
        case .waiting(let other):
            standing = .waiting(other)
            due = now.monotonic + settings.patience
        case .unknown:
            // Whether the other one is still there, nobody knows either.
            if case .waiting = standing { standing = .unknown }
            due = now.monotonic + (standing == .active ? settings.renewal : settings.patience)
        }
        return (before == standing ? nil : standing, nil)
    }
}
