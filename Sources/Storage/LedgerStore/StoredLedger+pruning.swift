public import ChargingModel
internal import Ledger
public import SQL

/// The number of rows that pruning removed, and the sum of their records.
public struct Pruned: Hashable, Sendable {
    public var sessions: Int64 = 0
    public var orphans: Int64 = 0
    public var decisions: Int64 = 0
    public var faults: Int64 = 0
    public var energy = Energy.zero

    public var isNothing: Bool { self == Pruned() }

    /// The rows that are gone, except those of the log.
    public var rows: Int64 { sessions + orphans + decisions + faults }
}

extension StoredLedger {
    /// The time for which a decision is kept at least, in milliseconds (S2): 30 days.
    public static let leastAge: Int64 = 30 * 86_400_000
    /// The most by which the newest decision may be ahead of the clock, in milliseconds: a day.
    private static let mostAhead: Int64 = 86_400_000

    /// The moment before which `prune` removes what is older than so many milliseconds, counted back from the newest decision or from now, whichever
    /// is earlier: neither a network that stood still nor a clock that was wrong makes everything old.
    /// - Throws: when the newest decision is more than a day ahead of the clock, so that one of them is wrong.
    public func pruningLimit(olderThan milliseconds: Int64, at now: WallTime) throws(DatabaseError) -> WallTime {
        let held = try database.row("SELECT max(at_ms) FROM decisions WHERE 1 = 1\(scope.and)") { $0.optionalInteger(0) }
        let newest = (held ?? nil) ?? now.milliseconds
        guard newest <= now.advanced(byMilliseconds: StoredLedger.mostAhead).milliseconds else {
            throw DatabaseError(
                kind: .unavailable,
                "the newest decision is of \(WallTime(milliseconds: newest).text), more than a day after this machine's clock, \(now.text): "
                    + "nothing was pruned; set the clock, or wait")
        }
        return WallTime(milliseconds: min(newest, now.milliseconds).subtracting(clamped: max(milliseconds, StoredLedger.leastAge)))
    }

    /// Removes complete sessions closed before `limit`, with their decisions and log entries, and older denials and faults; each meter keeps its sum,
    /// and each session's id stays. Open and incomplete sessions stay, and so does what changed since then.
    /// - Parameters:
    ///   - portion: the number of rows at a time.
    ///   - pause: called between portions, so that Central can write.
    public func prune(
        before limit: WallTime, at now: WallTime, portion: Int64 = 500, pause: (Pruned) -> Void = { _ in }
    ) throws(DatabaseError) -> Pruned {
        var pruned = Pruned()
        while try pruneSessions(before: limit, at: now, portion, &pruned) { pause(pruned) }
        while try pruneOrphans(before: limit, at: now, portion, &pruned) { pause(pruned) }
        try remove("decisions", "session IS NULL AND at_ms < ?", limit, portion) { count in
            pruned.decisions += count
            pause(pruned)
        }
        try remove("faults", "ended_ms < ?", limit, portion) { count in
            pruned.faults += count
            pause(pruned)
        }
        // What the log says of sessions that are kept is kept with them.
        try remove(
            "audit_log", "at_ms < ? AND (session IS NULL OR NOT EXISTS (SELECT 1 FROM sessions WHERE id = audit_log.session))", limit, portion
        ) { _ in pause(pruned) }
        return pruned
    }

    /// Removes a portion of sessions.
    /// - Returns: true when there may be more.
    private func pruneSessions(before limit: WallTime, at now: WallTime, _ portion: Int64, _ pruned: inout Pruned) throws(DatabaseError) -> Bool {
        // Found before the transaction, which Central waits for.
        let ids: [SessionID] = try database.rows(
            """
            SELECT id FROM sessions WHERE is_complete = 1 AND closed_ms < ?1 AND coalesce(ticket_changed_ms, 0) < ?1
                AND NOT EXISTS (SELECT 1 FROM decisions WHERE session = sessions.id AND at_ms >= ?1)\(scope.and) ORDER BY closed_ms LIMIT ?2
            """, [.integer(limit.milliseconds), .integer(portion)]
        ) { row throws(DatabaseError) in try row.id(0) }
        guard !ids.isEmpty else { return false }
        let (count, energy) = try writing { () throws(DatabaseError) in
            var count: Int64 = 0
            var energy = Energy.zero
            for id in ids {
                // Somebody else may prune too.
                guard let session = try session(id), let start = session.startRegister, let end = session.register else { continue }
                try add(to: session.billedMeter, from: start, to: end)
                let id = Value.text(session.id.text)
                try database.execute("DELETE FROM audit_log WHERE session = ?", [id])
                try database.execute("DELETE FROM decisions WHERE session = ?", [id])
                try database.execute("DELETE FROM sessions WHERE id = ?", [id])
                try database.execute("INSERT INTO pruned_sessions VALUES (?) ON CONFLICT DO NOTHING", [id])
                count += 1
                energy = energy + session.energy
            }
            try logPruned("\(count) sessions with \(energy), closed before \(limit.text)", at: now)
            return (count, energy)
        }
        pruned.sessions += count
        pruned.decisions += count
        pruned.energy = pruned.energy + energy
        return true
    }

