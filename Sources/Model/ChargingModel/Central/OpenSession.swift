/// A session between its proposal and the commit that closes it.
struct OpenSession: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        /// Decided, and its commit is under way.
        case proposed
        case open
        /// Being closed: the commit of its closing or of its record is under way.
        case closing
    }

    /// A cause for closing a session without its record (S5).
    enum Cause: Hashable, Sendable {
        case unconfirmed
        case notSupplying
        /// The monitor says FAULTY.
        case faulty
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
    let provenance: Provenance
    var phase: Phase
    var isConfirmed = false
    /// True when START was published in Central's present connection.
    var startedInThisConnection = false
    /// True when the connection was lost before START was confirmed: its point is not to blame (S2, S7).
    var isBlameless = false
    var wait: Wait = .none
    /// Connected time for which the engine has been gone, summed up over earlier connections.
    var goneBefore = Duration.zero
    var seen = Seen()
    /// The knowledge that its readings are held against.
    var belief: ReadingBelief
    /// True when the operator was told that a reading was not believed.
    var saidDoubt = false
    /// The backoff of Central's STOPs, when the driver (S9) or the operator asked for the session's end.
    var stopBackoff: Duration?
    /// True when the driver was told that there is no contact.
    var saidNoContact = false
    /// True when the driver was told that the vehicle is waited for.
    var saidWaiting = false

    /// True while START may be said again: its engine has not answered, and is not late.
    var mayNotHaveBegun: Bool {
        guard phase == .open, !isConfirmed, startedInThisConnection else { return false }
        return switch wait {
        case .none, .running: true
        case .fenced: false
        }
    }

    init(driver: DriverID, request: RequestID, assignment: Assignment, phase: Phase, accepted: Accepted, provenance: Provenance) {
        self.driver = driver
        self.request = request
        self.assignment = assignment
        self.provenance = provenance
        self.phase = phase
        belief = ReadingBelief(cp: assignment.cp, driver: driver, meter: assignment.meter, rating: assignment.power, accepted: accepted)
    }

    init(_ session: LedgerSession) {
        self.init(
            driver: session.driver, request: session.request ?? RequestID(known: session.id.text), assignment: session.assignment, phase: .open,
            accepted: Accepted(monotonic: nil, wall: session.accepted), provenance: session.provenance)
        isConfirmed = session.isConfirmed
        isBlameless = !session.isConfirmed
        seen = Seen(register: session.register, energy: session.energy)
    }

    /// The most energy that its record may claim, by Central's own clocks (P4); `nil` when they can't tell, since the only one that knows was set
    /// back.
    func mostEnergy(at now: Now) -> Energy? {
        guard let accepted = belief.accepted, accepted.monotonic != nil || now.wall >= accepted.wall else { return nil }
        return assignment.power.mostEnergy(over: accepted.age(at: now))
    }

    /// The order to the engine, which is told what it answers where it asked (S12).
    var order: StartOrder {
        StartOrder(
            session: assignment.session, driver: driver, price: assignment.price, energyTarget: assignment.energyTarget,
            duration: assignment.duration, request: provenance.origin == .station ? request : nil, meter: belief.meter)
    }

    var cp: ChargePointID { assignment.cp }
    var key: DriverRequestKey { DriverRequestKey(driver: driver, request: request) }
}
