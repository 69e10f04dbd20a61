public import ChargingModel
internal import Ledger
public import SQLite

/// What pruning removed.
public struct Pruned: Hashable, Sendable {
    public var sessions: Int64 = 0
    public var orphans: Int64 = 0
    public var decisions: Int64 = 0
    public var faults: Int64 = 0
    public var energy = Energy.zero

    public var isNothing: Bool { self == Pruned() }
}

extension SQLiteLedger {
    /// For how long a decision is kept at least, in milliseconds (S2).
    public static let leastAge: Int64 = 30 * 86_400_000

    /// The moment before which `prune` removes what is older than so many milliseconds, counted back from the newest decision, not from a clock that may be
    /// wrong; `nil` when the ledger has no decision.
    public func pruningLimit(olderThan milliseconds: Int64) throws(SQLiteError) -> WallTime? {
        let newest = try database.row("SELECT max(at_ms) FROM decisions") { $0.optionalInteger(0) }
        return (newest ?? nil).map { WallTime(milliseconds: $0 - max(milliseconds, SQLiteLedger.leastAge)) }
    }

    /// Removes complete sessions closed before then, with their decisions and what the log says of them, denials and faults of before; each
    /// meter keeps its sum. Open and incomplete sessions stay. A portion at a time, so that Central writes in between.
    public func prune(before limit: WallTime, portion: Int64 = 500, progress: (Pruned) -> Void = { _ in }) throws(SQLiteError) -> Pruned {
        var pruned = Pruned()
        while try pruneSessions(before: limit, portion, &pruned) > 0 { progress(pruned) }
        while try pruneOrphans(before: limit, portion, &pruned) > 0 { progress(pruned) }
        let old = "WHERE at_ms < ?1 LIMIT ?2"
        while case let count = try remove("decisions", "number", "WHERE session IS NULL AND at_ms < ?1 LIMIT ?2", limit, portion), count > 0 {
            pruned.decisions += count
            progress(pruned)
        }
        while case let count = try remove("faults", "number", "WHERE ended_ms < ?1 LIMIT ?2", limit, portion), count > 0 { pruned.faults += count }
        // What the log says of sessions that are kept is kept with them.
        let unowned = "WHERE (session IS NULL OR NOT EXISTS (SELECT 1 FROM sessions WHERE id = audit_log.session)) AND " + old.dropFirst(6)
        while try remove("audit_log", "number", unowned, limit, portion) > 0 {}
        if pruned != Pruned() {
            let why = "\(pruned.sessions) sessions and \(pruned.orphans) orphans with \(pruned.energy), closed before \(limit.text)"
            try database.transaction { () throws(SQLiteError) in try log(AuditEntry(at: limit, .pruned, why: why)) }
        }
        return pruned
    }

    private func pruneSessions(before limit: WallTime, _ portion: Int64, _ pruned: inout Pruned) throws(SQLiteError) -> Int {
        let old = try database.transaction { () throws(SQLiteError) in
            let old = try database.rows(
                """
                SELECT \(LedgerSession.columns) FROM sessions WHERE is_complete = 1 AND closed_ms < ?1
                    AND NOT EXISTS (SELECT 1 FROM decisions WHERE session = sessions.id AND at_ms >= ?1) ORDER BY closed_ms LIMIT ?2
                """, [.integer(limit.milliseconds), .integer(portion)]
            ) { row throws(SQLiteError) in try LedgerSession(row: row) }
            for session in old {
                guard let start = session.startRegister, let end = session.register else { continue }
                try add(to: session.assignment.meter, from: start, to: end)
                let id = Value.text(session.id.text)
                try database.execute("DELETE FROM audit_log WHERE session = ?", [id])
                try database.execute("DELETE FROM decisions WHERE session = ?", [id])
                try database.execute("DELETE FROM sessions WHERE id = ?", [id])
            }
            return old
        }
        pruned.sessions += Int64(old.count)
        pruned.decisions += Int64(old.count)
        pruned.energy = old.reduce(pruned.energy) { $0 + $1.energy }
        return old.count
    }

    private func pruneOrphans(before limit: WallTime, _ portion: Int64, _ pruned: inout Pruned) throws(SQLiteError) -> Int {
        let old = try database.transaction { () throws(SQLiteError) in
            let old = try database.rows(
                "SELECT \(StrayRecord.columns) FROM stray_records WHERE kind = 'orphan' AND at_ms < ? LIMIT ?",
                [.integer(limit.milliseconds), .integer(portion)]
            ) { row throws(SQLiteError) in try StrayRecord(row: row) }
            for stray in old {
                try add(to: stray.record.meter, from: stray.record.startRegister, to: stray.record.endRegister)
                try database.execute("DELETE FROM stray_records WHERE kind = 'orphan' AND session = ?", [.text(stray.record.session.text)])
            }
            return old
        }
        pruned.orphans += Int64(old.count)
        pruned.energy = old.reduce(pruned.energy) { $0 + $1.record.energy }
        return old.count
    }

    /// One record more in a meter's opening.
    private func add(to meter: MeterID, from start: Energy, to end: Energy) throws(SQLiteError) {
        try database.execute(
            """
            INSERT INTO meter_openings (\(MeterOpening.columns)) VALUES (?1, 1, ?2, ?3, ?3 - ?2) ON CONFLICT (meter) DO UPDATE SET
                records = records + 1, from_wh = min(from_wh, ?2), to_wh = max(to_wh, ?3), energy_wh = energy_wh + ?3 - ?2
            """, [.text(meter.text), .integer(start.wattHours), .integer(end.wattHours)])
    }

    private func remove(
        _ table: String, _ key: String, _ condition: String, _ limit: WallTime, _ portion: Int64
    ) throws(SQLiteError) -> Int64 {
        try database.transaction { () throws(SQLiteError) in
            try database.execute(
                "DELETE FROM \(table) WHERE \(key) IN (SELECT \(key) FROM \(table) \(condition))", [.integer(limit.milliseconds), .integer(portion)])
            return try database.row("SELECT changes()") { $0.integer(0) } ?? 0
        }
    }
}
