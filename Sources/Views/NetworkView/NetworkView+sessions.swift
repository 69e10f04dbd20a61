internal import ChargingModel

extension NetworkView {
    /// Changes an open session, or begins it; one that is closed stays as it is.
    private mutating func update(_ id: SessionID, at now: Now, _ body: (inout SessionView) -> Void) {
        guard closed[id] == nil else { return }
        body(&sessions[id, default: SessionView(id, at: now.wall)])
        changes.sessions.insert(id)
        if let cp = sessions[id]?.cp { occupy(cp, with: id) }
    }

    /// Notes a point's one session (I1). The end of the session before was said before this: a viewer that has not heard it came too late.
    private mutating func occupy(_ cp: ChargePointID, with id: SessionID?) {
        let before = sessionAt[cp]
        guard before != id else { return }
        sessionAt[cp] = id
        if let before, sessions.removeValue(forKey: before) != nil { changes.lost.insert(before) }
    }

    mutating func read(_ telemetry: Telemetry, at now: Now) {
        update(telemetry.session, at: now) {
            $0.cp = telemetry.cp
            $0.driver = telemetry.driver
            if $0.phase != .settling { $0.phase = .charging }
            $0.power = telemetry.power
            $0.energy = telemetry.energy
            $0.cost = telemetry.cost
            $0.elapsedSeconds = telemetry.elapsedSeconds
        }
    }

    mutating func hear(_ event: ChargePointEvent, at now: Now) {
        guard isCurrent(engine: event.epoch, of: event.cp, at: now) else { return }
        switch event.kind {
        case .sessionStarted(let start):
            guard isHere(start.session, event.cp) else {
                counts.doubted += 1
                return
            }
            update(start.session, at: now) {
                $0.cp = event.cp
                $0.driver = $0.driver ?? start.driver
                $0.started = start.started
                if $0.phase == .starting { $0.phase = .charging }
            }
        case .sessionEnded(let record):
            // Told again until Central has it (S4): news of a session that nobody knows as open is none.
            guard sessions[record.session] != nil else { return }
            guard isBelievable(record, from: event.cp, at: now) else {
                counts.doubted += 1
                return
            }
            let price = sessions[record.session]?.price ?? points[event.cp]?.info?.price
            update(record.session, at: now) {
                $0.phase = .settling
                $0.power = Power(watts: 0)
                $0.energy = record.energy
                $0.cost = price?.cost(of: record.energy) ?? record.cost
                $0.endReason = record.endReason
                $0.started = record.started
                $0.ended = record.ended
            }
        case .commandRefused(let refusal):
            tell(
                .refusal, .warning, "\(event.cp) refused \(refusal.command.rawValue): \(refusal.reason)", cp: event.cp, session: refusal.session,
                at: now)
        }
    }

    /// Notes the session that a verdict names for its point, or that it has none.
    mutating func follow(_ verdict: VerdictReport, at now: Now) {
        if let session = verdict.session {
            update(session, at: now) {
                // What another point claimed of it counts for nothing.
                if let before = $0.cp, before != verdict.cp { $0.forgetClaims() }
                $0.cp = verdict.cp
                $0.driver = verdict.driver ?? $0.driver
                if $0.price == nil { $0.price = verdict.price }
                if verdict.verdict == .supplying, $0.phase == .starting { $0.phase = .charging }
            }
        }
        occupy(verdict.cp, with: verdict.session)
    }

    mutating func hearRequest(of driver: DriverID) {
        guard drivers[driver] != nil || drivers.count < settings.pointLimit else { return }
        counts.requests += 1
        drivers[driver, default: DriverView(driver)].requests += 1
        changes.drivers.insert(driver)
    }

    mutating func hear(_ status: DriverStatus, at now: Now) {
        let driver = status.driver
        guard central.freshness.hear(status.epoch, .none, at: now.monotonic).isCurrent else {
            counts.stale += 1
            return
        }
        guard drivers[driver] != nil || drivers.count < settings.pointLimit else { return }
        switch status.kind {
        case .accepted(let session, let power, let price): accept(status, session, power, price, at: now)
        case .denied(let code, let reason, _): deny(status, code, reason, at: now)
        case .inProgress(let session, _, _, _, let reason):
            guard let reason else { return }
            update(session, at: now) {
                if $0.phase.isOpen, $0.phase != .settling { $0.phase = .noContact(reason) }
                $0.power = Power(watts: 0)
            }
        case .completed(let session, let energy, let cost, let isComplete):
            close(status, session, .completed, nil, energy, cost, isComplete, at: now)
        case .failed(let session, let energy, let cost, let isComplete, let reason):
            close(status, session, .failed, reason, energy, cost, isComplete, at: now)
        }
    }

