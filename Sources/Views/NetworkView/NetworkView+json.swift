public import ChargingModel
public import JSON

extension DriverView {
    public func write(_ json: inout JSONWriter, open: [SessionID]) {
        json.id("driver", driver)
        json.array("open_sessions") { array in for session in open { array.string(nil, session.text) } }
        json.integer("requests", requests)
        json.integer("denied", denied)
        json.string("last_status", ifPresent: last?.status)
        json.id("last_cp", last?.cp)
        json.string("last_reason", ifPresent: last?.reason)
        json.time("last_at", last?.at)
        json.array("tickets") { array in for ticket in tickets { array.object { ticket.write(&$0) } } }
    }
}

extension Ticket {
    public func write(_ json: inout JSONWriter) {
        json.id("session", session)
        json.id("cp", cp)
        json.string("status", outcome.rawValue)
        json.string("end_reason", endReason.rawValue)
        json.energy("energy_kwh", energy)
        json.money("cost_eur", cost)
        json.price("price_eur_per_kwh", price)
        json.bool("complete", complete)
        json.time("started", started)
        json.time("ended", ended)
    }
}

extension LogEntry {
    public func write(_ json: inout JSONWriter) {
        json.integer("number", number)
        json.time("ts", at)
        json.string("kind", kind.rawValue)
        json.string("level", level.rawValue)
        json.id("cp", cp)
        json.id("driver", driver)
        json.id("session", session)
        json.string("text", text)
    }
}

extension Totals {
    public func write(_ json: inout JSONWriter) {
        json.integer("points", points)
        json.object("by_state") { object in for verdict in Verdict.allCases { object.integer(verdict.rawValue, self[verdict]) } }
        json.integer("available", available)
        json.integer("breakers_open", openBreakers)
        json.power("power_kw", power)
        json.power("rated_kw", rated)
        json.integer("open_sessions", openSessions)
        json.energy("open_energy_kwh", energy)
        json.money("open_cost_eur", cost)
    }
}

extension CentralView {
    public func write(_ json: inout JSONWriter) {
        json.bool("online", isOnline)
        if case .offline(let reason) = presence { json.string("reason", reason) } else { json.null("reason") }
        json.string("software", ifPresent: software)
        json.time("since", since)
    }
}

extension BusView {
    public func write(_ json: inout JSONWriter) {
        json.bool("connected", isConnected)
        json.string("reason", ifPresent: reason)
        json.time("since", since)
    }
}
