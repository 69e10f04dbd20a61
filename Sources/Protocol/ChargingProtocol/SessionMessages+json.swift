internal import ChargingModel
internal import JSON

/// The words in `event` on `cp/{cp}/event`.
private enum EventName: String, CaseIterable {
    case sessionStarted = "SESSION_STARTED"
    case sessionEnded = "SESSION_ENDED"
    case commandRefused = "COMMAND_REFUSED"
}

extension ChargePointEvent {
    init<F: Fields & ~Copyable>(_ fields: borrowing F, _ cp: ChargePointID) throws(F.Failure) {
        try fields.require(.cp, cp)
        let kind: Kind =
            switch try fields.word(.event) as EventName {
            case .sessionStarted: .sessionStarted(try SessionStart(fields))
            case .sessionEnded: .sessionEnded(try SessionRecord(fields))
            case .commandRefused: .commandRefused(try CommandRefusal(fields))
            }
        self.init(epoch: try fields.epoch(), cp: cp, kind: kind)
        _ = try fields.time(.ts)
    }

    func write(_ json: inout JSONOutput) {
        json.integer(.epoch, epoch)
        switch kind {
        case .sessionStarted(let start):
            json.string(.event, EventName.sessionStarted.rawValue)
            json.id(.cp, cp)
            start.write(&json)
        case .sessionEnded(let record):
            json.string(.event, EventName.sessionEnded.rawValue)
            json.id(.cp, cp)
            record.write(&json)
        case .commandRefused(let refusal):
            json.string(.event, EventName.commandRefused.rawValue)
            json.id(.cp, cp)
            refusal.write(&json)
        }
    }
}

extension SessionStart {
    fileprivate init<F: Fields & ~Copyable>(_ fields: borrowing F) throws(F.Failure) {
        self.init(
            session: try fields.id(.session), driver: try fields.id(.driver), meter: try fields.id(.meter),
            startRegister: try fields.register(.startRegister), started: try fields.time(.started), provenance: try fields.provenance())
    }

    fileprivate func write(_ json: inout JSONOutput) {
        json.id(.session, session)
        json.id(.driver, driver)
        json.id(.meter, meter)
        json.register(.startRegister, startRegister)
        json.time(.started, started)
        json.provenance(provenance)
    }
}

extension SessionRecord {
    /// Reads a record, which must agree with itself: its energy is what the register moved (I3), and that never goes down (P5).
    init<F: Fields & ~Copyable>(_ fields: borrowing F) throws(F.Failure) {
        let reason: EndReason = try fields.word(.endReason)
        let started = reason == .neverStarted ? try fields.timeIfPresent(.started) : try fields.time(.started)
        let provenance = try fields.provenance()
        let mayLackDriver = reason == .neverStarted || provenance.origin == .offline
        self.init(
            session: try fields.id(.session), driver: mayLackDriver ? try fields.idIfPresent(.driver) : try fields.id(.driver),
            meter: try fields.id(.meter), startRegister: try fields.register(.startRegister), endRegister: try fields.register(.endRegister),
            cost: try fields.money(), started: started, ended: try fields.time(.ended), endReason: reason, provenance: provenance,
            stationReason: try fields.stationReason())
        guard endRegister >= startRegister else {
            let (start, end) = (startRegister.wattHours, endRegister.wattHours)
            throw fields.contradiction(
                Rejection(.outOfRange, field: FieldName.endRegister.text, found: "\(end)", expected: "at least meter_start_wh, \(start)"))
        }
        let told = try fields.energy()
        guard told == energy else {
            let (moved, found) = (energy.wattHours, told.wattHours)
            throw fields.contradiction(
                Rejection(
                    .outOfRange, field: FieldName.energy.text, found: decimalText(found, decimals: 3, minimum: 3),
                    expected: "what the register moved, \(decimalText(moved, decimals: 3, minimum: 3))"))
        }
    }

    func write(_ json: inout JSONOutput) {
        json.id(.session, session)
        json.id(.driver, orNull: driver)
        json.id(.meter, meter)
        json.register(.startRegister, startRegister)
        json.register(.endRegister, endRegister)
        json.energy(energy)
        json.money(cost)
        json.time(.started, orNull: started)
        json.time(.ended, ended)
        json.string(.endReason, endReason.rawValue)
        if let stationReason { json.string(.stationReason, stationReason.text) }
        json.provenance(provenance)
    }
}

extension CommandRefusal {
    fileprivate init<F: Fields & ~Copyable>(_ fields: borrowing F) throws(F.Failure) {
        self.init(
            command: try fields.word(.command), id: try fields.id(.id), session: try fields.idIfPresent(.session),
            reason: try fields.text(.reason))
    }

    fileprivate func write(_ json: inout JSONOutput) {
        json.string(.command, command.rawValue)
        json.id(.id, id)
        json.id(.session, ifPresent: session)
        json.text(.reason, reason)
    }
}
