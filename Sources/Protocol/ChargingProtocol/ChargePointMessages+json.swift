internal import ChargingModel
internal import JSON

extension ChargePointInfo {
    init<F: Fields & ~Copyable>(_ fields: borrowing F, _ cp: ChargePointID) throws(F.Failure) {
        try fields.require(.cp, cp)
        self.init(
            epoch: try fields.epoch(), cp: cp, power: try fields.power(), price: try fields.price(), kind: try fields.text(.kind),
            meter: try fields.id(.meter), software: try fields.text(.software), protocolVersion: Int(try fields.count(.protocolVersion, from: 1)))
        _ = try fields.time(.ts)
    }

    func write(_ json: inout JSONOutput) {
        json.integer(.epoch, epoch)
        json.id(.cp, cp)
        json.power(power)
        json.price(price)
        json.text(.kind, kind)
        json.id(.meter, meter)
        json.text(.software, software)
        json.integer(.protocolVersion, Int64(protocolVersion))
    }
}

extension StateReport {
    /// Reads a state. One with a `seq` is a publication, and needs the rest; one without must be a will (P6, P7).
    init<F: Fields & ~Copyable>(_ fields: borrowing F, _ cp: ChargePointID) throws(F.Failure) {
        try fields.require(.cp, cp)
        let state: LifecycleState = try fields.word(.state)
        guard fields.has(.seq) || state != .disconnected else {
            self.init(epoch: try fields.epoch(), seq: nil, cp: cp, state: state, reason: try fields.text(.reason))
            return
        }
        self.init(
            epoch: try fields.epoch(), seq: try fields.seq(), cp: cp, state: state,
            session: state == .supplying ? try fields.id(.session) : try fields.idIfPresent(.session),
            driver: state == .supplying ? try fields.id(.driver) : try fields.idIfPresent(.driver), meter: try fields.id(.meter),
            register: try fields.register(.register), phase: try fields.shown { () throws(F.Failure) in try fields.wordIfPresent(.phase) },
            reason: try fields.text(.reason))
        _ = try fields.time(.ts)
    }

    func write(_ json: inout JSONOutput) {
        json.integer(.epoch, epoch)
        if let seq { json.integer(.seq, seq) }
        json.id(.cp, cp)
        json.string(.state, state.rawValue)
        json.id(.session, ifPresent: session)
        json.id(.driver, ifPresent: driver)
        json.id(.meter, ifPresent: meter)
        if let register { json.register(.register, register) }
        if let phase { json.string(.phase, phase.rawValue) }
        json.text(.reason, reason)
    }
}

extension Telemetry {
    init<F: Fields & ~Copyable>(_ fields: borrowing F, _ cp: ChargePointID) throws(F.Failure) {
        try fields.require(.cp, cp)
        self.init(
            epoch: try fields.epoch(), seq: try fields.seq(), cp: cp, session: try fields.id(.session), driver: try fields.id(.driver),
            meter: try fields.idIfPresent(.meter), power: try fields.power(), energy: try fields.energy(), register: try fields.register(.register),
            cost: try fields.money(),
            elapsedSeconds: try fields.elapsed(), measured: try fields.measured())
        _ = try fields.time(.ts)
    }

    func write(_ json: inout JSONOutput) {
        json.integer(.epoch, epoch)
        json.integer(.seq, seq)
        json.id(.cp, cp)
        json.id(.session, session)
        json.id(.driver, driver)
        json.id(.meter, ifPresent: meter)
        json.power(power)
        json.energy(energy)
        json.register(.register, register)
        json.money(cost)
        json.integer(.elapsed, elapsedSeconds)
        json.measured(measured)
    }
}

extension HealthReport {
    init<F: Fields & ~Copyable>(_ fields: borrowing F, _ cp: ChargePointID) throws(F.Failure) {
        try fields.require(.cp, cp)
        let health: Health = try fields.word(.health)
        let failures = health == .unmonitored ? try fields.countIfPresent(.failures) : try fields.count(.failures)
        self.init(
            epoch: try fields.epoch(), cp: cp, health: health, failures: failures.map { Int($0) }, reason: try fields.text(.reason))
        // Only the will has no time, and only UNMONITORED is a will.
        if health == .unmonitored { _ = try fields.timeIfPresent(.ts) } else { _ = try fields.time(.ts) }
    }

    func write(_ json: inout JSONOutput) {
        json.integer(.epoch, epoch)
        json.id(.cp, cp)
        json.string(.health, health.rawValue)
        if let failures { json.integer(.failures, Int64(failures)) }
        json.text(.reason, reason)
    }
}
