internal import ChargingModel
internal import Ledger
internal import SQL

/// The error for a text in a column that should not be there: somebody else wrote to the ledger.
private func damaged(_ column: String, _ text: String) -> DatabaseError {
    DatabaseError(kind: .corrupt, "the ledger has \(column) '\(text)', which is none")
}

extension Row {
    func id<Kind>(_ column: Int32) throws(DatabaseError) -> Identifier<Kind> {
        let text = text(column)
        guard let id = Identifier<Kind>(text) else { throw damaged("an id", text) }
        return id
    }

    func optionalID<Kind>(_ column: Int32) throws(DatabaseError) -> Identifier<Kind>? { isNull(column) ? nil : try id(column) }

    func choice<Choice: RawRepresentable>(_ column: Int32) throws(DatabaseError) -> Choice where Choice.RawValue == String {
        let text = text(column)
        guard let choice = Choice(rawValue: text) else { throw damaged("a \(Choice.self)", text) }
        return choice
    }

    func time(_ column: Int32) -> WallTime { WallTime(milliseconds: integer(column)) }
    func optionalTime(_ column: Int32) -> WallTime? { isNull(column) ? nil : time(column) }
    func energy(_ column: Int32) -> Energy { Energy(wattHours: integer(column)) }
    func optionalEnergy(_ column: Int32) -> Energy? { isNull(column) ? nil : energy(column) }
}

extension Database {
    /// Reads sessions.
    /// - Parameter condition: from WHERE on.
    func sessions(_ condition: String, _ values: [Value] = []) throws(DatabaseError) -> [LedgerSession] {
        try rows("SELECT \(LedgerSession.columns) FROM sessions \(condition)", values) { row throws(DatabaseError) in try LedgerSession(row: row) }
    }
}

extension LedgerSession {
    /// The columns, in the order of `init(row:)`.
    static let columns = """
        id, driver, request, cp, meter, power_w, price_micro_eur_per_kwh, energy_target_wh, duration_ms, accepted_ms, is_confirmed, energy_wh,
        start_wh, register_wh, started_ms, ended_ms, closed_ms, end_reason, is_complete, contradiction, record_cost_micro_eur, readings,
        readings_lost, is_stop_asked, record_meter, origin, token, clock, slot, station_reason
        """

    /// The beginning of a request that can be none (P1), before the id of a session that has no request.
    private static let withoutRequest = "offline:"

    init(row: Row) throws(DatabaseError) {
        let assignment = Assignment(
            session: try row.id(0), cp: try row.id(3), power: Power(watts: row.integer(5)), price: Price(microEuroPerKilowattHour: row.integer(6)),
            meter: try row.id(4), energyTarget: row.optionalEnergy(7), duration: row.optionalInteger(8).map { .milliseconds($0) })
        let request: RequestID? = row.text(2).hasPrefix(LedgerSession.withoutRequest) ? nil : try row.id(2)
        self.init(driver: try row.id(1), request: request, assignment: assignment, accepted: row.time(9))
        isConfirmed = row.bool(10)
        energy = row.energy(11)
        startRegister = row.optionalEnergy(12)
        register = row.optionalEnergy(13)
        started = row.optionalTime(14)
        ended = row.optionalTime(15)
        if !row.isNull(16) { closing = Closing(reason: try row.choice(17), at: row.time(16)) }
        isComplete = row.bool(18)
        contradiction = row.optionalText(19)?.bounded()
        recordCost = row.optionalInteger(20).map { Money(microEuro: $0) }
        readings = row.integer(21)
        readingsLost = row.integer(22)
        isStopAsked = row.bool(23)
        recordMeter = try row.optionalID(24)
        provenance = Provenance(origin: try row.choice(25), token: try row.optionalID(26), clock: try row.choice(27))
        slot = row.optionalInteger(28).map { Int($0) }
        stationReason = row.optionalText(29).flatMap { StationWord($0) }
    }

