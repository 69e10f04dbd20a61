extension CentralCore {
    mutating func hear(_ request: DriverRequest, of driver: DriverID) {
        switch request {
        case .charge(let charge):
            hear(ReceivedRequest(charge, charge.id ?? RequestID(known: ULID.make(at: now.wall, using: &random)), of: driver))
        case .stop(let session): hear(stop: session, of: driver)
        case .malformed(let id, let reason): deny(driver, id, nil, .badRequest, reason)
        }
    }

    /// - Parameter isLookedUp: true after the list of those who are known was looked at for it.
    mutating func hear(_ request: ReceivedRequest, isLookedUp: Bool = false) {
        if let session = openRequests[request.key].flatMap({ sessions[$0] }) {
            // Decided already: said again once it is written, and not before (S2).
            guard session.phase != .proposed else { return }
            guard let cp = request.station else { return publishAccepted(request.driver, request.id, session.assignment) }
            return repeatStart(session, to: request, at: cp)
        }
        if outbox.holds(request.key) || !isLookedUp && holdForAccess(request) { return }
        let ruling = rule(on: request)
        if case .wait(let until) = ruling, hold(request, until: until) { return }
        if case .deny(let code, _, _) = ruling, code.isRecorded, !mayRecordDenial(of: request) {
            counters.denialsUnrecorded += 1
            return postpone(request, .tooManyRequests, "too many requests were denied: ask again in a while")
        }
        if case .deny(.unknownDriver, let reason, _) = ruling {
            if mayTellUnknown(request) { return postpone(request, .unknownDriver, reason) }
            counters.denialsUnrecorded += 1
            return deny(request, .tooManyRequests, "too many ask who are not known: ask again in a while")
        }
        actions.append(.notice(.requested(request.driver, request.id, request.cp)))
        switch ruling {
        case .accept(let point, let info): propose(request, point, info)
        case .wait: postpone(request, .centralStarting, "\(request.cp?.text ?? "every point that is available") has just connected")
        case .deny(let code, let reason, let verdict):
            guard code.isRecorded else { return postpone(request, code, reason) }
            decide(request, .denied(code, reason: reason.bounded()), verdict)
        }
    }

    private mutating func decide(_ request: ReceivedRequest, _ ruling: Decision.Ruling, _ verdict: Verdict?) {
        let decision = Decision(
            driver: request.driver, request: request.id, cp: request.cp, ruling: ruling, verdict: verdict, at: now.wall,
            provenance: request.provenance)
        write(.decide(decision, vehicles: vehicles(of: request.driver)), then: .decision(decision))
    }

    /// True for one that the network lists: it has an allowance of its own (P14).
    private func isListed(_ driver: DriverID) -> Bool { settings.vehicles[driver] != nil || access.list.drivers.lists(driver) }

    private func vehicles(of driver: DriverID) -> Int { settings.vehicles[driver] ?? settings.defaultVehicles }

    /// True when a denial is recorded. One that is not is no answer: the same id may be asked again, and is decided then (S2).
    private mutating func mayRecordDenial(of request: ReceivedRequest) -> Bool {
        let now = now.monotonic
        let (driver, cp) = (request.driver, request.cp)
        let isTaken =
            if let station = request.station {
                withAllowances(\.stationDenials, of: station) { [isListed = access.list.points.lists(station)] in
                    $0.takeStationDenial(isListed: isListed, at: &$1, now)
                }
            } else {
                withAllowances(\.denials, of: cp) { [isListed = isListed(driver)] in $0.takeDenial(of: driver, isListed: isListed, at: &$1, now) }
            }
        if isTaken { return true }
        if saidTooManyRequests.take(at: now) { actions.append(.notice(.tooManyRequests(driver, cp.flatMap { points[$0]?.cp }))) }
        return false
    }

    /// Gives back what was taken for a denial that was recorded before.
    mutating func giveBackDenial(_ decision: Decision) {
        guard let station = ReceivedRequest(decision).station else {
            let isListed = isListed(decision.driver)
            return withAllowances(\.denials, of: decision.cp) { $0.giveBackDenial(of: decision.driver, isListed: isListed, at: &$1) }
        }
        let isListed = access.list.points.lists(station)
        withAllowances(\.stationDenials, of: station) { $0.giveBackStationDenial(isListed: isListed, at: &$1) }
    }

    /// True while who is not known is told so. At a station it is the point's allowance: others' are not used up there.
    private mutating func mayTellUnknown(_ request: ReceivedRequest) -> Bool {
        guard let station = request.station else { return access.denials.take(at: now.monotonic) }
        return points[station]?.turnedAway.take(at: now.monotonic) ?? false
    }

    /// Changes the allowances for rows together with that of a point; with none for a point that nobody knows.
    @discardableResult
    mutating func withAllowances<Result>(
        _ own: WritableKeyPath<PointBelief, Allowance>, of cp: ChargePointID?, _ body: (inout RowAllowances, inout Allowance?) -> Result
    ) -> Result {
        var point = cp.flatMap { points[$0]?[keyPath: own] }
        defer { if let cp, let point { points[cp]?[keyPath: own] = point } }
        return body(&allowances, &point)
    }

    /// Keeps a request until its point is settled, if that is soon.
    /// - Returns: false when it is to be asked again.
    private mutating func hold(_ request: ReceivedRequest, until: Instant) -> Bool {
        guard until - now.monotonic <= Freshness.settlingTime, heldRequests.count < CentralCore.heldLimit else { return false }
        heldRequests.append(request)
        if !timers.isSet(.held) { timers.set(.held, at: until) }
        return true
    }

    /// Decides on the requests that were kept; those whose point is not settled yet are kept again.
    mutating func decideHeld() {
        let requests = heldRequests
        heldRequests = []
        for request in requests { hear(request) }
    }

    private enum Ruling {
        case accept(PointBelief, ChargePointInfo)
        /// Somebody may yet say at that time that it is not the point's engine or monitor who is believed.
        case wait(until: Instant)
        case deny(DenialCode, String, Verdict?)
    }

    /// The reason why nothing can be decided at present.
    var hindrance: (DenialCode, String)? {
        if isStopping { return (.centralStopping, "Central is stopping") }
        guard ledger == .working else { return (.ledgerUnavailable, "the ledger can't be written at the moment") }
        return link == nil ? (.centralStarting, "Central is starting") : nil
    }

    private mutating func rule(on request: ReceivedRequest) -> Ruling {
        let (charge, driver) = (request.charge, request.driver)
        if let (code, reason) = hindrance { return .deny(code, reason, nil) }
        if link?.isStarting == true, charge.cp.flatMap({ points[$0]?.isHeard }) != true { return .deny(.centralStarting, "Central is starting", nil) }
        guard access.list.drivers.admits(driver) else { return .deny(.unknownDriver, "\(driver) is not known in this network", nil) }
        let limit = vehicles(of: driver)
        let isDriverBusy = openPerDriver[driver, default: 0] >= limit
        guard let cp = charge.cp else {
            if isDriverBusy { return .deny(.driverBusy, busyReason(driver, limit), nil) }
            guard let point = fairestAvailable(), let info = point.info else { return .deny(.noneAvailable, "no charge point is available", nil) }
            return point.settledAt <= now.monotonic ? .accept(point, info) : .wait(until: point.settledAt)
        }
        guard let point = points[cp] else { return .deny(.unknownChargePoint, "\(cp) is not known here", nil) }
        let (verdict, why) = verdict(on: point)
        if isDriverBusy { return .deny(.driverBusy, busyReason(driver, limit), verdict) }
        switch verdict {
        case .activated: break
        case .assigned, .supplying: return .deny(.busy, "\(cp) is \(occupation(of: point, why))", verdict)
        case .stopped: return .deny(.stopped, "\(cp) is out of order", verdict)
        case .faulty: return .deny(.faulty, "\(cp) is faulty: \(why)", verdict)
        case .disconnected: return .deny(.disconnected, "\(cp) is not connected: \(why)", verdict)
        }
        guard point.breaker.admits, let info = point.info else {
            return .deny(.breakerOpen, "\(cp) has failed repeatedly and is being rested", verdict)
        }
        guard point.settledAt <= now.monotonic else { return .wait(until: point.settledAt) }
        return .accept(point, info)
    }

    private func busyReason(_ driver: DriverID, _ limit: Int) -> String {
        limit == 1 ? "\(driver) is charging already" : "all \(limit) vehicles of \(driver) are charging"
    }

    private func occupation(of point: PointBelief, _ why: String) -> String {
        point.session.flatMap { sessions[$0] }.map { "charging \($0.driver)" } ?? why
    }

    /// The available point that has waited longest for a session, of those that are settled first.
    private mutating func fairestAvailable() -> PointBelief? {
        var candidates = AvailablePoints()
        swap(&candidates, &available)
        defer { swap(&candidates, &available) }
        return candidates.next(at: now.monotonic) { cp in points[cp].flatMap { isAvailable($0) ? $0 : nil } }
    }

    private mutating func propose(_ request: ReceivedRequest, _ point: PointBelief, _ info: ChargePointInfo) {
        let session = SessionID(known: ULID.make(at: now.wall, using: &random))
        // A card ends what it began: nobody named a time (S12).
        let longest = request.station == nil ? settings.sessionDuration : CentralCore.longestDuration
        let assignment = Assignment(
            session: session, cp: point.cp, power: info.power, price: info.price, meter: info.meter, energyTarget: request.charge.energyTarget,
            duration: request.charge.duration ?? longest)
        insert(
            OpenSession(
                driver: request.driver, request: request.id, assignment: assignment, phase: .proposed, accepted: Accepted(now),
                provenance: request.provenance))
        assignments += 1
        points[point.cp]?.lastAssigned = assignments
        points[point.cp]?.breaker.accept()
        available.remove(point.cp)
        decide(request, .accepted(assignment), .activated)
    }

    /// The longest time that a field can say (P4): 366 days.
    static let longestDuration = Duration.seconds(31_622_400)

    /// Denies a request without recording the denial. If the request was decided earlier, that decision is the answer (S2).
    private mutating func postpone(_ request: ReceivedRequest, _ code: DenialCode, _ reason: String) {
        // A Central that stops begins nothing new with its ledger; who asked asks again.
        guard ledger == .working, !isStopping else { return deny(request, code, reason) }
        write(.find(request.driver, request.id), then: .unrecorded(request, code, reason))
    }

    private mutating func hear(stop id: SessionID, of driver: DriverID) {
        guard ledger == .working else { return }
        guard let session = sessions[id] else { return write(.findSession(id, driver), then: .stopOfClosed(id, driver)) }
        guard session.driver == driver else { return deny(driver, nil, nil, .badRequest, "session \(id) is not yours", session: id) }
        guard session.stopBackoff == nil else { return }
        sessions[id]?.stopBackoff = OpenSession.firstStopBackoff
        repeatStop(id)
    }

    /// Sends STOP to a session's engine, and again with backoff up to 30 s until the session is closed (S9).
    mutating func repeatStop(_ id: SessionID) {
        guard let session = sessions[id], let backoff = session.stopBackoff else { return }
        if session.phase == .open { send(.stop(id), to: session.cp) }
        sessions[id]?.stopBackoff = min(backoff * 2, .seconds(30))
        timers.set(.stop(id), at: now.monotonic + backoff)
    }
}
