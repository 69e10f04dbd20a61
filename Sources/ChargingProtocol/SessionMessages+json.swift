internal import ChargingModel
internal import JSON

/// The words in `event` on `cp/{cp}/event`.
private enum EventName: String, CaseIterable {
    case sessionStarted = "SESSION_STARTED"
    case sessionEnded = "SESSION_ENDED"
    case commandRefused = "COMMAND_REFUSED"
}

extension ChargePointEvent {
    init(_ fields: Fields, _ cp: ChargePointID) throws(Rejection) {
        try fields.require("cp", cp)
        let kind: Kind =
            switch try fields.word("event") as EventName {
            case .sessionStarted: .sessionStarted(try SessionStart(fields))
            case .sessionEnded: .sessionEnded(try SessionRecord(fields))
            case .commandRefused: .commandRefused(try CommandRefusal(fields))
            }
        self.init(epoch: try fields.epoch(), cp: cp, kind: kind)
        _ = try fields.time("ts")
    }

    func write(_ json: inout JSONWriter) {
        json.integer("epoch", epoch)
        switch kind {
        case .sessionStarted(let start):
            json.string("event", EventName.sessionStarted.rawValue)
            json.id("cp", cp)
            start.write(&json)
        case .sessionEnded(let record):
            json.string("event", EventName.sessionEnded.rawValue)
            json.id("cp", cp)
            record.write(&json)
        case .commandRefused(let refusal):
            json.string("event", EventName.commandRefused.rawValue)
            json.id("cp", cp)
            refusal.write(&json)
        }
    }
}

extension SessionStart {
    fileprivate init(_ fields: Fields) throws(Rejection) {
        self.init(
            session: try fields.id("session"), driver: try fields.id("driver"), meter: try fields.id("meter"),
            startRegister: try fields.register("meter_start_wh"), started: try fields.time("started"))
    }

    fileprivate func write(_ json: inout JSONWriter) {
        json.id("session", session)
        json.id("driver", driver)
        json.id("meter", meter)
        json.register("meter_start_wh", startRegister)
        json.time("started", started)
    }
}

extension SessionRecord {
    /// A record must agree with itself: its energy is what the register moved (I3), which never goes down (P5).
    init(_ fields: Fields) throws(Rejection) {
        let reason: EndReason = try fields.word("end_reason")
        let started = reason == .neverStarted ? try fields.timeIfPresent("started") : try fields.time("started")
        self.init(
            session: try fields.id("session"), driver: reason == .neverStarted ? try fields.idIfPresent("driver") : try fields.id("driver"),
            meter: try fields.id("meter"), startRegister: try fields.register("meter_start_wh"), endRegister: try fields.register("meter_end_wh"),
            cost: try fields.money(), started: started, ended: try fields.time("ended"), endReason: reason)
        guard endRegister >= startRegister else {
            throw Rejection(
                .outOfRange, field: "meter_end_wh", found: "\(endRegister.wattHours)", expected: "at least meter_start_wh, \(startRegister.wattHours)"
            )
        }
        let told = try fields.energy()
        guard told == energy else {
            let moved = decimalText(energy.wattHours, decimals: 3, minimum: 3)
            throw Rejection(
                .outOfRange, field: "energy_kwh", found: decimalText(told.wattHours, decimals: 3, minimum: 3),
                expected: "what the register moved, \(moved)")
        }
    }

    func write(_ json: inout JSONWriter) {
        json.id("session", session)
        json.id("driver", orNull: driver)
        json.id("meter", meter)
        json.register("meter_start_wh", startRegister)
        json.register("meter_end_wh", endRegister)
        json.energy(energy)
        json.money(cost)
        json.time("started", orNull: started)
        json.time("ended", ended)
        json.string("end_reason", endReason.rawValue)
    }
}

extension CommandRefusal {
    fileprivate init(_ fields: Fields) throws(Rejection) {
        self.init(
            command: try fields.word("command"), id: try fields.id("id"), session: try fields.idIfPresent("session"),
            reason: try fields.text("reason"))
    }

    fileprivate func write(_ json: inout JSONWriter) {
        json.string("command", command.rawValue)
        json.id("id", id)
        json.id("session", ifPresent: session)
        json.string("reason", reason)
    }
}
