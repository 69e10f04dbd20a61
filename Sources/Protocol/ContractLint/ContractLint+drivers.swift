internal import ChargingModel

extension ContractLint {
    mutating func hear(_ request: DriverRequest, of driver: DriverID) {
        switch request {
        case .charge(let charge):
            guard let id = charge.id else { return }
            let key = RequestKey(driver: driver, request: id)
            if let before = requests[key] {
                if before.charge != charge { tell(.s2, "request=\"\(id)\" asked for something else before: a new attempt is a new id") }
            } else {
                requests[key] = Request(charge: charge, epoch: central.epoch)
            }
        case .stop: break
        case .malformed(_, let reason): tell(.p4, "no request that makes sense, to be answered BAD_REQUEST: \(reason)")
        }
    }

    mutating func hear(_ status: DriverStatus, _ now: Now) {
        guard isCurrent(central: status.epoch, true, now) else { return }
        switch status.kind {
        case .accepted(let session, _, let price):
            checkVerdict(status, session)
            prices[session] = price
            decide(status, .accepted(session))
        case .denied(let code, _, let session): if code.isRecorded, session == nil { decide(status, .denied(code)) }
        case .inProgress: break
        case .completed(let session, let energy, let cost, let complete), .failed(let session, let energy, let cost, let complete, _):
            checkCents(cost, "cost_eur")
            close(status, session, energy, cost, complete)
        }
    }

    /// Notes a decision and checks I2: decisions may be repeated, never contradicted.
    private mutating func decide(_ status: DriverStatus, _ decision: Decision) {
        guard let request = status.request else { return }
        let key = RequestKey(driver: status.driver, request: request)
        if let before = decisions[key], before != decision {
            let (old, new) = (text(before), text(decision))
            tell(.i2, "request \(request) of \(status.driver) was \(old) before, and is \(new) now: a decision is not contradicted")
        }
        decisions[key] = decision
    }

    private func text(_ decision: Decision) -> String {
        switch decision {
        case .accepted(let session): "ACCEPTED as session \(session)"
        case .denied(let code): "DENIED \(code.rawValue)"
        }
    }

    /// Checks I5 for requests that were answered in the connection of Central in which they were made: later it repeats its answers (P8).
    private mutating func checkVerdict(_ status: DriverStatus, _ session: SessionID) {
        guard let request = status.request, let cp = status.cp, prices[session] == nil else { return }
        guard let asked = requests[RequestKey(driver: status.driver, request: request)], asked.epoch == status.epoch else { return }
        guard let verdict = points[cp]?.verdict, verdict != .activated, verdict != .assigned else { return }
        tell(.i5, "ACCEPTED at \(cp), whose verdict is \(verdict.rawValue): nobody is accepted where it is not ACTIVATED")
    }

    private mutating func close(_ status: DriverStatus, _ session: SessionID, _ energy: Energy, _ cost: Money, _ complete: Bool) {
        defer { outcomes[session] = status.kind }
        switch (outcomes[session], status.kind) {
        case (.completed, .failed), (.failed, .completed):
            tell(.i2, "session \(session) was closed otherwise before: an outcome is not contradicted")
        case (.completed(_, let knownEnergy, let knownCost, true)?, _), (.failed(_, let knownEnergy, let knownCost, true, _)?, _):
            if energy != knownEnergy || cost != knownCost || !complete {
                tell(.i4, "session \(session) was complete with \(knownEnergy) and \(knownCost) before: a record never changes")
            }
        default: break
        }
    }

    private mutating func checkCents(_ cost: Money, _ field: String) {
        guard cost != cost.roundedToCents else { return }
        tell(.p5, "\(field)=\(decimalText(cost.microEuro, decimals: 6, minimum: 2)): expected whole cents at the end and on tickets")
    }

    mutating func hear(_ list: TicketList, _ isLive: Bool, _ now: Now) {
        isCurrent(central: list.epoch, isLive, now)
        for (index, ticket) in list.tickets.enumerated() { checkCents(ticket.cost, "tickets[\(index)].cost_eur") }
        if Set(list.tickets.map(\.session)).count < list.tickets.count { tell(.i4, "a session is on the list twice: expected each once") }
    }
}