    /// Removes a portion of orphans.
    /// - Returns: true when there may be more.
    private func pruneOrphans(before limit: WallTime, at now: WallTime, _ portion: Int64, _ pruned: inout Pruned) throws(DatabaseError) -> Bool {
        let old = try database.rows(
            "SELECT \(StrayRecord.columns) FROM stray_records WHERE kind = 'orphan' AND decision IS NULL AND at_ms < ?\(scope.and) LIMIT ?",
            [.integer(limit.milliseconds), .integer(portion)]
        ) { row throws(DatabaseError) in try StrayRecord(row: row) }
        guard !old.isEmpty else { return false }
        let (count, energy) = try writing { () throws(DatabaseError) in
            var count: Int64 = 0
            var energy = Energy.zero
            for stray in old where try strays(of: stray.record.session).contains(where: { $0.key == stray.key && $0.judgement == nil }) {
                let record = stray.record
                try add(to: record.meter, from: record.startRegister, to: record.endRegister)
                let id = Value.text(record.session.text)
                try database.execute("DELETE FROM stray_records WHERE \(StrayRecord.Key.condition)\(scope.and)", stray.key.values)
                try database.execute("INSERT INTO pruned_sessions VALUES (?) ON CONFLICT DO NOTHING", [id])
                count += 1
                energy = energy + record.energy
            }
            try logPruned("\(count) orphans with \(energy), of before \(limit.text)", at: now)
            return (count, energy)
        }
        pruned.orphans += count
        pruned.energy = pruned.energy + energy
        return true
    }

    private func logPruned(_ why: String, at now: WallTime) throws(DatabaseError) { try log(AuditEntry(at: now, .pruned, why: why)) }

    /// Adds a record to a meter's opening.
    private func add(to meter: MeterID, from start: Energy, to end: Energy) throws(DatabaseError) {
        let held = try database.row("SELECT \(MeterOpening.columns) FROM meter_openings WHERE meter = ?\(scope.and)", [.text(meter.text)]) {
            row throws(DatabaseError) in try MeterOpening(row: row)
        }
        // Added up here: SQLite would make a fraction of a sum that is too large.
        let records = (held?.records ?? 0).adding(clamped: 1)
        let energy = (held?.energy ?? .zero) + (end - start)
        try database.execute(
            "INSERT INTO meter_openings (\(scope.column)\(MeterOpening.columns)) VALUES (\(scope.value)?, ?, ?, ?, ?) ON CONFLICT (\(scope.meter)) DO UPDATE SET "
                + "records = excluded.records, from_wh = excluded.from_wh, to_wh = excluded.to_wh, energy_wh = excluded.energy_wh",
            [
                .text(meter.text), .integer(records), .integer(min(held?.from ?? start, start).wattHours),
                .integer(max(held?.to ?? end, end).wattHours), .integer(energy.wattHours),
            ])
    }

    /// Removes the older rows that fit, a portion at a time, in one walk through the table.
    private func remove(
        _ table: String, _ condition: String, _ limit: WallTime, _ portion: Int64, _ removed: (Int64) -> Void
    ) throws(DatabaseError) {
        var last: Int64 = 0
        while true {
            let numbers = try database.rows(
                "SELECT number FROM \(table) WHERE \(condition) AND number > ?\(scope.and) ORDER BY number LIMIT ?",
                [.integer(limit.milliseconds), .integer(last), .integer(portion)]
            ) { $0.integer(0) }
            guard let end = numbers.last else { return }
            last = end
            let count = try writing { () throws(DatabaseError) in
                var count: Int64 = 0
                for number in numbers {
                    let gone = try database.rows("DELETE FROM \(table) WHERE number = ? RETURNING number", [.integer(number)]) { $0.integer(0) }
                    count += Int64(gone.count)
                }
                return count
            }
            removed(count)
        }
    }
}
