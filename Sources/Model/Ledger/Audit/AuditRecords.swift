public import ChargingModel

/// A decision as an auditor reads it: nothing about it is taken for granted.
public struct AuditedDecision: Hashable, Sendable {
    public var driver: DriverID
    public var request: RequestID
    public var cp: ChargePointID?
    /// The session that was promised; `nil` for a denial.
    public var session: SessionID?
    public var verdict: Verdict?

    public init(driver: DriverID, request: RequestID, cp: ChargePointID?, session: SessionID?, verdict: Verdict?) {
        self.driver = driver
        self.request = request
        self.cp = cp
        self.session = session
        self.verdict = verdict
    }

    public init(_ decision: Decision) {
        var session: SessionID?
        if case .accepted(let assignment) = decision.ruling { session = assignment.session }
        self.init(driver: decision.driver, request: decision.request, cp: decision.cp, session: session, verdict: decision.verdict)
    }
}

/// The contents of an engine's own journal, read before the ledger was, and the register as it stood when the ledger had been read.
public struct EngineBooks: Hashable, Sendable {
    public var cp: ChargePointID
    public var meter: MeterID
    /// The register, which began at zero when the meter was minted.
    public var register: Energy
    /// The energy by which it moved in no session that is known: of a station, which charges without us.
    public var outside: Energy
    /// The same of meters that it had before.
    public var formerOutside: [MeterID: Energy] = [:]
    /// Records that Central has not acknowledged.
    public var pending: [SessionRecord]
    /// The session that it is supplying, or was when it died.
    public var active: ActiveSession?
    /// The register, read again after the ledger: nothing can be billed that lies above it. `nil` when it could not be read.
    public var registerAfter: Energy?

    public init(
        cp: ChargePointID, meter: MeterID, register: Energy, outside: Energy = .zero, formerOutside: [MeterID: Energy] = [:],
        pending: [SessionRecord], active: ActiveSession?, registerAfter: Energy? = nil
    ) {
        self.cp = cp
        self.meter = meter
        self.register = register
        self.outside = outside
        self.formerOutside = formerOutside
        self.pending = pending
        self.active = active
        self.registerAfter = registerAfter
    }

    /// The books that an engine's memory makes; `nil` for one without a meter yet.
    public init?(of cp: ChargePointID, _ memory: EngineMemory, registerAfter: Energy? = nil) {
        guard let meter = memory.meter else { return nil }
        self.init(
            cp: cp, meter: meter, register: memory.register, outside: memory.outside,
            formerOutside: Dictionary(memory.former.map { ($0.meter, $0.outside) }) { first, _ in first },
            pending: memory.records.filter { memory.unacknowledged.contains($0.session) }, active: memory.active, registerAfter: registerAfter)
    }
}

/// All that an audit looks at.
public struct AuditRecords: Sendable {
    public var sessions: [LedgerSession] = []
    public var decisions: [AuditedDecision] = []
    public var strays: [StrayRecord] = []
    public var openings: [MeterOpening] = []
    /// The log, in the order in which it was written.
    public var log: [AuditEntry] = []
    public var engines: [EngineBooks] = []
    /// The sessions in the engines' journals whose record was held and pruned.
    public var pruned: Set<SessionID> = []
    /// The number of sessions that a driver may have open (I1), for drivers to whom `defaultVehicles` does not apply.
    public var vehicles: [DriverID: Int] = [:]
    /// The number of vehicles of the other drivers; `nil` when nobody knows it, and then nobody is held to it.
    public var defaultVehicles: Int?
    /// True when the numbers of vehicles are those that were in force when the sessions were accepted, not only today's.
    public var areVehiclesOfThen = false

    public init() {}

    public init(_ book: LedgerBook) {
        sessions = book.sessions.values.sorted { $0.id < $1.id }
        decisions = book.decisions.map { AuditedDecision($0) }
        strays = book.strays
        log = book.auditLog
    }
}
