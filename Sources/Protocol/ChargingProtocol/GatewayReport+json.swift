internal import ChargingModel
internal import JSON

extension GatewayReport {
    init(_ fields: NamedFields, _ gateway: GatewayID) throws(Rejection) {
        try fields.require("gateway", gateway)
        let online = try fields.bool("online")
        self.init(
            epoch: try fields.epoch(), gateway: gateway, online: online,
            reason: online ? try fields.textIfPresent("reason") : try fields.text("reason"), software: try fields.textIfPresent("software"))
        guard online else { return }
        address = try fields.textIfPresent("address")
        known = Int(try fields.count("stations"))
        connected = Int(try fields.count("connected"))
        refusals = Refusals(
            malformed: UInt64(try fields.count("refused_400")), unauthorized: UInt64(try fields.count("refused_401")),
            forbidden: UInt64(try fields.count("refused_403")), unknown: UInt64(try fields.count("refused_404")))
        wantsIn = try fields.readable("wants_in", most: GatewayReport.mostStrangers) { (one) throws(Rejection) in try Stranger(one) }
        _ = try fields.time("ts")
    }

    func write(_ json: inout JSONWriter) {
        json.integer("epoch", epoch)
        json.string("gateway", gateway.text)
        json.bool("online", online)
        if let reason { json.string("reason", reason.bounded()) }
        if let software { json.string("software", software.bounded()) }
        guard online else { return }
        if let address { json.string("address", address.bounded()) }
        json.integer("stations", known)
        json.integer("connected", connected)
        json.integer("refused_400", GatewayReport.bounded(refusals.malformed))
        json.integer("refused_401", GatewayReport.bounded(refusals.unauthorized))
        json.integer("refused_403", GatewayReport.bounded(refusals.forbidden))
        json.integer("refused_404", GatewayReport.bounded(refusals.unknown))
        json.array("wants_in") { array in for one in wantsIn { array.object { one.write(&$0) } } }
    }

    fileprivate static func bounded(_ count: UInt64) -> UInt64 { min(count, (1 << 53) - 1) }
}

extension GatewayReport.Stranger {
    init(_ fields: NamedFields) throws(Rejection) {
        self.init(
            name: try fields.text("station", to: Self.textLimit), address: try fields.text("address", to: Self.textLimit),
            status: Int(try fields.number("status", 100...599)), why: try fields.text("why", to: Self.whyLimit), at: try fields.time("at"),
            times: UInt64(try fields.numberIfPresent("times", 1...((1 << 53) - 1)) ?? 1))
    }

    func write(_ json: inout JSONWriter) {
        json.string("station", name)
        json.string("address", address)
        json.integer("status", status)
        json.string("why", why)
        json.string("at", at.text)
        json.integer("times", GatewayReport.bounded(times))
    }
}
