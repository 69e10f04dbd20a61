public import ChargingModel
internal import Ledger
public import SQL

/// The sum of the sessions that closed in a time.
public struct ClosedTotals: Hashable, Sendable {
    public var sessions: Int64 = 0
    /// The sessions among them that failed.
    public var failed: Int64 = 0
    public var energy = Energy.zero
    /// The sum of the tickets.
    public var income = Money.zero

    public init() {}

    /// The totals of one closed session.
    init(of session: LedgerSession) {
        sessions = 1
        failed = session.closing?.reason.outcome == .failed ? 1 : 0
        energy = session.energy
        income = session.cost.roundedToCents
    }

    static func + (a: ClosedTotals, b: ClosedTotals) -> ClosedTotals {
        var sum = a
        sum.sessions += b.sessions
        sum.failed += b.failed
        sum.energy = a.energy + b.energy
        sum.income = a.income + b.income
        return sum
    }

    static func - (a: ClosedTotals, b: ClosedTotals) -> ClosedTotals {
        var rest = a
        rest.sessions -= b.sessions
        rest.failed -= b.failed
        rest.energy = a.energy - b.energy
        rest.income = a.income - b.income
        return rest
    }
}

/// The totals since a time, which follow the ledger: once read, only sessions that were closed or completed since then are read again.
public struct ClosedSum: Hashable, Sendable {
    /// The time from which sessions count that closed.
    public let since: WallTime
    public private(set) var totals = ClosedTotals()
    /// The last entry of the audit log that counts in the totals.
    private var entry: Int64 = 0
    /// The totals that were added for sessions whose energy may change: their record is still to come, or to be decided on.
    private var unsettled: [SessionID: ClosedTotals] = [:]

    /// Reads all sessions that closed since then.
    public init(since: WallTime, _ reader: LedgerReader) throws(DatabaseError) {
        self.since = since
        let (database, scope) = (reader.database, reader.scope)
        let sessions: [LedgerSession] = try database.reading { () throws(DatabaseError) in
            entry =
                try database.row("SELECT coalesce(max(number), 0) FROM audit_log WHERE what IN (\(ClosedSum.words))\(scope.and)") { $0.integer(0) }
                ?? 0
            return try database.sessions("WHERE closed_ms >= ?\(scope.and)", [.integer(since.milliseconds)])
        }
        for session in sessions { add(session) }
    }

    /// Reads what has changed.
    /// - Returns: the number of sessions that were read.
    @discardableResult
    public mutating func follow(_ reader: LedgerReader) throws(DatabaseError) -> Int {
        let (database, scope) = (reader.database, reader.scope)
        let (last, changed) = try database.reading { () throws(DatabaseError) in
            let told = try database.rows(
                "SELECT session, max(CASE WHEN what IN ('CLOSED', 'ENTERED') THEN 1 ELSE 0 END), max(number) FROM audit_log WHERE number > ? AND what IN (\(ClosedSum.words))\(scope.and) GROUP BY session",
                [.integer(entry)]
            ) { row throws(DatabaseError) in (id: try row.id(0) as SessionID, isNew: row.bool(1), number: row.integer(2)) }
            var changed: [LedgerSession] = []
            for change in told where change.isNew || unsettled[change.id] != nil {
                if let session = try reader.session(change.id) { changed.append(session) }
            }
            return (told.map(\.number).max() ?? entry, changed)
        }
        entry = last
        for session in changed {
            if let before = unsettled.removeValue(forKey: session.id) { totals = totals - before }
            if let closing = session.closing, closing.at >= since { add(session) }
        }
        return changed.count
    }

    /// The entries of the log that tell of a closing, or of what may change the energy of a session that is not complete.
    private static let words = [AuditEntry.What.closed, .entered, .record, .contradicted, .recordAccepted].map { "'\($0.rawValue)'" }.joined(
        separator: ", ")

    private mutating func add(_ session: LedgerSession) {
        let added = ClosedTotals(of: session)
        totals = totals + added
        if !session.isComplete { unsettled[session.id] = added }
    }
}
