public import ChargingModel
public import Ledger
public import SQL

extension StoredLedger: LedgerRows {
    public func decision(of driver: DriverID, _ request: RequestID) throws(DatabaseError) -> Decision? {
        try decisions("WHERE driver = ? AND request = ?", [.text(driver.text), .text(request.text)]).first
    }

    public func session(_ id: SessionID) throws(DatabaseError) -> LedgerSession? {
        try database.sessions("WHERE id = ?\(scope.and)", [.text(id.text)]).first
    }

    public func sessionOfAnySite(_ id: SessionID) throws(DatabaseError) -> LedgerSession? {
        try database.sessions("WHERE id = ?", [.text(id.text)]).first
    }

    public func strays(of session: SessionID) throws(DatabaseError) -> [StrayRecord] {
        try database.rows(
            "SELECT \(StrayRecord.columns) FROM stray_records WHERE session = ?\(scope.and) ORDER BY meter, cp, start_wh, end_wh",
            [.text(session.text)]
        ) { row throws(DatabaseError) in try StrayRecord(row: row) }
    }

    public func judge(_ stray: StrayRecord.Key, _ judgement: StrayRecord.Judgement) throws(DatabaseError) {
        try database.execute(
            "UPDATE stray_records SET decision = ?, decided_by = ?, decided_ms = ? WHERE \(StrayRecord.Key.condition)\(scope.and)",
            [.text(judgement.choice.rawValue), .text(judgement.operatorName), .integer(judgement.at.milliseconds)] + stray.values)
    }

    public func tickets(of driver: DriverID, most: Int) throws(DatabaseError) -> [Ticket] {
        try database.sessions(
            "WHERE driver = ? AND closing_order IS NOT NULL ORDER BY closing_order DESC LIMIT ?", [.text(driver.text), .integer(Int64(most))]
        ).compactMap(\.ticket)
    }

