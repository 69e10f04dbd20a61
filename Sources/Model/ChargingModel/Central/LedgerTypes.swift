/// The promise made with ACCEPTED.
public struct Assignment: Hashable, Sendable {
    public var session: SessionID
    public var cp: ChargePointID
    public var power: Power
    /// Fixed for the session (S1).
    public var price: Price
    /// The meter of `info`, against which the record is held (S6).
    public var meter: MeterID
    public var energyTarget: Energy?
    public var duration: Duration?

    public init(
        session: SessionID, cp: ChargePointID, power: Power, price: Price, meter: MeterID, energyTarget: Energy?, duration: Duration?
    ) {
        self.session = session
        self.cp = cp
        self.power = power
        self.price = price
        self.meter = meter
        self.energyTarget = energyTarget
        self.duration = duration
    }
}

/// The one decision on a (driver, request) (S2).
public struct Decision: Hashable, Sendable {
    public enum Ruling: Hashable, Sendable {
        case accepted(Assignment)
        case denied(DenialCode, reason: String)
    }

    public var driver: DriverID
    public var request: RequestID
    /// The point asked for; `nil` for anywhere.
    public var cp: ChargePointID?
    public var ruling: Ruling
    /// The verdict on the point at that moment (I5); `nil` for a denial that names none.
    public var verdict: Verdict?
    public var at: WallTime
    /// By whom it was asked for: by the driver, or at the station with a token of the account (S12).
    public var provenance: Provenance

    public init(
        driver: DriverID, request: RequestID, cp: ChargePointID?, ruling: Ruling, verdict: Verdict?, at: WallTime, provenance: Provenance = .central
    ) {
        self.driver = driver
        self.request = request
        self.cp = cp
        self.ruling = ruling
        self.verdict = verdict
        self.at = at
        self.provenance = provenance
    }
}

/// A session as the ledger holds it.
public struct LedgerSession: Hashable, Sendable {
    /// The closing of a session: its reason and so its status never change afterwards (S5).
    public struct Closing: Hashable, Sendable {
        public var reason: EndReason
        public var at: WallTime

        public init(reason: EndReason, at: WallTime) {
            self.reason = reason
            self.at = at
        }
    }

    public var driver: DriverID
    /// The driver's request; `nil` for a session that was begun offline, without any.
    public var request: RequestID?
    public var assignment: Assignment
    /// The time of its acceptance, or at which the ledger heard of one that was begun offline.
    public var accepted: WallTime
    /// True when START was confirmed (S3).
    public var isConfirmed: Bool
    /// True when an operator asked for the session's end, and was promised it.
    public var isStopAsked = false
    public var closing: Closing?
    /// The energy known so far; the record's when complete.
    public var energy: Energy
    /// The register at its beginning, as the engine's record has it.
    public var startRegister: Energy?
    /// The highest register known of the session; the record's when complete.
    public var register: Energy?
    public var started: WallTime?
    public var ended: WallTime?
    /// True when the engine's record is in it.
    public var isComplete: Bool
    /// The reason why its record was stored beside it and not in it, in words (S6).
    public var contradiction: String?
    /// The meter of the record that is in it, where an operator accepted that of another one; `nil` for its own.
    public var recordMeter: MeterID?
    /// The cost by the engine's own reckoning, as its record has it.
    public var recordCost: Money?
    /// Its origin: by whom it was begun, and the clock by which it was timed.
    public var provenance = Provenance.central
    /// The station's own word for the end, as its record has it.
    public var stationReason: StationWord?
    /// The one of its driver's vehicles that it is for, counted from 0, so that two open sessions of a driver differ in it (I1); `nil` for one that was
    /// never open in the ledger, or closed before this was kept.
    public var slot: Int?
    /// The number of its readings that Central heard, and of those it missed by their numbers (P7), as far as Central was there.
    public var readings: Int64 = 0
    public var readingsLost: Int64 = 0

    public init(driver: DriverID, request: RequestID?, assignment: Assignment, accepted: WallTime) {
        self.driver = driver
        self.request = request
        self.assignment = assignment
        self.accepted = accepted
        isConfirmed = false
        energy = .zero
        isComplete = false
    }

    public var id: SessionID { assignment.session }
    public var cost: Money { assignment.price.cost(of: energy) }
    public var isOpen: Bool { closing == nil }
    /// The meter whose register its energy is of.
    public var billedMeter: MeterID { recordMeter ?? assignment.meter }
    /// True while STOPs are sent: it is closed without a record (S5), and none has come that did not fit (S6).
    public var awaitsRecord: Bool { closing != nil && !isComplete && contradiction == nil }