    /// The values, in the order of `columns`.
    var values: [Value] {
        [
            .text(id.text), .text(driver.text), .text(request?.text ?? LedgerSession.withoutRequest + id.text), .text(assignment.cp.text),
            .text(assignment.meter.text),
            .integer(assignment.power.watts), .integer(assignment.price.microEuroPerKilowattHour), .optional(assignment.energyTarget?.wattHours),
            .optional(assignment.duration?.milliseconds), .integer(accepted.milliseconds), .bool(isConfirmed), .integer(energy.wattHours),
            .optional(startRegister?.wattHours), .optional(register?.wattHours), .optional(started?.milliseconds), .optional(ended?.milliseconds),
            .optional(closing?.at.milliseconds), .optional(closing?.reason.rawValue), .bool(isComplete), .optional(contradiction),
            .optional(recordCost?.microEuro), .integer(readings), .integer(readingsLost), .bool(isStopAsked), .optional(recordMeter?.text),
            .text(provenance.origin.rawValue), .optional(provenance.token?.text), .text(provenance.clock.rawValue), .optional(slot.map(Int64.init)),
            .optional(stationReason?.text),
        ]
    }
}

extension Decision {
    /// The columns, in the order of `make`; the second query brings the session that was promised.
    static let columns = "driver, request, cp, session, code, reason, verdict, at_ms, origin, token"

    static func make(row: Row, session: (SessionID) throws(DatabaseError) -> LedgerSession?) throws(DatabaseError) -> Decision {
        let ruling: Ruling
        if let id: SessionID = try row.optionalID(3) {
            guard let held = try session(id) else { throw damaged("a session", id.text) }
            ruling = .accepted(held.assignment)
        } else {
            ruling = .denied(try row.choice(4), reason: row.text(5).bounded())
        }
        return Decision(
            driver: try row.id(0), request: try row.id(1), cp: try row.optionalID(2), ruling: ruling,
            verdict: row.isNull(6) ? nil : try row.choice(6), at: row.time(7),
            provenance: Provenance(origin: try row.choice(8), token: try row.optionalID(9)))
    }
}

extension MeterOpening {
    /// The columns, in the order of `init(row:)`.
    static let columns = "meter, records, from_wh, to_wh, energy_wh"

    init(row: Row) throws(DatabaseError) {
        self.init(meter: try row.id(0), records: row.integer(1), from: row.energy(2), to: row.energy(3), energy: row.energy(4))
    }
}

extension AuditEntry {
    /// The columns, in the order of `init(row:)`.
    static let columns = "at_ms, what, cp, driver, session, request, energy_wh, why"

    init(row: Row) throws(DatabaseError) {
        self.init(
            at: row.time(0), try row.choice(1), cp: try row.optionalID(2), driver: try row.optionalID(3), session: try row.optionalID(4),
            request: try row.optionalID(5), energy: row.optionalEnergy(6), why: row.optionalText(7)?.bounded())
    }
}

extension StrayRecord.Key {
    static let condition = "session = ? AND meter = ? AND cp = ? AND start_wh = ? AND end_wh = ?"

    /// The values, in the order of `condition`.
    var values: [Value] { [.text(session.text), .text(meter.text), .text(cp.text), .integer(start.wattHours), .integer(end.wattHours)] }
}

extension StrayRecord {
    /// The columns, in the order of `init(row:)`.
    static let columns =
        "session, kind, cp, driver, meter, start_wh, end_wh, cost_micro_eur, started_ms, ended_ms, end_reason, at_ms, decision, "
        + "decided_by, decided_ms, origin, token, clock, station_reason"

    init(row: Row) throws(DatabaseError) {
        let record = SessionRecord(
            session: try row.id(0), driver: try row.optionalID(3), meter: try row.id(4), startRegister: row.energy(5), endRegister: row.energy(6),
            cost: Money(microEuro: row.integer(7)), started: row.optionalTime(8), ended: row.time(9), endReason: try row.choice(10),
            provenance: Provenance(origin: try row.choice(15), token: try row.optionalID(16), clock: try row.choice(17)),
            stationReason: row.optionalText(18).flatMap { StationWord($0) })
        self.init(kind: try row.choice(1), cp: try row.id(2), record: record, at: row.time(11))
        guard !row.isNull(12) else { return }
        judgement = Judgement(choice: try row.choice(12), operatorName: row.text(13).bounded(), at: row.time(14))
    }
}
