public import ChargingModel
public import Ledger
internal import PostgreSQL
public import SQL
internal import SQLite

/// A reader of a ledger, also while Central writes it. For one thread at a time.
public final class LedgerReader {
    let database: any Database
    /// The file, of a ledger that is one.
    let file: SQLiteDatabase?
    /// The rows that are read.
    let scope: RowScope
    /// The words by which messages name it: a path, or an address without its password.
    public var name: String { database.name }

    /// Opens the ledger in a file, as `init(at:)` does.
    public convenience init(path: String) throws(DatabaseError) { try self.init(at: .file(path)) }

    /// Opens a ledger to read it: all of a file, or what is of a site on a server.
    /// - Throws: when there is none, or none that this version can read.
    public init(at place: LedgerPlace, site: String? = nil) throws(DatabaseError) {
        switch place {
        case .file(let path):
            try LedgerFile.check(path)
            let file = try SQLiteDatabase(path: path, .readOnly)
            self.file = file
            database = file
            scope = .all
            try Schema.check(file)
        case .server(let address):
            file = nil
            scope = RowScope(site: site ?? "")
            database = try PostgreSQLDatabase(address, for: .reading)
            try ServerSchema.check(database)
        }
    }

    /// Sessions that fit, the last accepted first.
    public func sessions(_ filter: SessionFilter) throws(DatabaseError) -> [LedgerSession] {
        try database.sessions("\(filter.sql(scope)) ORDER BY accepted_ms DESC, id DESC LIMIT ?", filter.values)
    }

    /// Calls `body` with every session that fits, in the order of acceptance.
    public func eachSession(_ filter: SessionFilter, _ body: (LedgerSession) -> Void) throws(DatabaseError) {
        try database.each(
            "SELECT \(LedgerSession.columns) FROM sessions \(filter.sql(scope)) ORDER BY accepted_ms, id LIMIT ?", filter.values
        ) { row throws(DatabaseError) in body(try LedgerSession(row: row)) }
    }

    /// The session with this id first, then those whose id begins or ends with the text, the last accepted first; at most 11 in all.
    public func sessions(like text: String) throws(DatabaseError) -> [LedgerSession] {
        try database.sessions(
            "WHERE (id = ?1 OR substr(id, 1, length(?1)) = ?1 OR substr(id, length(id) - length(?1) + 1) = ?1)\(scope.and) ORDER BY id = ?1 DESC, accepted_ms DESC, id DESC LIMIT 11",
            [.text(text)])
    }

    /// The entries of the audit log about a session, in their order.
    public func log(of session: SessionID) throws(DatabaseError) -> [AuditEntry] {
        try entries("WHERE session = ? ORDER BY number", [.text(session.text)])
    }

    public func strays(of session: SessionID) throws(DatabaseError) -> [StrayRecord] {
        try strayRecords("WHERE session = ? ORDER BY meter, cp, start_wh, end_wh", [.text(session.text)])
    }

    /// Records that were put aside, the last that came first.
    public func strays(undecidedOnly: Bool) throws(DatabaseError) -> [StrayRecord] {
        try strayRecords(
            "WHERE 1 = 1\(undecidedOnly ? " AND decision IS NULL" : "")\(scope.and) ORDER BY at_ms DESC, session, meter, cp, start_wh, end_wh")
    }

    /// All that an audit looks at in the ledger, as of one moment, beside the engines' journals.
    public func auditRecords(engines: [EngineBooks]) throws(DatabaseError) -> AuditRecords {
        try database.reading { () throws(DatabaseError) in try readAuditRecords(engines) }
    }

    private func readAuditRecords(_ engines: [EngineBooks]) throws(DatabaseError) -> AuditRecords {
        var records = AuditRecords()
        records.engines = engines
        for id in engines.flatMap({ $0.pending.map(\.session) + [$0.active?.session].compactMap { $0 } }) {
            let wasPruned = try database.row("SELECT 1 FROM pruned_sessions WHERE session = ?", [.text(id.text)]) { _ in true }
            if wasPruned != nil { records.pruned.insert(id) }
        }
        try eachSession(SessionFilter()) { records.sessions.append($0) }
        records.decisions = try database.rows("SELECT driver, request, cp, session, verdict FROM decisions WHERE 1 = 1\(scope.and) ORDER BY number") {
            row throws(DatabaseError) in
            AuditedDecision(
                driver: try row.id(0), request: try row.id(1), cp: try row.optionalID(2), session: try row.optionalID(3),
                verdict: row.isNull(4) ? nil : try row.choice(4))
        }
        records.strays = try strayRecords("WHERE 1 = 1\(scope.and) ORDER BY session, meter, cp, start_wh, end_wh")
        records.openings = try database.rows("SELECT \(MeterOpening.columns) FROM meter_openings WHERE 1 = 1\(scope.and) ORDER BY meter") {
            row throws(DatabaseError) in try MeterOpening(row: row)
        }
        records.log = try entries("WHERE 1 = 1\(scope.and) ORDER BY number")
        return records
    }

    private func entries(_ condition: String, _ values: [Value] = []) throws(DatabaseError) -> [AuditEntry] {
        try database.rows("SELECT \(AuditEntry.columns) FROM audit_log \(condition)", values) { row throws(DatabaseError) in try AuditEntry(row: row)
        }
    }

    func strayRecords(_ condition: String, _ values: [Value] = []) throws(DatabaseError) -> [StrayRecord] {
        try database.rows("SELECT \(StrayRecord.columns) FROM stray_records \(condition)", values) { row throws(DatabaseError) in
            try StrayRecord(row: row)
        }
    }
}
