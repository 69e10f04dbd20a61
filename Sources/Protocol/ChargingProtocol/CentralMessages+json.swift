internal import ChargingModel
internal import JSON

extension CentralStatus {
    init<F: Fields & ~Copyable>(_ fields: borrowing F) throws(F.Failure) {
        let online = try fields.bool(.online)
        if online {
            self.init(
                epoch: try fields.epoch(), online: true, software: try fields.text(.software),
                protocolVersion: Int(try fields.count(.protocolVersion, from: 1)), reason: try fields.textIfPresent(.reason))
            _ = try fields.time(.ts)
        } else {
            self.init(epoch: try fields.epoch(), online: false, reason: try fields.text(.reason))
            _ = try fields.timeIfPresent(.ts)
        }
    }

    func write(_ json: inout JSONOutput) {
        json.integer(.epoch, epoch)
        json.bool(.online, online)
        if let protocolVersion { json.integer(.protocolVersion, Int64(protocolVersion)) }
        if let software { json.text(.software, software) }
        if let reason { json.text(.reason, reason) }
    }
}

extension Fence {
    init<F: Fields & ~Copyable>(_ fields: borrowing F) throws(F.Failure) {
        self.init(epoch: try fields.epoch(), number: UInt64(try fields.count(.number)))
    }

    func write(_ json: inout JSONOutput) {
        json.integer(.epoch, epoch)
        json.integer(.number, number)
    }
}

extension VerdictReport {
    init<F: Fields & ~Copyable>(_ fields: borrowing F, _ cp: ChargePointID) throws(F.Failure) {
        try fields.require(.cp, cp)
        self.init(
            epoch: try fields.epoch(), cp: cp, verdict: try fields.word(.state), available: try fields.bool(.available),
            why: try fields.text(.why),
            session: try fields.idIfPresent(.session), driver: try fields.idIfPresent(.driver), breaker: try fields.word(.breaker),
            power: try fields.powerIfPresent(), price: try fields.priceIfPresent(), engineEpoch: try fields.epochIfPresent(.engineEpoch),
            monitorEpoch: try fields.epochIfPresent(.monitorEpoch))
        _ = try fields.time(.ts)
    }

    func write(_ json: inout JSONOutput) {
        json.integer(.epoch, epoch)
        json.id(.cp, cp)
        json.string(.state, verdict.rawValue)
        json.bool(.available, available)
        json.text(.why, why)
        json.id(.session, ifPresent: session)
        json.id(.driver, ifPresent: driver)
        json.string(.breaker, breaker.rawValue)
        if let power { json.power(power) }
        if let price { json.price(price) }
        if let engineEpoch { json.integer(.engineEpoch, engineEpoch) }
        if let monitorEpoch { json.integer(.monitorEpoch, monitorEpoch) }
    }
}
