extension CentralCore {
    mutating func receive(_ message: BusMessage, retained: Bool) {
        if points.count >= settings.pointLimit, let cp = message.author, points[cp] == nil {
            if counters.pointsIgnored == 0 { actions.append(.notice(.tooManyPoints(settings.pointLimit))) }
            counters.pointsIgnored += 1
            return
        }
        switch message {
        case .info(let info): hear(info)
        case .state(let state): hear(state, retained: retained)
        case .telemetry(let telemetry): if !retained { hear(telemetry) }
        case .event(let event): if !retained { hear(event) }
        case .health(let health): hear(health, retained: retained)
        case .request(let driver, let request): if !retained { hear(request, of: driver) }
        case .fence(let fence): if !retained { hear(fence) }
        case .command, .centralStatus, .verdict, .status, .tickets: break
        }
    }

    /// Changes a point; adds it if it is new.
    private mutating func update(_ cp: ChargePointID, _ body: (inout PointBelief) -> Void) {
        body(&points[cp, default: PointBelief(cp)])
    }

    /// True when a message is of the newest connection of its engine that is known (P6). A newer epoch is noted, and the counters start again.
    private mutating func isCurrent(engine epoch: Epoch, of cp: ChargePointID) -> Bool {
        let newest = points[cp]?.engine.epoch ?? 0
        guard epoch >= newest else {
            counters.staleDropped += 1
            // The clock of that client has gone back: the verdict shows it the epoch to go above (P9).
            return false
        }
        if epoch > newest {
            update(cp) {
                $0.engine.epoch = epoch
                $0.engine.lastStateSeq = nil
                $0.engine.lastTelemetrySeq = nil
            }
        }
        return true
    }

    private mutating func hear(_ info: ChargePointInfo) {
        guard isCurrent(engine: info.epoch, of: info.cp) else { return }
        update(info.cp) { $0.info = info }
        publishVerdict(info.cp)
    }

    private mutating func hear(_ state: StateReport, retained: Bool) {
        let cp = state.cp
        guard isCurrent(engine: state.epoch, of: cp), !retained else { return publishVerdict(cp) }
        var isGap = false
        if let seq = state.seq {
            if let last = points[cp]?.engine.lastStateSeq {
                guard seq > last else {
                    counters.repeatedDropped += 1
                    return
                }
                isGap = seq > last + 1
            }
            update(cp) { $0.engine.lastStateSeq = seq }
        }
        let before = points[cp]?.engine.live
        let isBirth = state.seq != nil && before?.epoch != state.epoch
        update(cp) { $0.engine.live = state }
        if isGap {
            counters.stateGaps += 1
            send(.rebirth, to: cp)
        }
        if isBirth { greet(cp, state) }
        if let session = points[cp]?.session {
            if state.state == .supplying, state.session == session { confirm(session) }
            reconsider(session)
        }
        publishVerdict(cp)
    }

    /// Takes an operator's wish for a point. "Out of order" counts from this moment on, so that nobody is accepted while the wish is on its way to
    /// the ledger; "back in order" counts when it is there (S8).
    mutating func take(availability outOfOrder: Bool, for cp: ChargePointID, question: UInt64) {
        update(cp) { $0.availabilityChanges.append(outOfOrder) }
        write(.availability(cp, outOfOrder: outOfOrder, at: now.wall), then: .availability(cp, outOfOrder: outOfOrder, question))
    }

    /// Tells an engine at its birth what it should know by now: sessions that closed without it, and the operator's wish (S5, S8).
    mutating func greet(_ cp: ChargePointID, _ state: StateReport) {
        for session in awaitingRecord.sessions(of: cp) { send(.stop(session), to: cp) }
        guard let availability = points[cp]?.isWantedOutOfOrder, state.state != .faulty, availability != (state.state == .stopped) else { return }
        send(availability ? .outOfOrder : .resume, to: cp)
    }

    private mutating func hear(_ health: HealthReport, retained: Bool) {
        let cp = health.cp
        guard health.epoch >= points[cp]?.monitor.epoch ?? 0 else {
            counters.staleDropped += 1
            return publishVerdict(cp)
        }
        update(cp) {
            $0.monitor.epoch = health.epoch
            if !retained { $0.monitor.live = health }
        }
        if let session = points[cp]?.session { reconsider(session) }
        publishVerdict(cp)
    }

    private mutating func hear(_ telemetry: Telemetry) {
        guard isCurrent(engine: telemetry.epoch, of: telemetry.cp), isBelieved(telemetry) else { return }
        var lost: UInt64 = 0
        if let last = points[telemetry.cp]?.engine.lastTelemetrySeq {
            guard telemetry.seq > last else {
                counters.repeatedDropped += 1
                return
            }
            // What belongs to no open session may go on counting, but not leap away from those that do.
            guard sessions[telemetry.session] != nil || telemetry.seq - last <= CentralCore.mostStraySeqs else { return }
            lost = telemetry.seq - last - 1
            counters.telemetryLost = counters.telemetryLost.adding(clamped: lost)
        }
        update(telemetry.cp) { $0.engine.lastTelemetrySeq = telemetry.seq }
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
        guard isCurrent(engine: event.epoch, of: event.cp) else { return }
        switch event.kind {
        case .sessionStarted(let start):
            if points[event.cp]?.session == start.session {
                noteStart(start)
                confirm(start.session)
            }
            reconsider(start.session)
        case .sessionEnded(let record):
            hear(record, from: event.cp)
        case .commandRefused(let refusal):
            guard refusal.command == .start, let id = refusal.session, let session = sessions[id] else { return }
            if session.cp == event.cp, !session.isConfirmed { close(id, .neverStarted) }
        }
    }
}

extension BusMessage {
    /// The charge point that the message is about, if an engine or a monitor sent it; else `nil`.
    fileprivate var author: ChargePointID? {
        switch self {
        case .info(let info): info.cp
        case .state(let state): state.cp
        case .telemetry(let telemetry): telemetry.cp
        case .event(let event): event.cp
        case .health(let health): health.cp
        case .command, .centralStatus, .fence, .verdict, .request, .status, .tickets: nil
        }
    }
}
