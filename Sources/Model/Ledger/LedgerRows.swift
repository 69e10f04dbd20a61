public import ChargingModel

/// A record that no session of the ledger could take (S6): one for each point, meter and way of its register, whoever else told of the session.
public struct StrayRecord: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        /// A record of a session that the ledger does not know.
        case orphan
        /// A record that contradicts its session.
        case contradiction
        /// A record that claims more than its point can have delivered (P4).
        case implausible
    }

    /// An operator's decision on the record.
    public struct Judgement: Hashable, Sendable {
        public var choice: RecordVerdict.Choice
        public var operatorName: String
        public var at: WallTime

        public init(choice: RecordVerdict.Choice, operatorName: String, at: WallTime) {
            self.choice = choice
            self.operatorName = operatorName
            self.at = at
        }
    }

    public var kind: Kind
    public var cp: ChargePointID
    public var record: SessionRecord
    public var at: WallTime
    public var judgement: Judgement?

    /// The identity of a record: the energy that it says was metered, and the point that says it.
    public struct Key: Hashable, Sendable {
        public var session: SessionID
        public var meter: MeterID
        public var cp: ChargePointID
        public var start: Energy
        public var end: Energy

        public init(_ record: SessionRecord, from cp: ChargePointID) {
            session = record.session
            meter = record.meter
            self.cp = cp
            start = record.startRegister
            end = record.endRegister
        }
    }

    public var key: Key { Key(record, from: cp) }

    /// The largest number of records kept of one session: whoever invents more is not heard.
    public static let limit = 16

    public init(kind: Kind, cp: ChargePointID, record: SessionRecord, at: WallTime, judgement: Judgement? = nil) {
        self.kind = kind
        self.cp = cp
        self.record = record
        self.at = at
        self.judgement = judgement
    }
}

/// A time for which a point's verdict was FAULTY or DISCONNECTED.
public struct Fault: Hashable, Sendable {
    public var cp: ChargePointID
    public var verdict: Verdict
    public var why: String
    public var began: WallTime
    public var ended: WallTime?

    public init(cp: ChargePointID, verdict: Verdict, why: String, began: WallTime, ended: WallTime?) {
        self.cp = cp
        self.verdict = verdict
        self.why = why
        self.began = began
        self.ended = ended
    }
}

/// The sum of a meter's oldest records, which remains when they are pruned: enough for I3.
public struct MeterOpening: Hashable, Sendable {
    public var meter: MeterID
    /// The number of the records, orphans included.
    public var records: Int64
    /// The register at which the first began, and that at which the last ended.
    public var from: Energy
    public var to: Energy
    /// The energy that they billed in all.
    public var energy: Energy

    public init(meter: MeterID, records: Int64, from: Energy, to: Energy, energy: Energy) {
        self.meter = meter
        self.records = records
        self.from = from
        self.to = to
        self.energy = energy
    }

    /// True when nothing between its ends is unaccounted for.
    public var isWhole: Bool { energy == to - from }
}

/// A store's contents as the ledger's rules see them: rows that are found, added and changed. Each store conforms.
public protocol LedgerRows {
    /// The error of a store; `Never` in memory.
    associatedtype Failure: Error

    func decision(of driver: DriverID, _ request: RequestID) throws(Failure) -> Decision?
    /// A session of this Central's site.
    func session(_ id: SessionID) throws(Failure) -> LedgerSession?
    /// A session of any site, for whoever asks what became of it: it is another Central's to change.
    func sessionOfAnySite(_ id: SessionID) throws(Failure) -> LedgerSession?
    /// True when some of what a record has of its meter is on a bill already, of a session at this point.
    func isBilled(_ record: SessionRecord, at cp: ChargePointID) throws(Failure) -> Bool
    /// The vehicles of a driver for which a session is open.
    func openSlots(of driver: DriverID) throws(Failure) -> [Int]
    func openFault(of cp: ChargePointID) throws(Failure) -> Verdict?
    /// True for a record that was held, of a session or as an orphan, and pruned.
    func wasPruned(_ record: SessionRecord) throws(Failure) -> Bool
    /// The records of this session that are kept beside the sessions, by meter, point and register.
    func strays(of session: SessionID) throws(Failure) -> [StrayRecord]
    /// A driver's newest tickets, `most` at most, the last closed first.
    func tickets(of driver: DriverID, most: Int) throws(Failure) -> [Ticket]

    mutating func add(_ decision: Decision) throws(Failure)
    mutating func add(_ session: LedgerSession) throws(Failure)
    /// Changes a session; `at` is given when its ticket changes with that.
    mutating func change(_ session: LedgerSession, ticketChangedAt at: WallTime?) throws(Failure)
    mutating func add(_ stray: StrayRecord) throws(Failure)
    /// Changes the decision on a record that is kept beside the sessions.
    mutating func judge(_ stray: StrayRecord.Key, _ judgement: StrayRecord.Judgement) throws(Failure)
    mutating func set(availability: Bool, for cp: ChargePointID, at: WallTime) throws(Failure)
    mutating func removeAvailability(for cp: ChargePointID) throws(Failure)
    mutating func add(_ fault: Fault) throws(Failure)
    mutating func log(_ entry: AuditEntry) throws(Failure)
    mutating func endFault(of cp: ChargePointID, at: WallTime) throws(Failure)

    func token(_ id: TokenID) throws(Failure) -> AccountToken?
    /// All tokens, by their ids.
    func tokens() throws(Failure) -> [AccountToken]
    /// Adds a token, or changes it.
    mutating func set(_ token: AccountToken) throws(Failure)

    func openSessions() throws(Failure) -> [LedgerSession]
    func sessionsAwaitingRecord() throws(Failure) -> [LedgerSession]
    func availabilities() throws(Failure) -> [ChargePointID: Bool]
    func openFaults() throws(Failure) -> [ChargePointID: Verdict]
    /// Decisions made in a time, in their order.
    func decisions(in times: ClosedRange<WallTime>) throws(Failure) -> [Decision]
    /// Sessions closed in a time, by driver and in the order of their closing.
    func sessionsClosed(in times: ClosedRange<WallTime>) throws(Failure) -> [LedgerSession]
    /// Drivers whose tickets last changed in a time, in order.
    func driversWithTicketsChanged(in times: ClosedRange<WallTime>) throws(Failure) -> [DriverID]
}

extension LedgerRows {
    /// A store of one site's rows has no others.
    public func sessionOfAnySite(_ id: SessionID) throws(Failure) -> LedgerSession? { try session(id) }
}

extension StrayRecord {
    /// The order in which the records of a session are listed.
    static func isInOrder(_ a: StrayRecord, _ b: StrayRecord) -> Bool {
        (a.record.meter, a.cp, a.record.startRegister, a.record.endRegister) < (b.record.meter, b.cp, b.record.startRegister, b.record.endRegister)
    }
}
