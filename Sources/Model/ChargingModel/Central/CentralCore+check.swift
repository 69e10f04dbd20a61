extension CentralCore {
    /// A disagreement between the parts of its state, which is a bug of ours; `nil` when there is none. It costs a look at all that is open.
    public var disagreement: String? { disagreementOfSessions ?? disagreementOfOutbox ?? disagreementOfTimers ?? disagreementOfAvailable }

    private var disagreementOfSessions: String? {
        var perDriver: [DriverID: Int] = [:]
        var requests = 0
        for (id, session) in sessions {
            perDriver[session.driver, default: 0] += 1
            if session.assignment.session != id { return "session \(id) is kept for \(session.assignment.session)" }
            if openRequests[session.key] == id { requests += 1 } else { return "the request of session \(id) is not kept, or for another session" }
            if points[session.cp]?.session != id { return "session \(id) is open, and its point \(session.cp) does not know of it" }
        }
        if openRequests.count != requests { return "\(openRequests.count) open requests are kept, for \(requests) sessions" }
        if perDriver != openPerDriver { return "the open sessions of drivers are counted as \(openPerDriver.count) drivers', not \(perDriver.count)" }
        let atPoints = points.values.count { $0.session != nil }
        if atPoints != sessions.count { return "\(sessions.count) sessions are open, points know of \(atPoints)" }
        return nil
    }

    /// A session that is proposed or being closed has an operation on its way, or the ledger does not work and all is read again.
    private var disagreementOfOutbox: String? {
        guard ledger == .working else { return outbox.isIdle ? nil : "operations wait for a ledger that does not work" }
        let open = sessions.count { $0.value.phase != .open }
        let underWay = outbox.inFlight.count + outbox.waiting.count
        if open > underWay { return "\(open) sessions are being opened or closed, with \(underWay) operations on their way" }
        if outbox.inFlight.isEmpty, !outbox.waiting.isEmpty { return "operations wait, and none is in flight" }
        return nil
    }

    private var disagreementOfAvailable: String? {
        for point in points.values where isAvailable(point) && !available.contains(point.cp) {
            return "\(point.cp) is available, and nobody is sent there"
        }
        return nil
    }

    private var disagreementOfTimers: String? {
        for (id, session) in sessions {
            if case .running = session.wait, session.phase == .open, link != nil, !timers.isSet(.session(id)) {
                return "session \(id) waits without a timer"
            }
        }
        return nil
    }
}
