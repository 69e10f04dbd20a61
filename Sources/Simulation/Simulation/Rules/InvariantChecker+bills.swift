internal import ChargingModel
internal import Ledger

/// Checks of the answers, outcomes and tickets that drivers get, against the ledger at that moment: an earlier word may be said again, another never.
extension InvariantChecker {
    func hold(_ status: DriverStatus, _ world: World) {
        switch status.kind {
        case .accepted(let id, let power, let price):
            guard let session = session(id, of: status, world) else { return }
            let assignment = session.assignment
            if assignment.price != price || assignment.power != power {
                world.violate("S1", "\(status.driver) is promised session \(id) for \(price) and \(power), the ledger has other ones")
            }
        case .completed(let id, let energy, let cost, let isComplete), .failed(let id, let energy, let cost, let isComplete, _):
            guard let ticket = session(id, of: status, world)?.ticket else {
                return world.violate("S1", "\(status.driver) is told how session \(id) came out, which is open")
            }
            hold(Bill(energy: energy, cost: cost, isComplete: isComplete), of: id, against: ticket, world)
        case .denied(let code, _, _):
            guard code.isRecorded, let request = status.request else { return }
            guard case .denied(code, _)? = world.ledger.book.decision(of: status.driver, request)?.ruling else {
                return world.violate("S1", "\(status.driver) is told \(code.rawValue) on request \(request), which the ledger does not have")
            }
        case .inProgress: break
        }
    }

    /// Checks a list of tickets: each is there once, each as the ledger has it or had it; that they are all and in order is asked at rest.
    func hear(_ list: TicketList, _ world: World) {
        var seen: Set<SessionID> = []
        for ticket in list.tickets {
            let id = ticket.session
            if !seen.insert(id).inserted { world.violate("I4", "the tickets of \(list.driver) have session \(id) twice") }
            guard let session = world.ledger.book.session(id), let held = session.ticket, session.driver == list.driver else {
                return world.violate("S1", "\(list.driver) gets a ticket of session \(id), for which the ledger has none")
            }
            if (ticket.request, ticket.cp, ticket.price, ticket.outcome, ticket.endReason)
                != (held.request, held.cp, held.price, held.outcome, held.endReason)
            {
                world.violate("I4", "the ticket of session \(id) says something else than the ledger: \(ticket), and \(held)")
            }
            hold(Bill(energy: ticket.energy, cost: ticket.cost, isComplete: ticket.complete), of: id, against: held, world)
        }
        if list.tickets.count > TicketList.limit { world.violate("P4", "\(list.driver) has \(list.tickets.count) tickets on the bus") }
    }

    private struct Bill: Hashable {
        var energy: Energy
        var cost: Money
        var isComplete: Bool
    }

    /// The session of a status, which must be that driver's, of that request, at that point. That it is there is checked elsewhere.
    private func session(_ id: SessionID, of status: DriverStatus, _ world: World) -> LedgerSession? {
        guard let session = world.ledger.book.session(id) else { return nil }
        if session.driver != status.driver || session.request != status.request || session.assignment.cp != status.cp {
            world.violate(
                "S1",
                "\(status.driver) is told of session \(id) at \(status.cp?.text ?? "nowhere"), it is \(session.driver)'s at \(session.assignment.cp)")
        }
        return session
    }

    /// Checks a bill: once complete it never changes; before, it may be said as it was.
    private func hold(_ bill: Bill, of id: SessionID, against held: Ticket, _ world: World) {
        let now = Bill(energy: held.energy, cost: held.cost, isComplete: held.complete)
        if bill.isComplete == held.complete ? bill != now : bill.isComplete {
            world.violate("I4", "session \(id) is billed as \(bill.energy), \(bill.cost); the ledger has \(held.energy), \(held.cost)")
        }
    }
}
