internal import ChargingModel
public import JSON

extension SessionView {
    public func write(_ json: inout JSONWriter) {
        json.id("session", session)
        json.id("cp", cp)
        json.id("driver", driver)
        json.id("request", request)
        json.string("status", status)
        json.string("phase", phaseName)
        json.string("reason", ifPresent: reason)
        json.power("power_kw", power)
        json.energy("energy_kwh", energy)
        json.money("cost_eur", cost)
        json.price("price_eur_per_kwh", price)
        json.integer("elapsed_s", elapsedSeconds)
        json.bool("complete", isComplete)
        json.time("since", since)
        json.time("started", started)
        json.time("ended", ended)
    }

    /// The status: OPEN, COMPLETED or FAILED.
    public var status: String { if case .closed(let outcome, _, _) = phase { outcome.rawValue } else { "OPEN" } }

    public var phaseName: String {
        switch phase {
        case .starting: "starting"
        case .charging: "charging"
        case .noContact: "no contact"
        case .settling: "settling"
        case .closed: "closed"
        }
    }

    public var reason: String? {
        switch phase {
        case .noContact(let reason): reason
        case .closed(_, let reason, _): reason ?? endReason?.rawValue
        case .starting, .charging, .settling: nil
        }
    }

    public var isComplete: Bool { if case .closed(_, _, true) = phase { true } else { false } }
}
