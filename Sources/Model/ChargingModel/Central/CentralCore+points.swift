extension CentralCore {
    mutating func receive(_ message: BusMessage, retained: Bool) {
        if let cp = message.point, points[cp]?.isAdmitted != true, !isWelcome(message, of: cp) { return }
        switch message {
        case .info(let info): hear(info)
        case .state(let state): hear(state, retained: retained)
        case .telemetry(let telemetry): if !retained { hear(telemetry) }
        case .event(let event): if !retained { hear(event) }
        case .health(let health): hear(health, retained: retained)
        case .request(let driver, let request): if !retained { hear(request, of: driver) }
        case .fence(let fence): if !retained { hear(fence) }
        case .stationRequest(let request): if !retained { hear(request) }
        case .command, .centralStatus, .verdict, .status, .tickets, .gateway, .station: break
        }
    }

    /// True for a message of a point that is not known which is to be heard: what a point is, how it is and who watches it makes it known, if there is room;
    /// a record is the ledger's business, whoever sent it.
    private mutating func isWelcome(_ message: BusMessage, of cp: ChargePointID) -> Bool {
        // The ledger may have something of a point that is in no list any more.
        let isInLedger = points[cp] != nil
        switch message {
        case .info, .state, .health: break
        case .event(let event):
            if case .sessionEnded = event.kind { return true }
            if !isInLedger { return false }
        case .telemetry, .stationRequest: if !isInLedger { return false }
        case .command, .centralStatus, .fence, .verdict, .request, .status, .tickets, .gateway, .station: return false
        }
        guard access.list.admits(cp) else {
            // Its session is brought to its end, and nobody else is accepted there.
            guard points[cp]?.session == nil else {
                lookFor(cp)
                return true
            }
            turnAway(cp)
            return false
        }
        guard !isInLedger else {
            // What was heard for the sake of its session is old.
            if let point = points[cp], point.session == nil, point.engine.live != nil || point.monitor.live != nil { points[cp]?.forgetLive() }
            points[cp]?.isAdmitted = true
            return true
        }
        guard points.count < settings.pointLimit || makeRoom() else {
            if counters.pointsIgnored == 0 { actions.append(.notice(.tooManyPoints(settings.pointLimit))) }
            counters.pointsIgnored += 1
            return false
        }
        points[cp] = PointBelief(cp)
        points[cp]?.isAdmitted = true
        unproven.append(cp)
        return true
    }

    /// The most points that are looked at to make room for one.
    private static let mostLooked = 64

    /// Makes room for another point where the limit is reached: one gives way of which nobody was ever heard whole, and nothing is in the ledger. Whoever
    /// invents points takes no place from those that are there.
    private mutating func makeRoom() -> Bool {
        for _ in 0..<min(CentralCore.mostLooked, unproven.count) {
            guard let cp = unproven.next(), let point = points[cp], !point.wasHeard else { continue }
            guard !isInLedger(point) else {
                unproven.append(cp)
                continue
            }
            drop(cp)
            return true
        }
        return false
    }

    /// Knows nothing of a point any more.
    mutating func drop(_ cp: ChargePointID) {
        points[cp] = nil
        available.remove(cp)
        timers.cancel(.breaker(cp))
        timers.cancel(.fault(cp))
    }

    private func isInLedger(_ point: PointBelief) -> Bool {
        point.session != nil || point.isWantedOutOfOrder != nil || !point.availabilityChanges.isEmpty || point.recordedFault != nil
            || point.isBeingForgotten || !awaitingRecord.sessions(of: point.cp).isEmpty
    }

    /// Changes a point; adds it if it is new.
    private mutating func update(_ cp: ChargePointID, _ body: (inout PointBelief) -> Void) {
        body(&points[cp, default: PointBelief(cp)])
    }

    /// True when a message is of the newest connection of its engine that is known (P6). If not, the clock of that client may have gone back: the
    /// verdict shows it the epoch to go above (P9).
    mutating func isCurrent(engine epoch: Epoch, of cp: ChargePointID, _ sign: Freshness.Sign = .none, claims: Bool = false) -> Bool {
        let at = now.monotonic
        let standing =
            claims
            ? points[cp, default: PointBelief(cp)].engine.freshness.claim(epoch, sign, at: at)
            : points[cp, default: PointBelief(cp)].engine.freshness.hear(epoch, sign, at: at)
        switch standing {
        case .stale, .early: counters.staleDropped += 1
        case .restored, .claimed:
            update(cp) { _ = $0.known.claim(epoch, isBack: standing == .restored) }
            // What was said meanwhile was dropped, and what it is, which comes first, may have been.
            if standing == .restored || sign != .none && points[cp]?.isInfoKnown == false { askAgain(cp) }
            publishVerdict(cp)
        case .current: break
        }
        return standing.isCurrent
    }

    private mutating func hear(_ info: ChargePointInfo) {
        let at = now.monotonic
        update(info.cp) { _ = $0.known.hear(info, believed: $0.engine.freshness.epoch, at: at) }
        publishVerdict(info.cp)
    }

    private mutating func hear(_ state: StateReport, retained: Bool) {
        let cp = state.cp
        guard isCurrent(engine: state.epoch, of: cp, state.sign(retained: retained), claims: true), !retained else { return publishVerdict(cp) }
        var isGap = false
        if let seq = state.seq {
            guard let missed = points[cp]?.engine.freshness.missed(before: seq, in: .state, at: now.monotonic) else {
                counters.repeatedDropped += 1
                return
            }
            isGap = missed > 0
            points[cp]?.engine.freshness.note(seq, in: .state, at: now.monotonic)
        }
        let before = points[cp]?.engine.live
        let isBirth = state.seq != nil && before?.epoch != state.epoch
        let at = now.monotonic
        update(cp) { $0.engine.hear(state, at: at) }
        if isGap {
            counters.stateGaps += 1
            askAgain(cp)
        }
        if isBirth {
            greet(cp, state)
            startAgain(at: cp)
        } else if let before, before.state == .disconnected, before.seq != nil, state.state != .disconnected {
            // What it was told while its station was away, nobody may have carried out.
            greet(cp, state)
        } else if before?.state == .supplying, state.state == .stopped {
            // A station charges on where a wish meets it, and RESUME may have been said while nobody was there to hear it.
            tellAvailability(cp, state)
        }
        if let session = points[cp]?.session { follow(state, of: session) }
        publishVerdict(cp)
    }

    /// Notes what an engine says of its point's session.
    private mutating func follow(_ state: StateReport, of id: SessionID) {
        if state.session == id {
            if state.state == .supplying {
                confirm(id)
                if state.phase == .plugIn { sayWaiting(id) }
            }
            // It has the session, wherever its station is.
            if state.isAway, sessions[id]?.isConfirmed == false { confirm(id) }
        }
        reconsider(id)
    }

    /// Tells a driver once that the point waits for the vehicle.
    private mutating func sayWaiting(_ id: SessionID) {
        guard let session = sessions[id], session.phase == .open, !session.saidWaiting else { return }
        sessions[id]?.saidWaiting = true
        tell(session, .inProgress(session: id, power: Power(watts: 0), energy: .zero, cost: .zero, reason: "\(session.cp) waits for the vehicle"))
    }

    /// Takes an operator's wish for a point. "Out of order" counts from this moment on, so that nobody is accepted while the wish is on its way to
    /// the ledger; "back in order" counts when it is there (S8).
    mutating func take(availability outOfOrder: Bool, for cp: ChargePointID, question: UInt64) {
        update(cp) { $0.availabilityChanges.append(outOfOrder) }
        write(.availability(cp, outOfOrder: outOfOrder, at: now.wall), then: .availability(cp, outOfOrder: outOfOrder, question))
    }

    /// Asks a point's engine and monitor to say their part.
    private mutating func askAgain(_ cp: ChargePointID) { if link != nil { queue.add(rebirthOf: cp) } }

    /// Says START again to an engine that is born and may not have heard it (S2).
    private mutating func startAgain(at cp: ChargePointID) {
        guard let id = points[cp]?.session, let session = sessions[id], session.mayNotHaveBegun else { return }
        // What is metered there would be no record of this session (S6).
        if let meter = points[cp]?.engine.live?.meter, let promised = session.belief.meter, meter != promised { return close(id, .neverStarted) }
        send(.start(session.order), to: cp)
    }

    /// Tells an engine that is there what it should know by now.
    mutating func greetIfHere(_ cp: ChargePointID) {
        if let live = points[cp]?.engine.live, live.state != .disconnected { greet(cp, live) }
    }

    /// Tells an engine at its birth what it should know by now: sessions that closed without it, and the operator's wish (S5, S8).
    mutating func greet(_ cp: ChargePointID, _ state: StateReport) {
        for session in awaitingRecord.sessions(of: cp) { send(.stop(session), to: cp) }
        tellAvailability(cp, state)
    }

    private mutating func tellAvailability(_ cp: ChargePointID, _ state: StateReport) {
        guard let availability = points[cp]?.isWantedOutOfOrder, state.state != .faulty, availability != (state.state == .stopped) else { return }
        send(availability ? .outOfOrder : .resume, to: cp)
    }

    private mutating func hear(_ health: HealthReport, retained: Bool) {
        let cp = health.cp
        let standing = points[cp, default: PointBelief(cp)].monitor.freshness.claim(
            health.epoch, health.sign(retained: retained), at: now.monotonic)
        guard standing.isCurrent else {
            counters.staleDropped += 1
            return publishVerdict(cp)
        }
        if standing == .restored { askAgain(cp) }
        if !retained { update(cp) { $0.monitor.live = health } }
        if let session = points[cp]?.session { reconsider(session) }
        publishVerdict(cp)
    }

    private mutating func hear(_ telemetry: Telemetry) {
        // Nobody lives by a reading that is of no session, or not believed.
        let isOfSession = points[telemetry.cp]?.session == telemetry.session
        guard isBelieved(telemetry), isCurrent(engine: telemetry.epoch, of: telemetry.cp, isOfSession ? .numbered(telemetry.seq, .telemetry) : .none)
        else { return }
        guard let lost = points[telemetry.cp]?.engine.freshness.missed(before: telemetry.seq, in: .telemetry, at: now.monotonic) else {
            counters.repeatedDropped += 1
            return
        }
        counters.telemetryLost = counters.telemetryLost.adding(clamped: lost)
        points[telemetry.cp]?.engine.freshness.note(telemetry.seq, in: .telemetry, at: now.monotonic)
        guard var session = sessions[telemetry.session], session.phase == .open, session.cp == telemetry.cp else { return }
        session.seen.register = max(session.seen.register ?? .zero, telemetry.register)
        session.seen.energy = max(session.seen.energy, telemetry.energy)
        session.seen.readings = session.seen.readings.adding(clamped: 1)
        session.seen.miss(lost)
        session.saidNoContact = false
        sessions[telemetry.session] = session
        let cost = session.assignment.price.cost(of: telemetry.energy)
        tell(session, .inProgress(session: telemetry.session, power: telemetry.power, energy: telemetry.energy, cost: cost, reason: nil))
    }

    /// Notes the register from which the session's energy is counted, unless its readings have told it already.
    private mutating func noteStart(_ start: SessionStart) {
        guard let session = sessions[start.session], session.seen.readings == 0, start.meter == session.assignment.meter else { return }
        sessions[start.session]?.belief.startRegister = start.startRegister
    }

    /// True when a reading counts (S3): what is said of an open session must be of its point and its meter, and possible. Of a reading that is not
    /// believed, the number does not count either.
    private mutating func isBelieved(_ telemetry: Telemetry) -> Bool {
        guard let doubt = sessions[telemetry.session]?.belief.doubt(telemetry, at: now) else { return true }
        counters.readingsDoubted += 1
        if sessions[telemetry.session]?.saidDoubt == false {
            sessions[telemetry.session]?.saidDoubt = true
            actions.append(.notice(.doubted(telemetry.cp, telemetry.session, doubt)))
        }
        return false
    }

    private mutating func hear(_ event: ChargePointEvent) {
        // A record is judged by what it meters, and not by who is believed to live (S6): nobody's claim may keep a bill from coming.
        if case .sessionEnded(let record) = event.kind { return hear(record, from: event.cp) }
        guard isCurrent(engine: event.epoch, of: event.cp) else { return }
        switch event.kind {
        case .sessionStarted(let start):
            if points[event.cp]?.session == start.session {
                noteStart(start)
                confirm(start.session)
            }
            reconsider(start.session)
        case .sessionEnded: break
        case .commandRefused(let refusal): hear(refusal, of: event.cp)
        }
    }

    private mutating func hear(_ refusal: CommandRefusal, of cp: ChargePointID) {
        guard let id = refusal.session else { return }
        switch refusal.command {
        case .start: if let session = sessions[id], session.cp == cp, !session.isConfirmed { close(id, .neverStarted) }
        case .stop: if awaitingRecord.refuse(id, by: cp) { actions.append(.notice(.recordIsGone(cp, id))) }
        case .outOfOrder, .resume, .ack, .rebirth, .deny: break
        }
    }
}