    /// The ticket of a closed session.
    public var ticket: Ticket? {
        guard let closing else { return nil }
        return Ticket(
            session: id, request: request, cp: assignment.cp, energy: energy, cost: cost.roundedToCents, price: assignment.price, started: started,
            ended: ended, outcome: closing.reason.outcome, endReason: closing.reason, complete: isComplete)
    }
}

/// A summary of the telemetry of a session.
public struct Seen: Hashable, Sendable {
    /// The highest register; `nil` before the first reading.
    public var register: Energy?
    public var energy: Energy
    public var readings: Int64
    /// The readings missed, by the numbers of those that came (P7).
    public var lost: Int64

    public init(register: Energy? = nil, energy: Energy = .zero, readings: Int64 = 0, lost: Int64 = 0) {
        self.register = register
        self.energy = energy
        self.readings = readings
        self.lost = lost
    }

    mutating func miss(_ count: UInt64) { lost = lost.adding(clamped: Int64(clamping: count)) }
}

/// Knowledge that Central has when a record comes, and the ledger does not (P4, S6).
public struct RecordContext: Hashable, Sendable {
    /// The telemetry of its session, summed up.
    public var seen: Seen
    /// The most energy that the record may claim, by Central's own clock since ACCEPTED; `nil` when that was in an earlier life or the session is
    /// closed.
    public var most: Energy?
    /// The rating of the point that sent it, if it is known.
    public var rating: Power?
    /// True while the session's own engine says that it supplies it.
    public var isSupplying: Bool
    /// True when it may be put aside; false when that was done too often.
    public var mayBePutAside: Bool
    /// Of a session that was begun offline: whom it is billed to; `nil` when nobody can be.
    public var claim: Claim?

    /// The account that pays for a session that was begun offline, and the price.
    public enum Claim: Hashable, Sendable {
        /// The account of its token, at its point's price and rating, which was heard with the meter that it is of.
        case of(DriverID, Price, Power)
        /// There is an account; the point has not said its part.
        case unknownYet
    }

    public init(
        seen: Seen = Seen(), most: Energy? = nil, rating: Power? = nil, isSupplying: Bool = false, mayBePutAside: Bool = true, claim: Claim? = nil
    ) {
        self.seen = seen
        self.most = most
        self.rating = rating
        self.isSupplying = isSupplying
        self.mayBePutAside = mayBePutAside
        self.claim = claim
    }
}

/// An operator's decision on a record that was put aside (S6).
public struct RecordVerdict: Hashable, Sendable {
    public enum Choice: String, Hashable, Sendable, CaseIterable {
        /// It is the session's record and is billed.
        case accept
        /// It is billed to nobody, for good.
        case refuse

        /// "accepted" or "refused".
        public var past: String { self == .accept ? "accepted" : "refused" }
    }

    public var session: SessionID
    /// The meter that the record is of.
    public var meter: MeterID
    /// The point that sent it, and the end of its register: they tell it from other records of the same meter.
    public var cp: ChargePointID?
    public var end: Energy?
    public var choice: Choice
    /// The name of the operator, for the log.
    public var operatorName: String

    public init(session: SessionID, meter: MeterID, cp: ChargePointID? = nil, end: Energy? = nil, _ choice: Choice, by operatorName: String) {
        self.session = session
        self.meter = meter
        self.cp = cp
        self.end = end
        self.choice = choice
        self.operatorName = operatorName.bounded(to: 64)
    }
}

/// The ledger's answer to an operator's verdict on a record.
public enum RecordVerdictResult: Hashable, Sendable {
    /// The verdict holds. With the session as it is now and its driver's newest tickets; none for a record of no session.
    case done(LedgerSession?, [Ticket])
    /// No record of this session and meter was put aside.
    case unknown
    /// The verdict can't be carried out, with the reason in words.
    case refused(String)
}

