internal import ChargingModel
internal import JSON
internal import Ledger
internal import NetworkView

extension LedgerSession {
    /// Writes the members of a session's row, as the ledger knows them.
    func write(_ json: inout JSONWriter) {
        json.id("session", id)
        json.id("cp", assignment.cp)
        json.id("driver", driver)
        json.id("request", request)
        json.string("status", closing?.reason.outcome.rawValue ?? "OPEN")
        json.string("phase", isOpen ? (isConfirmed ? "charging" : "starting") : "closed")
        json.string("reason", ifPresent: closing?.reason.rawValue)
        json.power("power_kw", Power(watts: 0))
        json.energy("energy_kwh", energy)
        json.money("cost_eur", cost)
        json.price("price_eur_per_kwh", assignment.price)
        json.integer("elapsed_s", elapsedSeconds)
        json.bool("complete", isComplete)
        json.time("since", accepted)
        json.time("started", started)
        json.time("ended", ended ?? closing?.at)
        json.string("contradiction", ifPresent: contradiction)
        json.string("origin", provenance.origin.rawValue)
        json.string("clock", provenance.clock.rawValue)
        json.string("station_reason", ifPresent: stationReason?.text)
    }

    private var elapsedSeconds: Int64 {
        guard let started, let ended else { return 0 }
        return max(0, ended.since(started).components.seconds)
    }
}

extension StrayRecord {
    /// Writes the members of a record that was put aside (S6).
    /// - Parameter namesWho: true to tell who decided on it, which concerns nobody who has not signed in.
    func write(_ json: inout JSONWriter, namesWho: Bool) {
        json.id("session", record.session)
        json.id("meter", record.meter)
        json.id("cp", cp)
        json.string("kind", kind.rawValue)
        json.integer("meter_start_wh", record.startRegister.wattHours)
        json.integer("meter_end_wh", record.endRegister.wattHours)
        json.energy("energy_kwh", record.energy)
        json.string("end_reason", record.endReason.rawValue)
        json.string("station_reason", ifPresent: record.stationReason?.text)
        json.time("started", record.started)
        json.time("ended", record.ended)
        json.time("ts", at)
        json.string("decision", ifPresent: judgement?.choice.rawValue)
        json.string("decided_by", ifPresent: judgement.map { namesWho ? $0.operatorName : "the operator" })
        json.time("decided", judgement?.at)
    }
}

extension Fault {
    func write(_ json: inout JSONWriter) {
        json.time("ts", began)
        json.time("until", ended)
        json.string("kind", verdict.rawValue)
        json.string("reason", why)
    }
}
