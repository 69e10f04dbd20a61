internal import ChargingModel

// Whom of the stations the view believes: the same rule as Central's (S3).
extension NetworkView {
    /// Whether a session is at a point, by what Central says, or while it says nothing, by what the point says of itself.
    func isHere(_ session: SessionID, _ cp: ChargePointID) -> Bool {
        if let known = (sessions[session] ?? closed[session])?.cp { return known == cp }
        guard let point = points[cp] else { return true }
        if central.isOnline, let verdict = point.verdict { return verdict.session == session }
        guard let state = point.engine.state else { return true }
        return state.state == .supplying && state.session == session
    }

    /// A reading as it is believed, with the cost that the session's price makes; `nil` when it counts for nothing.
    mutating func believed(_ telemetry: Telemetry, at now: Now) -> Telemetry? {
        let id = telemetry.session
        guard isHere(id, telemetry.cp) else { return nil }
        let info = points[telemetry.cp]?.info
        let session = sessions[id] ?? closed[id]
        var belief = session?.belief ?? ReadingBelief(cp: telemetry.cp)
        belief.driver = session?.driver
        belief.meter = info?.meter
        belief.rating = info?.power
        guard belief.doubt(telemetry, at: now.monotonic) == nil else { return nil }
        sessions[id]?.belief = belief
        var telemetry = telemetry
        if let price = session?.price ?? info?.price { telemetry.cost = price.cost(of: telemetry.energy) }
        return telemetry
    }

    /// Whether a record says something of a session that goes on at its point, and nothing impossible.
    func isBelievable(_ record: SessionRecord, from cp: ChargePointID, at now: Now) -> Bool {
        guard let session = sessions[record.session], session.cp == cp else { return false }
        guard let info = points[cp]?.info else { return true }
        let time = session.belief?.began.map { now.monotonic - $0 } ?? record.span
        return record.meter == info.meter && record.energy <= info.power.mostEnergy(over: time)
    }
}
