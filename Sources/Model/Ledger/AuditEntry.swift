public import ChargingModel

/// A line of the audit log: a decision of Central's and its reason, in the order of the decisions. Nothing is decided by it.
public struct AuditEntry: Hashable, Sendable {
    public enum What: String, Hashable, Sendable, CaseIterable {
        case accepted = "ACCEPTED"
        case denied = "DENIED"
        /// A session that was begun offline, with its record (S11).
        case entered = "ENTERED"
        /// A session closed, with its record or without (S5).
        case closed = "CLOSED"
        /// The record of a session that had closed without it.
        case record = "RECORD"
        /// A record that does not fit its session (S6).
        case contradicted = "CONTRADICTED"
        /// A record of a session that is not in the ledger (S6).
        case orphan = "ORPHAN"
        /// The operator accepted a record that had been put aside: it is the session's from then on (S6).
        case recordAccepted = "RECORD_ACCEPTED"
        /// The operator refused a record that had been put aside: it is billed to nobody.
        case recordRefused = "RECORD_REFUSED"
        case faulty = "FAULTY"
        case disconnected = "DISCONNECTED"
        case recovered = "RECOVERED"
        case outOfOrder = "OUT_OF_ORDER"
        case resume = "RESUME"
        /// The operator asked for a session's end.
        case stopAsked = "STOP_ASKED"
        /// The operator removed a point.
        case forgotten = "FORGOTTEN"
        /// The operator gave a token to an account, or another end to one.
        case tokenAdded = "TOKEN_ADDED"
        case tokenBlocked = "TOKEN_BLOCKED"
        case tokenUnblocked = "TOKEN_UNBLOCKED"
        /// Old sessions were removed; their sum is a meter's opening.
        case pruned = "PRUNED"
    }

    public var at: WallTime
    public var what: What
    public var cp: ChargePointID?
    public var driver: DriverID?
    public var session: SessionID?
    public var request: RequestID?
    /// The energy of the record that is in the session since then; `nil` without one.
    public var energy: Energy?
    public var why: String?

    public init(
        at: WallTime, _ what: What, cp: ChargePointID? = nil, driver: DriverID? = nil, session: SessionID? = nil, request: RequestID? = nil,
        energy: Energy? = nil, why: String? = nil
    ) {
        self.at = at
        self.what = what
        self.cp = cp
        self.driver = driver
        self.session = session
        self.request = request
        self.energy = energy
        self.why = why
    }

    /// Makes an entry about a session.
    init(at: WallTime, _ what: What, of session: LedgerSession, why: String? = nil) {
        self.init(
            at: at, what, cp: session.assignment.cp, driver: session.driver, session: session.id, request: session.request,
            energy: session.isComplete ? session.energy : nil, why: why ?? session.closing?.reason.rawValue)
    }
}
