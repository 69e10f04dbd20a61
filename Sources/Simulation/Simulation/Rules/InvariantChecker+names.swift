internal import ChargingModel
internal import ChargingProtocol
internal import Ledger

/// Checks of who is known (P15), and of what is owed by nobody (S11).
extension InvariantChecker {
    /// Checks that who is not known costs nobody anything: no promise, and no row.
    func isKnown(_ decision: Decision, _ world: World) {
        guard askedUnknown.remove(RequestKey(driver: decision.driver, request: decision.request)) != nil else { return }
        world.violate("P15", "a request of \(decision.driver) is decided, who was not known when Central was asked")
    }

    /// Checks that who is told that nobody knows him is not in the list.
    func isTurnedAway(_ driver: DriverID, _ world: World) {
        world.counts.unknown += 1
        if world.names?.isKnown(driver, at: world.clock) ?? true { world.violate("P15", "\(driver) is told that he is not known, and is listed") }
    }

    /// Checks that nobody charges at a point that Central has not found in a list.
    func isAdmitted(_ cp: ChargePointID, _ choice: Choice?, _ world: World) {
        guard let names = world.names, choice != nil, !names.isAdmitted(cp) else { return }
        world.violate("P15", "somebody is accepted at \(cp), which is not known")
    }

    /// Checks that nothing is shown of a point that Central has not found in a list, but that it is not there, or how its session ends.
    func isAdmitted(_ verdict: VerdictReport, _ world: World) {
        let cp = verdict.cp
        guard let names = world.names, verdict.verdict != .disconnected, !names.isAdmitted(cp) else { return }
        if openAt[cp] != nil || closedAt[cp].map({ world.clock - $0 < .seconds(30) }) ?? false { return }
        world.violate("P15", "\(verdict.cp) is \(verdict.verdict.rawValue), and not known")
    }

    /// Checks that nobody is billed for what was begun with a card that did not count.
    func isOwed(_ session: LedgerSession, _ world: World) {
        guard let token = session.provenance.token, areClocksRight(at: session.assignment.cp, world) else { return }
        if world.names?.wasBlocked(token, in: session.id) == true {
            world.violate("S11", "\(session.driver) is billed for session \(session.id), which was begun with a card that was blocked")
        }
    }

    /// True for a record of a session for which nobody can be billed, since its card did not count; checks that it did not, and that it is kept once.
    func isOwedByNobody(_ stray: StrayRecord, _ world: World) -> Bool {
        let provenance = stray.record.provenance
        guard provenance.origin == .offline, let token = provenance.token else { return false }
        guard Cards.isLost(provenance) || world.names?.wasValid(token, in: stray.record.session, areClocksRight(at: stray.cp, world)) == false else {
            return false
        }
        if world.ledger.book.strays(of: stray.record.session).contains(where: { $0.record.meter == stray.record.meter }) {
            world.violate("S11", "the record of session \(stray.record.session) is kept twice")
        }
        world.counts.unowed += 1
        return true
    }

    /// True where Central's clock and that of a point never showed different times: by which a card counted, or did not.
    private func areClocksRight(at cp: ChargePointID, _ world: World) -> Bool {
        guard let engine = world.engines.first(where: { $0.cp == cp }), !wasDoubled(cp) else { return false }
        let isChanged = world.troubles.incidents.contains {
            if case .clockJump(let who, _) = $0.kind { who == Cast.central || who == engine.index } else { false }
        }
        return !isChanged && engine.process.clock.ahead == world.central.process.clock.ahead
    }
}
