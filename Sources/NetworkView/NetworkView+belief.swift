internal import ChargingModel

// Whom of the stations the view believes: the same rule as Central's (S3).
extension NetworkView {
    /// Whether a session is at a point, by what Central says, or while it says nothing, by what the point says of itself. Of whom nothing is known nothing
    /// is believed.
    func isHere(_ session: SessionID, _ cp: ChargePointID) -> Bool {
        if let known = (sessions[session] ?? closed[session])?.cp { return known == cp }
        guard let point = points[cp] else { return false }
        if central.isOnline, let verdict = point.verdict { return verdict.session == session }
        guard point.info != nil, let state = point.engine.state else { return false }
        return state.state == .supplying && state.session == session
    }

    /// A reading as it is believed, with the cost that the session's price makes; `nil` when it counts for nothing.
    mutating func believed(_ telemetry: Telemetry, at now: Now) -> Telemetry? {
        let id = telemetry.session
        guard isHere(id, telemetry.cp) else { return nil }
        let info = points[telemetry.cp]?.info
        let session = sessions[id] ?? closed[id]
        var belief = session?.belief ?? ReadingBelief(cp: telemetry.cp, accepted: acceptance(of: id, at: now))
        belief.driver = session?.driver
        belief.meter = belief.meter ?? info?.meter
        belief.rating = belief.rating ?? info?.power
        guard belief.doubt(telemetry, at: now) == nil else { return nil }
        sessions[id]?.belief = belief
        var telemetry = telemetry
        if let price = session?.price ?? info?.price { telemetry.cost = price.cost(of: telemetry.energy) }
        return telemetry
    }

    /// When Central accepted a session that the view did not see accepted: Central's ids have its time in them. `nil` where that lies ahead of the own
    /// clock, which says that the two disagree.
    private func acceptance(of session: SessionID, at now: Now) -> Accepted? {
        guard let time = ULID.time(of: session), time <= now.wall else { return nil }
        return Accepted(monotonic: nil, wall: time)
    }

    /// Whether a record says something of a session that goes on at its point, and nothing impossible.
    func isBelievable(_ record: SessionRecord, from cp: ChargePointID, at now: Now) -> Bool {
        guard let session = sessions[record.session], session.cp == cp else { return false }
        let info = points[cp]?.info
        if let meter = session.belief?.meter ?? info?.meter, record.meter != meter { return false }
        guard let rating = session.belief?.rating ?? info?.power else { return true }
        let accepted = session.belief?.accepted ?? acceptance(of: record.session, at: now)
        return record.energy <= rating.mostEnergy(over: accepted?.age(at: now) ?? record.span)
    }
}