/// An operation that Central asks of its ledger. Those of a commit happen all or not at all, in order.
public indirect enum LedgerOperation: Hashable, Sendable {
    /// Decide a request, unless it was decided before (S2). What is accepted takes one of the driver's vehicles; when none is left it is denied.
    case decide(Decision, vehicles: Int)
    /// Find the decision on a request.
    case find(DriverID, RequestID)
    /// Find a driver's session, to tell its outcome (S9).
    case findSession(SessionID, DriverID)
    /// Note that START was confirmed.
    case confirm(SessionID)
    /// The operator wants an open session to end; answered like `findSession`.
    case askStop(SessionID, at: WallTime)
    /// Close a session without a record: FAILED, incomplete, with what is known (S5).
    case close(SessionID, EndReason, Seen, at: WallTime)
    /// An engine's record, with what Central knows of its session (S6).
    case record(ChargePointID, SessionRecord, RecordContext, at: WallTime)
    /// The operator accepts or refuses a record that was put aside (S6).
    case judge(RecordVerdict, at: WallTime)
    /// The operator changes a token of an account (S11).
    case token(TokenChange, by: String, at: WallTime)
    /// Note that a point's verdict has become FAULTY or DISCONNECTED, or from one of them the other.
    case fault(ChargePointID, Verdict, why: String, at: WallTime)
    /// Note that a point is neither FAULTY nor DISCONNECTED any more.
    case recovery(ChargePointID, at: WallTime)
    /// Note the operator's wish for a point (S8).
    case availability(ChargePointID, outOfOrder: Bool, at: WallTime)
    /// The operator removes a point that is gone for good: its wish goes, its fault ends. Its sessions stay.
    case forget(ChargePointID, at: WallTime)
    /// Read what was answered and closed in the minute before, and the tickets of the day before (P8).
    case recent(WallTime)
    /// Read a driver's newest tickets.
    case tickets(DriverID)
}

/// The ledger's answer to a record (S5, S6).
public enum RecordOutcome: Hashable, Sendable {
    /// The record closed its session.
    case closed
    /// The record completed a session that had closed without it.
    case completed
    /// The record is a session of its own, begun offline with the token of an account: it is in the ledger now, closed and complete.
    case entered
    /// The record was held already.
    case alreadyHeld
    /// No such session: stored for the operator.
    case orphan
    /// Stored beside the session, which is closed and stays as it is, or closes incomplete with what is known.
    case contradicted(String)
    /// Stored beside the session, which is open and goes on: it is another point's.
    case putAside(String)
    /// Not stored, since too many others of the session were put aside, and so not acknowledged.
    case notKept
    /// Not stored yet, and so not acknowledged: its point has not said what it costs.
    case notYet
}

public indirect enum LedgerResult: Hashable, Sendable {
    case decided
    /// The request was decided before; with the session when it was accepted.
    case alreadyDecided(Decision, LedgerSession?)
    case found(Decision?, LedgerSession?)
    case foundSession(LedgerSession?)
    /// The session, closed, with its driver's newest tickets.
    case closed(LedgerSession, [Ticket])
    case recorded(RecordOutcome, LedgerSession?, [Ticket])
    case judged(RecordVerdictResult)
    case token(TokenChangeResult)
    case recent(LedgerSnapshot)
    case tickets([Ticket])
    /// Done, or nothing was left to do.
    case done
    /// The ledger can't hold it, and would not another time; the rest of the commit is written.
    case impossible(String)
}

/// The state that Central reads back from its ledger when it starts, and after a commit that failed (S7).
public struct LedgerSnapshot: Hashable, Sendable {
    public var openSessions: [LedgerSession]
    /// Closed sessions whose record is still to come.
    public var awaitingRecord: [LedgerSession]
    /// The operator's wishes: true for a point that is to be out of order, false for one back in order (S8).
    public var availabilities: [ChargePointID: Bool]
    /// The points that are FAULTY or DISCONNECTED, as far as the ledger heard.
    public var faults: [ChargePointID: Verdict]
    /// The answers and outcomes of the last minute (P8).
    public var recentDecisions: [Decision]
    public var recentSessions: [LedgerSession]
    /// The tickets of the drivers whose tickets changed in the last 24 hours (P8).
    public var tickets: [DriverID: [Ticket]]
    /// The tokens that operators gave to accounts.
    public var tokens: [AccountToken]

    public init(
        openSessions: [LedgerSession] = [], awaitingRecord: [LedgerSession] = [], availabilities: [ChargePointID: Bool] = [:],
        faults: [ChargePointID: Verdict] = [:], recentDecisions: [Decision] = [], recentSessions: [LedgerSession] = [],
        tickets: [DriverID: [Ticket]] = [:], tokens: [AccountToken] = []
    ) {
        self.openSessions = openSessions
        self.awaitingRecord = awaitingRecord
        self.availabilities = availabilities
        self.faults = faults
        self.recentDecisions = recentDecisions
        self.recentSessions = recentSessions
        self.tickets = tickets
        self.tokens = tokens
    }
}
