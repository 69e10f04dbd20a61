internal import ChargingModel
internal import ChargingProtocol
internal import Ledger

/// Names that come and go, and cards that are blocked (P15, S11).
extension World {
    /// Adds those who ask and are in no list; nothing else happens to them.
    func addGuests() {
        guard names != nil, scenario.demand == nil else { return }
        for (number, guest) in NameBook.guests.enumerated() {
            // One asks for points in turn, the other for any.
            let points = number == 0 ? scenario.roster.points.map(\.cp) : []
            let driver = DriverProgram(index: processes.count, guest: guest, asksAt: points, every: .seconds(4 + 3 * Int64(number)))
            processes.append(driver.process)
            drivers.append(driver)
        }
    }

    /// True for a client that the broker does not let in.
    func isRefused(_ process: SimulatedProcess) -> Bool { names?.isRefused(process.clientID) ?? false }

    func takeAway(_ incident: Incident) {
        switch incident.kind {
        case .revoked(let who, let thrownOut):
            let clients = thrownOut ? clients(of: who) : []
            names?.revoke(processes[who].party, clients, at: clock)
            for client in clients { throwOut(client) }
        case .cardBlocked: wishCard(incident, blocked: true)
        default: break
        }
    }

    func giveBack(_ incident: Incident) {
        switch incident.kind {
        case .revoked(let who, let thrownOut): names?.giveBack(processes[who].party, thrownOut ? clients(of: who) : [], at: clock)
        case .cardBlocked: wishCard(incident, blocked: false)
        default: break
        }
    }

    /// The clients of a name: a point's are two.
    private func clients(of who: Int) -> [String] {
        processes[who].program is EngineProgram ? [processes[who].clientID, processes[who + 1].clientID] : [processes[who].clientID]
    }

    private func throwOut(_ client: String) {
        for case let connection? in connections where connection.process.clientID == client && connection.isOpenAtBroker && isBrokerUp {
            broker.drop(connection.id, at: clock, into: &outputs)
            closeAtBroker(connection)
            sayLateWill(of: connection)
            carryOut()
        }
    }

    private func wishCard(_ incident: Incident, blocked: Bool) {
        guard let token = card(of: incident) else { return }
        names?.wish(token, blocked: blocked)
        seeToCard(incident.number)
    }

    private func card(of incident: Incident) -> TokenID? {
        guard case .cardBlocked(let who) = incident.kind else { return nil }
        return (processes[who].program as? DriverProgram).map { Cards.token(of: $0.driver) }
    }

    /// Asks each second until the ledger has a card as it is to be.
    func seeToCard(_ number: Int) {
        guard let names, let token = card(of: troubles.incidents[number]) else { return }
        let isToBe = names.isToBeBlocked(token)
        guard isToBe != ledger.book.token(token)?.isBlocked ?? false else { return }
        let isAsked = central.questions.values.contains { if case .token(let change, _) = $0 { change.token == token } else { false } }
        if !isAsked { askOperator(.token(isToBe ? .block(token, of: nil) : .unblock(token), by: "anna")) }
        plan(.card(number), after: .seconds(1))
    }
}
