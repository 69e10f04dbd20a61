public import ChargingModel

/// The result of an audit.
public struct AuditReport: Hashable, Sendable {
    public enum Rule: String, Hashable, Sendable, CaseIterable {
        case oneOpenSession = "I1"
        case oneDecision = "I2"
        case energyConserved = "I3"
        case recordsStay = "I4"
        case onlyWhereActivated = "I5"

        /// The invariant in a line.
        public var meaning: String {
            switch self {
            case .oneOpenSession: "one open session per point, no driver over its vehicles"
            case .oneDecision: "one decision per request, one outcome per promise"
            case .energyConserved: "what the meters moved is what was billed"
            case .recordsStay: "records change only from incomplete to complete"
            case .onlyWhereActivated: "accepted only where the verdict was ACTIVATED"
            }
        }
    }

    /// An invariant that does not hold.
    public struct Finding: Hashable, Sendable {
        public var rule: Rule
        public var what: String

        public init(rule: Rule, what: String) {
            self.rule = rule
            self.what = what
        }
    }

    /// The balance of a meter's books.
    public struct Balance: Hashable, Sendable {
        public enum State: Hashable, Sendable {
            case holds
            /// It can't be told yet, with the reason in words.
            case open(String)
            /// The books do not balance; a finding gives the details.
            case broken
        }

        public var meter: MeterID
        public var cp: ChargePointID?
        public var records: Int64
        /// The energy by which the register moved, as far as it is known.
        public var moved: Energy
        public var billed: Energy
        /// The energy in the engine's journal that is metered and not in the ledger yet.
        public var onItsWay: Energy
        public var state: State
    }

    public var findings: [Finding] = []
    public var balances: [Balance] = []
    /// Remarks on what is worth a look and breaks no invariant.
    public var remarks: [String] = []
    public var sessions = 0
    public var openSessions = 0
    /// Closed sessions whose record is still to come.
    public var awaitingRecord = 0
    public var decisions = 0
    public var orphans = 0
    public var contradictions = 0
    /// Records that claim more than their point can have delivered (P4).
    public var implausible = 0
    /// Records beside the sessions on which the operator has not decided.
    public var undecided = 0
    /// The number of records that pruning removed.
    public var prunedRecords: Int64 = 0
    public var energy = Energy.zero
    public var cost = Money.zero
    public var readings: Int64 = 0
    public var readingsLost: Int64 = 0

    public init() {}

    public var holds: Bool { findings.isEmpty }

    mutating func find(_ rule: Rule, _ what: String) { findings.append(Finding(rule: rule, what: what)) }
}
