extension Driver {
    mutating func handle(_ status: CentralStatus, retained: Bool, at now: Now) {
        let standing = central.claim(status.epoch, status.sign(retained: retained), at: now.monotonic)
        guard standing.isCurrent else { return }
        if centralIsOnline != status.online, centralIsOnline != nil || !status.online { actions.append(.notice(.centralOnline(status.online))) }
        centralIsOnline = status.online
        if standing.isNews, status.online { greetCentral(at: now) }
    }

    private mutating func greetCentral(at now: Now) { if isOnline { greeting.plan(at: now.monotonic, using: &random) } }

    mutating func handle(_ status: DriverStatus, at now: Now) {
        if case .denied(_, _, let session?) = status.kind { stops.removeAll { $0.session == session } }
        guard let request = status.request, let index = index(of: request) else { return }
        switch status.kind {
        case .accepted(let session, _, _):
            switch vehicles[index] {
            case .asking(let asking):
                vehicles[index] = .charging(Charging(request: asking.request, session: session, cp: status.cp))
                actions.append(.notice(.accepted(cp: status.cp)))
            case .charging(var charging):
                charging.repeatAt = nil
                charging.backoff = .seconds(1)
                vehicles[index] = .charging(charging)
            case .idle, .waiting, .looking: break
            }
        case .inProgress(_, let power, _, let cost, let reason):
            actions.append(.notice(.inProgress(cp: status.cp, power: power, cost: cost, reason: reason)))
        case .completed(let session, let energy, let cost, _):
            close(index, session: session, .completed(cp: status.cp, energy: energy, cost: cost))
        case .failed(let session, _, _, _, let reason):
            close(index, session: session, .failed(cp: status.cp, reason: reason))
        case .denied(let code, let reason, _):
            deny(index, cp: status.cp, code, reason, at: now)
        }
    }

    /// Ends an open request by a ticket that names it: that is its outcome (S2, F8).
    mutating func close(_ ticket: Ticket) {
        stops.removeAll { $0.session == ticket.session }
        guard let request = ticket.request, let index = index(of: request) else { return }
        let notice: Notice =
            switch ticket.outcome {
            case .completed: .completed(cp: ticket.cp, energy: ticket.energy, cost: ticket.cost)
            case .failed: .failed(cp: ticket.cp, reason: ticket.endReason.rawValue)
            }
        close(index, session: ticket.session, notice)
    }

    private mutating func close(_ index: Int, session: SessionID, _ notice: Notice) {
        stops.removeAll { $0.session == session }
        vehicles[index] = .idle
        actions.append(.notice(notice))
    }

    private mutating func deny(_ index: Int, cp: ChargePointID?, _ code: DenialCode, _ reason: String, at now: Now) {
        // Somebody else said that it is there.
        if code == .unknownChargePoint, let cp { verdicts[cp] = nil }
        guard code.isAnswer else {
            // Not an answer: the same id again, with the backoff that already runs, or that begins now.
            switch vehicles[index] {
            case .asking(var asking):
                if !asking.wasPostponed { actions.append(.notice(.postponed(cp: cp, reason: reason))) }
                asking.wasPostponed = true
                vehicles[index] = .asking(asking)
            case .charging(var charging):
                charging.backoff = min(charging.backoff * 2, .seconds(30))
                charging.repeatAt = now.monotonic + charging.backoff
                vehicles[index] = .charging(charging)
            case .idle, .waiting, .looking: break
            }
            return
        }
        // A charge that was accepted is denied only by a Central that lost its ledger: there is nothing more to come of it.
        actions.append(.notice(.denied(cp: cp, code: code, reason: reason)))
        let retryAt = now.monotonic + settings.retryDelay
        if case .asking(let asking) = vehicles[index], var looking = asking.needs {
            looking.tryAt = retryAt
            vehicles[index] = .looking(looking)
            if isResting { leave(index) }
        } else {
            vehicles[index] = isResting ? .idle : .waiting(until: retryAt)
        }
    }

    private func index(of request: RequestID) -> Int? {
        vehicles.firstIndex { vehicle in
            switch vehicle {
            case .asking(let asking): asking.request.id == request
            case .charging(let charging): charging.request.id == request
            case .idle, .waiting, .looking: false
            }
        }
    }
}
