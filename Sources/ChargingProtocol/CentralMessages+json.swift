internal import ChargingModel
internal import JSON

extension CentralStatus {
    init(_ fields: Fields) throws(Rejection) {
        let online = try fields.bool("online")
        if online {
            self.init(
                epoch: try fields.epoch(), online: true, software: try fields.text("software"),
                protocolVersion: Int(try fields.count("protocol", from: 1)), reason: try fields.textIfPresent("reason"))
            _ = try fields.time("ts")
        } else {
            self.init(epoch: try fields.epoch(), online: false, reason: try fields.text("reason"))
            _ = try fields.timeIfPresent("ts")
        }
    }

    func write(_ json: inout JSONWriter) {
        json.integer("epoch", epoch)
        json.bool("online", online)
        if let protocolVersion { json.integer("protocol", protocolVersion) }
        if let software { json.string("software", software) }
        if let reason { json.string("reason", reason) }
    }
}

extension Fence {
    init(_ fields: Fields) throws(Rejection) { self.init(epoch: try fields.epoch(), number: UInt64(try fields.count("number"))) }

    func write(_ json: inout JSONWriter) {
        json.integer("epoch", epoch)
        json.integer("number", number)
    }
}

extension VerdictReport {
    init(_ fields: Fields, _ cp: ChargePointID) throws(Rejection) {
        try fields.require("cp", cp)
        self.init(
            epoch: try fields.epoch(), cp: cp, verdict: try fields.word("state"), available: try fields.bool("available"),
            why: try fields.text("why"),
            session: try fields.idIfPresent("session"), driver: try fields.idIfPresent("driver"), breaker: try fields.word("breaker"),
            power: try fields.powerIfPresent(), price: try fields.priceIfPresent(), engineEpoch: try fields.epochIfPresent("engine_epoch"),
            monitorEpoch: try fields.epochIfPresent("monitor_epoch"))
        _ = try fields.time("ts")
    }

    func write(_ json: inout JSONWriter) {
        json.integer("epoch", epoch)
        json.id("cp", cp)
        json.string("state", verdict.rawValue)
        json.bool("available", available)
        json.string("why", why)
        json.id("session", ifPresent: session)
        json.id("driver", ifPresent: driver)
        json.string("breaker", breaker.rawValue)
        if let power { json.power(power) }
        if let price { json.price(price) }
        if let engineEpoch { json.integer("engine_epoch", engineEpoch) }
        if let monitorEpoch { json.integer("monitor_epoch", monitorEpoch) }
    }
}
