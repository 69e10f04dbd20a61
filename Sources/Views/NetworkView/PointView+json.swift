internal import ChargingModel
public import JSON

extension PointView {
    /// Writes a row of the table of points: the same members in every row, `null` where there is nothing.
    public func write(_ json: inout JSONWriter, _ central: CentralView) {
        let (verdict, why) = shown(central)
        let believed = central.isOnline ? self.verdict : nil
        json.id("cp", cp)
        json.string("state", verdict.rawValue)
        json.bool("available", believed?.available ?? false)
        json.string("why", why)
        json.bool("out_of_order", isOutOfOrder)
        json.string("breaker", ifPresent: believed?.breaker.rawValue)
        json.string("kind", ifPresent: info?.kind)
        json.power("rated_kw", info?.power)
        json.price("price_eur_per_kwh", info?.price)
        json.power("power_kw", power(central))
        json.id("driver", driver(central))
        json.id("session", session(central))
        json.energy("energy_kwh", telemetry?.energy)
        json.money("cost_eur", telemetry?.cost)
        json.integer("elapsed_s", ifPresent: telemetry?.elapsedSeconds)
        json.integer("meter_wh", ifPresent: register?.wattHours)
        json.string("engine", ifPresent: engine.state?.state.rawValue)
        json.string("phase", ifPresent: engine.state?.phase?.rawValue)
        json.string("health", ifPresent: monitor.health?.health.rawValue)
        json.time("since", since)
    }

    /// Writes the members that only the point's own page shows.
    public func writeDetails(_ json: inout JSONWriter) {
        json.string("meter", ifPresent: info?.meter.text)
        json.string("software", ifPresent: info?.software)
        json.string("engine_reason", ifPresent: engine.state?.reason)
        json.string("health_reason", ifPresent: monitor.health?.reason)
        json.integer("health_failures", ifPresent: monitor.health?.failures)
        json.integer("engine_epoch", ifPresent: engine.epoch == 0 ? nil : engine.epoch)
        json.integer("monitor_epoch", ifPresent: monitor.epoch == 0 ? nil : monitor.epoch)
        json.integer("readings_lost", readingsLost)
        if let telemetry { json.measured(telemetry.measured) }
        writeCurve(&json)
    }

    /// Writes the curve: `[[milliseconds since 1970, kilowatts], …]`.
    public func writeCurve(_ json: inout JSONWriter) {
        json.array("curve") { array in
            for sample in curve {
                array.array { pair in
                    pair.integer(nil, sample.at.milliseconds)
                    pair.power(nil, sample.power)
                }
            }
        }
    }

    /// Writes the last reading by itself; nothing when no session goes on.
    public func writeTelemetry(_ json: inout JSONWriter) {
        guard let telemetry else { return }
        json.id("cp", cp)
        json.id("session", telemetry.session)
        json.id("driver", telemetry.driver)
        json.power("power_kw", telemetry.power)
        json.energy("energy_kwh", telemetry.energy)
        json.money("cost_eur", telemetry.cost)
        json.integer("elapsed_s", telemetry.elapsedSeconds)
        json.integer("meter_wh", telemetry.register.wattHours)
        json.measured(telemetry.measured)
        json.time("ts", curve.last?.at)
    }
}