    private mutating func accept(_ status: DriverStatus, _ id: SessionID, _ power: Power, _ price: Price, at now: Now) {
        guard closed[id] == nil, answered.insert(status.driver, status.request) else { return }
        let driver = status.driver
        counts.accepted += 1
        update(id, at: now) {
            $0.cp = status.cp
            $0.driver = driver
            $0.request = status.request
            $0.price = price
            if let cp = status.cp, $0.belief == nil { $0.belief = ReadingBelief(cp: cp, rating: power, accepted: Accepted(now)) }
        }
        drivers[driver, default: DriverView(driver)].note("ACCEPTED", status.cp, nil, at: now.wall)
        changes.drivers.insert(driver)
        tell(.session, .good, "\(driver) may charge\(place(status.cp))", cp: status.cp, driver: driver, session: id, at: now)
    }

    private mutating func deny(_ status: DriverStatus, _ code: DenialCode, _ reason: String, at now: Now) {
        guard answered.insert(status.driver, status.request) else { return }
        let driver = status.driver
        if code.isAnswer {
            counts.denied += 1
            drivers[driver, default: DriverView(driver)].denied += 1
        } else {
            // It will be asked and answered again.
            answered.remove(driver, status.request)
        }
        drivers[driver, default: DriverView(driver)].note("DENIED", status.cp, reason, at: now.wall)
        changes.drivers.insert(driver)
        tell(
            .denial, .info, "\(driver) was \(code.isAnswer ? "denied" : "put off")\(place(status.cp)): \(reason)", cp: status.cp, driver: driver,
            at: now)
    }

    private mutating func close(
        _ status: DriverStatus, _ id: SessionID, _ outcome: Outcome, _ reason: String?, _ energy: Energy, _ cost: Money, _ isComplete: Bool,
        at now: Now
    ) {
        let known = closed[id]
        if let known, known.phase == .closed(outcome, reason: reason, isComplete: isComplete) { return }
        var session = known ?? sessions.removeValue(forKey: id) ?? SessionView(id, at: now.wall)
        session.cp = status.cp ?? session.cp
        session.driver = status.driver
        session.request = status.request
        session.phase = .closed(outcome, reason: reason, isComplete: isComplete)
        session.power = Power(watts: 0)
        let before = known.map { ($0.energy, $0.cost) } ?? (.zero, .zero)
        counts.energy = counts.energy + energy - before.0
        counts.income = counts.income + cost - before.1
        session.energy = energy
        session.cost = cost
        closed.insert(session)
        changes.sessions.insert(id)
        let driver = status.driver
        drivers[driver, default: DriverView(driver)].note(outcome.rawValue, status.cp, reason, at: now.wall)
        changes.drivers.insert(driver)
        let bill = "\(energy), \(cost)\(isComplete ? "" : ", its record still to come")"
        guard known == nil else {
            return tell(
                .session, .info, "The record of \(driver)'s session\(place(status.cp)) has come: \(bill)", cp: status.cp, driver: driver, session: id,
                at: now)
        }
        switch outcome {
        case .completed:
            counts.completed += 1
            tell(.session, .good, "\(driver) has charged\(place(status.cp)): \(bill)", cp: status.cp, driver: driver, session: id, at: now)
        case .failed:
            counts.failed += 1
            tell(
                .session, .bad, "The session of \(driver)\(place(status.cp)) failed (\(reason ?? "no reason")): \(bill)", cp: status.cp,
                driver: driver,
                session: id, at: now)
        }
    }

    private func place(_ cp: ChargePointID?) -> String { cp.map { " at \($0)" } ?? "" }

    mutating func hear(_ list: TicketList) {
        guard drivers[list.driver] != nil || drivers.count < settings.pointLimit else { return }
        drivers[list.driver, default: DriverView(list.driver)].tickets = list.tickets
        changes.drivers.insert(list.driver)
    }
}
