public import ChargingModel
public import Ledger
public import SQLite

/// A reader of a ledger, also while Central writes it. For one thread at a time.
public final class LedgerReader {
    let database: Database
    public var path: String { database.path }

    /// Opens the ledger to read it.
    /// - Throws: when there is no ledger in the file, or none that this version can read.
    public init(path: String) throws(SQLiteError) {
        try LedgerFile.check(path)
        database = try Database(path: path, .readOnly)
        try Schema.check(database)
    }

    /// Sessions that fit, the last accepted first.
    public func sessions(_ filter: SessionFilter) throws(SQLiteError) -> [LedgerSession] {
        try database.sessions("\(filter.sql) ORDER BY accepted_ms DESC, id DESC LIMIT ?", filter.values)
    }

    /// Calls `body` with every session that fits, in the order of acceptance.
    public func eachSession(_ filter: SessionFilter, _ body: (LedgerSession) -> Void) throws(SQLiteError) {
        try database.each(
            "SELECT \(LedgerSession.columns) FROM sessions \(filter.sql) ORDER BY accepted_ms, id LIMIT ?", filter.values
        ) { row throws(SQLiteError) in body(try LedgerSession(row: row)) }
    }

    /// The session with this id first, then those whose id begins or ends with the text, the last accepted first; at most 11 in all.
    public func sessions(like text: String) throws(SQLiteError) -> [LedgerSession] {
        try database.sessions(
            "WHERE id = ?1 OR substr(id, 1, length(?1)) = ?1 OR substr(id, -length(?1)) = ?1 ORDER BY id = ?1 DESC, accepted_ms DESC LIMIT 11",
            [.text(text)])
    }

    /// The entries of the audit log about a session, in their order.
    public func log(of session: SessionID) throws(SQLiteError) -> [AuditEntry] {
        try entries("WHERE session = ? ORDER BY number", [.text(session.text)])
    }

    public func strays(of session: SessionID) throws(SQLiteError) -> [StrayRecord] {
        try strayRecords("WHERE session = ? ORDER BY meter, cp, start_wh, end_wh", [.text(session.text)])
    }

    /// Records that were put aside, the last that came first.
    public func strays(undecidedOnly: Bool) throws(SQLiteError) -> [StrayRecord] {
        try strayRecords("\(undecidedOnly ? "WHERE decision IS NULL" : "") ORDER BY at_ms DESC, session, meter, cp, start_wh, end_wh")
    }

    /// All that an audit looks at in the ledger, as of one moment, beside the engines' journals.
    public func auditRecords(engines: [EngineBooks]) throws(SQLiteError) -> AuditRecords {
        try database.reading { () throws(SQLiteError) in try readAuditRecords(engines) }
    }

    private func readAuditRecords(_ engines: [EngineBooks]) throws(SQLiteError) -> AuditRecords {
        var records = AuditRecords()
        records.engines = engines
        for id in engines.flatMap({ $0.pending.map(\.session) + [$0.active?.session].compactMap { $0 } }) {
            let wasPruned = try database.row("SELECT 1 FROM pruned_sessions WHERE session = ?", [.text(id.text)]) { _ in true }
            if wasPruned != nil { records.pruned.insert(id) }
        }
        try eachSession(SessionFilter()) { records.sessions.append($0) }
        records.decisions = try database.rows("SELECT driver, request, cp, session, verdict FROM decisions ORDER BY number") {
            row throws(SQLiteError) in
            AuditedDecision(
                driver: try row.id(0), request: try row.id(1), cp: try row.optionalID(2), session: try row.optionalID(3),
                verdict: row.isNull(4) ? nil : try row.choice(4))
        }
        records.strays = try strayRecords("ORDER BY session, meter, cp, start_wh, end_wh")
        records.openings = try database.rows("SELECT \(MeterOpening.columns) FROM meter_openings ORDER BY meter") {
            row throws(SQLiteError) in try MeterOpening(row: row)
        }
        records.log = try entries("ORDER BY number")
        return records
    }

    private func entries(_ condition: String, _ values: [Value] = []) throws(SQLiteError) -> [AuditEntry] {
        try database.rows("SELECT \(AuditEntry.columns) FROM audit_log \(condition)", values) { row throws(SQLiteError) in try AuditEntry(row: row) }
    }

    func strayRecords(_ condition: String, _ values: [Value] = []) throws(SQLiteError) -> [StrayRecord] {
        try database.rows("SELECT \(StrayRecord.columns) FROM stray_records \(condition)", values) { row throws(SQLiteError) in
            try StrayRecord(row: row)
        }
    }
}