    public func add(_ decision: Decision) throws(DatabaseError) {
        let (session, code, reason): (String?, String?, String?) =
            switch decision.ruling {
            case .accepted(let assignment): (assignment.session.text, nil, nil)
            case .denied(let code, let reason): (nil, code.rawValue, reason)
            }
        try database.execute(
            "INSERT INTO decisions (site, \(Decision.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(site), .text(decision.driver.text), .text(decision.request.text), .optional(decision.cp?.text), .optional(session),
                .optional(code),
                .optional(reason), .optional(decision.verdict?.rawValue), .integer(decision.at.milliseconds),
                .text(decision.provenance.origin.rawValue), .optional(decision.provenance.token?.text),
            ])
    }

    public func add(_ session: LedgerSession) throws(DatabaseError) {
        // One that was begun offline is closed when it comes.
        let place: [Value] = [.text(site), .bool(!session.isOpen), .optional(session.closing?.at.milliseconds)]
        try database.execute(StoredLedger.insertSession(database.dialect), place + session.values)
    }

    public func isBilled(_ record: SessionRecord, at cp: ChargePointID) throws(DatabaseError) -> Bool {
        try database.row(
            "SELECT 1 FROM sessions WHERE cp = ? AND is_complete = 1 AND coalesce(record_meter, meter) = ? AND energy_wh > 0 AND start_wh < ? AND register_wh > ? LIMIT 1",
            [
                .text(cp.text), .text(record.meter.text), .integer(record.endRegister.wattHours), .integer(record.startRegister.wattHours),
            ]
        ) { _ in true } ?? false
    }

    public func openSlots(of driver: DriverID) throws(DatabaseError) -> [Int] {
        try database.rows("SELECT slot FROM sessions WHERE driver = ? AND closed_ms IS NULL ORDER BY slot", [.text(driver.text)]) {
            Int($0.integer(0))
        }
    }

    /// The question marks of an INSERT, one for each column of a session.
    private static let marks = Array(repeating: "?", count: LedgerSession.columns.split(separator: ",").count).joined(separator: ", ")
    private static func nextClosing(_ dialect: Dialect) -> String {
        switch dialect {
        case .sqlite: "(SELECT coalesce(max(closing_order), 0) + 1 FROM sessions)"
        // Centrals of many sites close at the same time.
        case .postgreSQL: "nextval('closings')"
        }
    }
    private static func insertSession(_ dialect: Dialect) -> String {
        """
        INSERT INTO sessions (site, closing_order, ticket_changed_ms, \(LedgerSession.columns))
        VALUES (?, CASE WHEN ? = 1 THEN \(nextClosing(dialect)) END, ?, \(marks))
        """
    }
    private static func updateSession(_ dialect: Dialect) -> String {
        """
        UPDATE sessions SET (\(LedgerSession.columns)) = (\(marks)),
            ticket_changed_ms = coalesce(?, ticket_changed_ms),
            closing_order = CASE WHEN ? = 1 THEN coalesce(closing_order, \(nextClosing(dialect))) END
        WHERE id = ?
        """
    }

    public func change(_ session: LedgerSession, ticketChangedAt at: WallTime?) throws(DatabaseError) {
        try database.execute(
            StoredLedger.updateSession(database.dialect),
            session.values + [.optional(at?.milliseconds), .bool(!session.isOpen), .text(session.id.text)])
    }

    public func openFault(of cp: ChargePointID) throws(DatabaseError) -> Verdict? {
        try database.row("SELECT verdict FROM faults WHERE cp = ? AND ended_ms IS NULL\(scope.and)", [.text(cp.text)]) { row throws(DatabaseError) in
            try row.choice(0)
        }
    }

    public func openFaults() throws(DatabaseError) -> [ChargePointID: Verdict] {
        let rows = try database.rows("SELECT cp, verdict FROM faults WHERE ended_ms IS NULL\(scope.and)") { row throws(DatabaseError) in
            (try row.id(0) as ChargePointID, try row.choice(1) as Verdict)
        }
        return Dictionary(rows) { first, _ in first }
    }

    public func add(_ fault: Fault) throws(DatabaseError) {
        try database.execute(
            "INSERT INTO faults (site, cp, verdict, why, began_ms, ended_ms) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .text(site), .text(fault.cp.text), .text(fault.verdict.rawValue), .text(fault.why), .integer(fault.began.milliseconds),
                .optional(fault.ended?.milliseconds),
            ])
    }

    public func endFault(of cp: ChargePointID, at: WallTime) throws(DatabaseError) {
        try database.execute(
            "UPDATE faults SET ended_ms = ? WHERE cp = ? AND ended_ms IS NULL\(scope.and)", [.integer(at.milliseconds), .text(cp.text)])
    }

    public func wasPruned(_ record: SessionRecord) throws(DatabaseError) -> Bool {
        let isPruned = try database.row("SELECT 1 FROM pruned_sessions WHERE session = ?", [.text(record.session.text)]) { _ in true } ?? false
        guard isPruned, record.energy > .zero else { return isPruned }
        // Of that session, but of a meter or a part of its way that nobody has billed: that is another record.
        return try database.row(
            "SELECT 1 FROM meter_openings WHERE meter = ? AND from_wh <= ? AND to_wh >= ?",
            [.text(record.meter.text), .integer(record.startRegister.wattHours), .integer(record.endRegister.wattHours)]
        ) { _ in true } ?? false
    }

    public func add(_ stray: StrayRecord) throws(DatabaseError) {
        let record = stray.record
        try database.execute(
            "INSERT INTO stray_records (site, \(StrayRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(site),
                .text(record.session.text), .text(stray.kind.rawValue), .text(stray.cp.text), .optional(record.driver?.text),
                .text(record.meter.text), .integer(record.startRegister.wattHours), .integer(record.endRegister.wattHours),
                .integer(record.cost.microEuro), .optional(record.started?.milliseconds), .integer(record.ended.milliseconds),
                .text(record.endReason.rawValue), .integer(stray.at.milliseconds), .optional(stray.judgement?.choice.rawValue),
                .optional(stray.judgement?.operatorName), .optional(stray.judgement?.at.milliseconds),
                .text(record.provenance.origin.rawValue), .optional(record.provenance.token?.text), .text(record.provenance.clock.rawValue),
                .optional(record.stationReason?.text),
            ])
    }

    public func set(availability: Bool, for cp: ChargePointID, at: WallTime) throws(DatabaseError) {
        try database.execute(
            "INSERT INTO wishes (site, cp, out_of_order, at_ms) VALUES (?, ?, ?, ?) "
                + "ON CONFLICT (\(scope.point)) DO UPDATE SET out_of_order = excluded.out_of_order, at_ms = excluded.at_ms",
            [.text(site), .text(cp.text), .bool(availability), .integer(at.milliseconds)])
    }

    public func removeAvailability(for cp: ChargePointID) throws(DatabaseError) {
        try database.execute("DELETE FROM wishes WHERE cp = ?\(scope.and)", [.text(cp.text)])
    }

    public func openSessions() throws(DatabaseError) -> [LedgerSession] { try database.sessions("WHERE closed_ms IS NULL\(scope.and) ORDER BY id") }

    public func sessionsAwaitingRecord() throws(DatabaseError) -> [LedgerSession] {
        try database.sessions("WHERE closed_ms IS NOT NULL AND is_complete = 0 AND contradiction IS NULL\(scope.and) ORDER BY id")
    }

    public func availabilities() throws(DatabaseError) -> [ChargePointID: Bool] {
        var availabilities: [ChargePointID: Bool] = [:]
        let rows = try database.rows("SELECT cp, out_of_order FROM wishes WHERE 1 = 1\(scope.and)") { row throws(DatabaseError) in
            (cp: try row.id(0) as ChargePointID, availability: row.bool(1))
        }
        for row in rows { availabilities[row.cp] = row.availability }
        return availabilities
    }

    public func decisions(in times: ClosedRange<WallTime>) throws(DatabaseError) -> [Decision] {
        try decisions("WHERE at_ms BETWEEN ? AND ?\(scope.and) ORDER BY number", times.values)
    }

    public func sessionsClosed(in times: ClosedRange<WallTime>) throws(DatabaseError) -> [LedgerSession] {
        try database.sessions("WHERE closed_ms BETWEEN ? AND ?\(scope.and) ORDER BY driver, closing_order", times.values)
    }

    public func driversWithTicketsChanged(in times: ClosedRange<WallTime>) throws(DatabaseError) -> [DriverID] {
        try database.rows(
            "SELECT DISTINCT driver FROM sessions WHERE ticket_changed_ms BETWEEN ? AND ?\(scope.and) ORDER BY driver", times.values
        ) { row throws(DatabaseError) in try row.id(0) }
    }

    private func decisions(_ condition: String, _ values: [Value]) throws(DatabaseError) -> [Decision] {
        try database.rows("SELECT \(Decision.columns) FROM decisions \(condition)", values) { row throws(DatabaseError) in
            try Decision.make(row: row) { id throws(DatabaseError) in try self.sessionOfAnySite(id) }
        }
    }

    public func log(_ entry: AuditEntry) throws(DatabaseError) {
        try database.execute(
            "INSERT INTO audit_log (site, \(AuditEntry.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(site), .integer(entry.at.milliseconds), .text(entry.what.rawValue), .optional(entry.cp?.text), .optional(entry.driver?.text),
                .optional(entry.session?.text), .optional(entry.request?.text), .optional(entry.energy?.wattHours), .optional(entry.why),
            ])
    }
}

extension ClosedRange<WallTime> {
    /// The two values of a BETWEEN.
    fileprivate var values: [Value] { [.integer(lowerBound.milliseconds), .integer(upperBound.milliseconds)] }
}
