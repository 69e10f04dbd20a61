/// A session between its proposal and the commit that closes it.
struct OpenSession: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        /// Decided; its commit is under way.
        case proposed
        case open
        /// Its closing or its record is being committed.
        case closing
    }

    /// Why a session may have to be closed without its record (S5).
    enum Cause: Hashable, Sendable {
        case unconfirmed
        case notSupplying
        case gone
    }

    /// The wait for what would make closing needless (S7).
    enum Wait: Hashable, Sendable {
        case none
        case running(Cause, since: Instant)
        /// The wait is over; what was queued before it is still being read.
        case fenced(Cause)
    }

    static let firstStopBackoff = Duration.seconds(1)

    var driver: DriverID
    var request: RequestID
    var assignment: Assignment
    var phase: Phase
    /// On the own monotonic clock, if this life of Central's accepted it.
    var accepted: Instant?
    var isConfirmed = false
    /// START was published in Central's present connection.
    var startedInThisConnection = false
    /// The connection was lost before START was confirmed: its point is not to blame (S2, S7).
    var isBlameless = false
    var wait: Wait = .none
    /// Connected time for which the engine has been gone, over earlier connections.
    var goneBefore = Duration.zero
    var seen = Seen()
    /// What its readings are held against.
    var belief: ReadingBelief
    /// The operator was told that a reading was not believed.
    var saidDoubt = false
    /// The driver (S9) or the operator asked for its end, with the backoff of Central's STOPs.
    var stopBackoff: Duration?
    /// The driver was told that there is no contact.
    var saidNoContact = false

    /// - Parameter accepted: when, on the own monotonic clock; `nil` in a later life of Central's.
    init(driver: DriverID, request: RequestID, assignment: Assignment, phase: Phase, accepted: Instant?) {
        self.driver = driver
        self.request = request
        self.assignment = assignment
        self.phase = phase
        self.accepted = accepted
        belief = ReadingBelief(cp: assignment.cp, driver: driver, meter: assignment.meter, rating: assignment.power, began: accepted)
    }

    init(_ session: LedgerSession) {
        self.init(driver: session.driver, request: session.request, assignment: session.assignment, phase: .open, accepted: nil)
        isConfirmed = session.isConfirmed
        isBlameless = !session.isConfirmed
        seen = Seen(register: session.register, energy: session.energy)
    }

    /// The most that its record may claim, by the own clock (P4); `nil` when that did not see the whole session.
    func mostEnergy(at now: Instant) -> Energy? { accepted.map { assignment.power.mostEnergy(over: now - $0) } }

    var cp: ChargePointID { assignment.cp }
    var key: DriverRequestKey { DriverRequestKey(driver: driver, request: request) }
}
