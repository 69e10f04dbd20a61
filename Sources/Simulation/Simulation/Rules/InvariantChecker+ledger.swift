internal import ChargingModel
internal import Ledger

/// Checks of the ledger, at each change.
extension InvariantChecker {
    func decides(_ decision: Decision, _ world: World) {
        if !decided.insert(RequestKey(driver: decision.driver, request: decision.request)).inserted {
            world.violate("I2", "request \(decision.request) of \(decision.driver) is decided a second time")
        }
        let choice = asked.removeValue(forKey: RequestKey(driver: decision.driver, request: decision.request))
        isKnown(decision, world)
        switch decision.ruling {
        case .accepted(let assignment):
            world.counts.accepted += 1
            isAdmitted(assignment.cp, choice, world)
            if assignment.meter == Stranger.meter { isTakenIn(assignment, world) }
            let isGood =
                switch choice {
                case .point(let isGood): isGood
                case .anywhere(let good): good.contains(assignment.cp)
                // Asked in an earlier life of Central's, and decided by a commit that outlived it.
                case nil: true
                }
            if !isGood, !isDeceived(about: assignment.cp, at: world.clock) {
                world.violate(
                    "I5", "\(decision.driver) is accepted at \(assignment.cp), of which Central had not heard, live, that engine and monitor are well"
                )
            }
            if world.ledger.book.availabilities()[assignment.cp] == true || isPromisedOutOfOrder(assignment.cp) {
                world.violate("S8", "\(decision.driver) is accepted at \(assignment.cp), which the operator took out of order")
            }
            if decision.verdict != .activated {
                world.violate("I5", "\(decision.driver) is accepted at \(assignment.cp), which is \(decision.verdict?.rawValue ?? "unknown")")
            }
            world.tell("ledger: \(decision.driver) is accepted at \(assignment.cp), session \(assignment.session)")
        case .denied(let code, let reason):
            world.counts.denied += 1
            world.tell("ledger: \(decision.driver) is denied: \(code.rawValue), \(reason)")
        }
    }

    /// Somebody is promised a charge on a stranger's word. While the point's engine is there, it has contested that.
    private func isTakenIn(_ assignment: Assignment, _ world: World) {
        if world.scenario.trouble == .stranger {
            world.violate("P9", "somebody is accepted at \(assignment.cp) on the meter and at the price of a stranger")
        }
        isSingle(assignment.cp, at: world.clock)
    }

    /// Checks S5: a record that came is written before anything that closes its session, whatever became of the commit that it was in first.
    func commits(_ operations: [LedgerOperation], _ world: World) {
        for case .record(_, let record, _, _) in operations { recordsHeard.remove(record.session) }
        for case .close(let session, let reason, _, _) in operations where recordsHeard.contains(session) {
            world.violate("S5", "session \(session) is closed as \(reason.rawValue), and its record has been heard")
        }
    }

    /// Notes operations of which nobody knows whether they are written: records among them are to be written again first.
    func doesNotCommit(_ operations: [LedgerOperation]) {
        for case .record(let cp, let record, _, _) in operations where promises[record.session]?.assignment.cp == cp {
            recordsHeard.insert(record.session)
        }
    }

    /// Notes decisions that come late to the ledger: they were taken by what was known when the request was heard, not when it was repeated.
    func arriveLate(_ operations: [LedgerOperation]) {
        for case .decide(let decision, _) in operations {
            asked[RequestKey(driver: decision.driver, request: decision.request)] = nil
        }
    }

    func opens(_ session: LedgerSession, _ world: World) {
        let cp = session.assignment.cp
        if session.provenance.origin == .offline { return enters(session, world) }
        if promises.updateValue(Promise(driver: session.driver, assignment: session.assignment, at: world.clock), forKey: session.id) != nil {
            world.violate("I4", "session \(session.id) is made a second time")
        }
        if let other = openAt.updateValue(session.id, forKey: cp) {
            world.violate("I1", "session \(session.id) is opened at \(cp), where \(other) is open")
        }
        let open = (openOf[session.driver] ?? 0) + 1
        openOf[session.driver] = open
        let limit = vehicles[session.driver] ?? 0
        if open > limit { world.violate("I1", "\(session.driver) has \(open) sessions open, and \(limit) vehicles") }
        let provenance = session.provenance
        if provenance.origin == .station, provenance.token != Cards.token(of: session.driver) {
            world.violate("S12", "\(session.driver) has session \(session.id), which was begun at a station with another card")
        }
        if session.closing != nil || session.isComplete { world.violate("I4", "session \(session.id) is closed when it is opened") }
    }

    /// Checks S11: what was begun offline is in the ledger once, whole, and on the bill of its card's account.
    private func enters(_ session: LedgerSession, _ world: World) {
        world.tell("ledger: \(session.driver) is billed for session \(session.id), begun offline at \(session.assignment.cp)")
        if world.ledger.book.session(session.id) != nil { world.violate("S11", "session \(session.id) is entered a second time") }
        if !session.isComplete { world.violate("S11", "session \(session.id) is entered without its record") }
        if session.provenance.token != Cards.token(of: session.driver) {
            world.violate("S11", "\(session.driver) is billed for session \(session.id), which was begun with another card")
        }
        isOwed(session, world)
        account(session.energy, on: session.assignment.meter, of: session.id, world) { $0.billed += $1 }
    }

