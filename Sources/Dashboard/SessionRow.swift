internal import ChargingModel
internal import JSON
internal import Ledger
internal import NetworkView

extension LedgerSession {
    /// The members of a session's row, as the ledger knows them.
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
    }

    private var elapsedSeconds: Int64 {
        guard let started, let ended else { return 0 }
        return max(0, (ended.milliseconds - started.milliseconds) / 1000)
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
