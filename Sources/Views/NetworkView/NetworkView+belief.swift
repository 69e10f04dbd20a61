internal import ChargingModel

// Whom of the stations the view believes: the same rule as Central's (S3).
extension NetworkView {
    /// True for a session that is at a point, by what Central says, or while it says nothing, by what the point says of itself. Of a point of which
    /// nothing is known nothing is believed.
    func isHere(_ session: SessionID, _ cp: ChargePointID) -> Bool {
        if let known = (sessions[session] ?? closed[session])?.cp { return known == cp }
        guard let point = points[cp] else { return false }
        // Of a session that was begun offline Central says that somebody charges, and not which session it is.
        if central.isOnline, let verdict = point.verdict, verdict.session != nil || verdict.verdict != .supplying {
            return verdict.session == session
        }
        guard point.info != nil, let state = point.engine.state else { return false }
        return state.state == .supplying && state.session == session
    }

    /// The reading with the cost by the session's price, if it is believed (S3); `nil` when it counts for nothing.
    mutating func believed(_ telemetry: Telemetry, at now: Now) -> Telemetry? {
        let id = telemetry.session
        guard isHere(id, telemetry.cp) else { return nil }
        var belief = belief(of: id, at: telemetry.cp, now)
        guard belief.doubt(telemetry, at: now) == nil else { return nil }
        sessions[id]?.belief = belief
        var telemetry = telemetry
        if let price = (sessions[id] ?? closed[id])?.price ?? points[telemetry.cp]?.info?.price { telemetry.cost = price.cost(of: telemetry.energy) }
        return telemetry
    }

    /// The moment at which Central accepted a session that the view did not see accepted: Central's ids have its time in them. `nil` where that lies
    /// ahead of the own clock, which says that the two disagree.
    private func acceptance(of session: SessionID, at now: Now) -> Accepted? {
        guard let time = ULID.time(of: session), time <= now.wall else { return nil }
        return Accepted(monotonic: nil, wall: time)
    }

    /// True for a record of a session that goes on at its point, if it claims nothing impossible.
    func isBelievable(_ record: SessionRecord, from cp: ChargePointID, at now: Now) -> Bool {
        guard sessions[record.session]?.cp == cp else { return false }
        let belief = belief(of: record.session, at: cp, now)
        if let meter = belief.meter, record.meter != meter { return false }
        guard let rating = belief.rating else { return true }
        return record.energy <= rating.mostEnergy(over: belief.accepted?.age(at: now) ?? record.span)
    }

    /// The knowledge against which a session's claims are held: its own, and else its point's.
    private func belief(of id: SessionID, at cp: ChargePointID, _ now: Now) -> ReadingBelief {
        let session = sessions[id] ?? closed[id]
        let info = points[cp]?.info
        var belief = session?.belief ?? ReadingBelief(cp: cp, accepted: acceptance(of: id, at: now))
        belief.driver = session?.driver
        belief.meter = belief.meter ?? info?.meter
        belief.rating = belief.rating ?? info?.power
        return belief
    }
}