    func changes(_ old: LedgerSession?, to new: LedgerSession, _ world: World) {
        guard let old else { return world.violate("I4", "session \(new.id) is changed, but is not there") }
        if old.assignment != new.assignment || old.driver != new.driver || old.request != new.request || old.accepted != new.accepted {
            world.violate("I4", "the promise of session \(new.id) changes")
        }
        if old.isComplete, old != new { world.violate("I4", "session \(new.id) changes after it was complete") }
        if let closing = old.closing, closing != new.closing {
            world.violate("S5", "session \(new.id) closed as \(closing.reason.rawValue), and now \(new.closing?.reason.rawValue ?? "is open")")
        }
        if old.isOpen, let closing = new.closing {
            if openAt[new.assignment.cp] == new.id { openAt[new.assignment.cp] = nil }
            closedAt[new.assignment.cp] = world.clock
            openOf[new.driver, default: 1] -= 1
            switch closing.reason.outcome {
            case .completed: world.counts.completed += 1
            case .failed: world.counts.failed += 1
            }
            world.tell("ledger: session \(new.id) closes: \(closing.reason.rawValue)\(new.isComplete ? "" : ", incomplete")")
            // Every engine answers its monitor, which takes back what others say in its place, unless it is just connecting anew.
            let isThere = world.monitors.contains { $0.cp == new.assignment.cp && $0.isOnline }
            if world.scenario.trouble == .stranger, closing.reason == .fault, isThere {
                world.violate("S5", "session \(new.id) at \(new.assignment.cp) fails for a FAULTY that its monitor did not say")
            }
        } else if !old.isComplete, new.isComplete {
            world.tell("ledger: the record of session \(new.id) completes it: \(new.energy)")
        }
        guard new.isComplete, !old.isComplete else { return }
        implausible[new.id] = nil
        if let start = new.startRegister, let end = new.register, end - start != new.energy {
            world.violate("I4", "session \(new.id) bills \(new.energy), its registers are \(end - start) apart")
        }
        account(new.energy, on: new.billedMeter, of: new.id, world) { $0.billed += $1 }
    }

    func keeps(_ stray: StrayRecord, _ world: World) {
        world.tell("the record of session \(stray.record.session) is kept beside the ledger")
        guard stray.record.meter != Stranger.meter, stray.record.session != Stranger.session else { return }
        // Owed by nobody, or for the operator to see to, since a clock was set meanwhile; accounted for.
        let isOfStation = world.stationPoints.contains(stray.cp)
        // Nothing was metered, and its meter has changed.
        if isOfStation, stray.record.energy == .zero { return }
        // A station charges longer than agreed while nobody can stop it, which is more than a Central whose clock was set back can believe.
        if isOfStation, stray.kind == .implausible, promises[stray.record.session] != nil {
            implausible[stray.record.session] = (stray.cp, stray.record.energy)
            return
        }
        if isOfStation && stray.record.provenance.origin == .offline || isOwedByNobody(stray, world)
            || stray.record.provenance.origin == .offline && stray.kind == .implausible
        {
            return account(stray.record.energy, on: stray.record.meter, of: stray.record.session, world) { $0.billed += $1 }
        }
        if !mayStray(stray.cp, accepted: promises[stray.record.session]?.at) {
            world.violate("S6", "the record of session \(stray.record.session) at \(stray.cp) has no place, and nothing there was lost or doubled")
        }
        account(stray.record.energy, on: stray.record.meter, of: stray.record.session, world) { $0.putAside += $1 }
    }

    /// Adds energy to a meter's account and checks I3, at every moment: no more is billed than the register moved.
    private func account(
        _ energy: Energy, on meter: MeterID, of session: SessionID, _ world: World, _ add: (inout Meter, Int64) -> Void
    ) {
        // Nothing flows there.
        if meter == Stranger.meter { return }
        world.counts.wattHours += energy.wattHours
        guard var known = meters[meter] else {
            return world.violate("I3", "session \(session) is billed on meter \(meter), which no engine has")
        }
        add(&known, energy.wattHours)
        meters[meter] = known
        if known.accounted > known.register.wattHours {
            world.violate(
                "I3",
                "meter \(meter) of \(known.cp) moved \(known.register), and with session \(session) \(Energy(wattHours: known.accounted)) are billed or put aside"
            )
        }
    }

    /// Checks S3: an honest engine's readings are believed, unless another of its name meters the same session.
    func doubts(_ cp: ChargePointID, _ session: SessionID, _ doubt: ReadingBelief.Doubt, _ world: World) {
        world.tell("Central does not believe a reading of session \(session): \(doubt)")
        // Stations have quirks.
        if world.stationPoints.contains(cp) { return }
        guard !mayStray(cp, accepted: promises[session]?.at) else { return }
        world.violate("S3", "a reading of session \(session) at \(cp) is not believed: \(doubt)")
    }

    /// Notes that the operator is told of a record that has no place, and checks S6: it is kept.
    func strays(_ session: SessionID, _ why: String, _ world: World) {
        world.counts.strays += 1
        world.tell("Central tells of the record of session \(session): \(why)")
        if !world.ledger.book.strays.contains(where: { $0.record.session == session }) {
            world.violate("S6", "the operator is told of a stray record of session \(session), and none is kept")
        }
    }
}
