extension CentralCore {
    mutating func write(_ operation: LedgerOperation, then followup: Followup) {
        guard ledger == .working else { return }
        outbox.add(operation, followup)
    }

    /// Sends the next group of operations to the ledger, if none is in flight.
    mutating func flush() {
        guard ledger == .working, let group = outbox.next() else { return }
        actions.append(.commit(group.number, group.operations))
    }

    mutating func finish(commit number: UInt64, _ results: [LedgerResult]) {
        guard let group = outbox.finish(number), group.count == results.count else { return }
        // What was read before is not the last word any more.
        recent = nil
        for (held, result) in zip(group, results) { follow(held.followup, result) }
    }

    /// Stops deciding until the ledger has been read again; what was decided and not written counts as never decided (S7).
    mutating func fail(commit number: UInt64) {
        if outbox.isInFlight(number) { loseLedger() }
    }

    private mutating func loseLedger() {
        let isNews = ledger != .failed
        // Nothing that comes of it is written any more.
        ledger = .failed
        for held in outbox.discard() {
            switch held.followup {
            case .decision(let decision):
                if case .accepted(let assignment) = decision.ruling { withdraw(assignment) }
                deny(ReceivedRequest(decision), .ledgerUnavailable, "the ledger can't be written at the moment")
            case .availability(_, _, let question): answer(question, .ledgerUnavailable)
            case .forget(_, let question), .askStop(_, let question), .judge(_, let question), .token(_, _, let question):
                answer(question, .ledgerUnavailable)
            // It came before whatever is decided from here on (S5).
            case .record(let parked):
                giveBackRow(of: parked)
                park(parked)
            case .restoreTickets(let driver): restoringTickets.remove(driver)
            case .none, .unrecorded, .stopOfClosed, .closed, .sayAgain: break
            }
        }
        if isNews { actions.append(.notice(.ledgerFailed)) }
        if let link { suspendWaits(connectedSince: link.since) }
        timers.set(.ledger, at: now.monotonic + settings.ledgerRetry)
    }

    /// Takes over what the ledger says, and says again what may have been left unsaid.
    mutating func restore(_ snapshot: LedgerSnapshot?) {
        guard let snapshot else { return loseLedger() }
        if ledger == .failed { actions.append(.notice(.ledgerBack)) }
        ledger = .working
        take(snapshot.tokens)
        let before = sessions
        for id in sessions.keys.sorted() { remove(id) }
        for session in snapshot.openSessions {
            var open = OpenSession(session)
            if let known = before[session.id] {
                open.goneBefore = known.goneBefore
                open.seen = known.seen
                open.belief = known.belief
                open.saidDoubt = known.saidDoubt
                open.saidWaiting = known.saidWaiting
                open.stopBackoff = known.stopBackoff
                open.isConfirmed = known.isConfirmed || open.isConfirmed
                if open.isConfirmed, !session.isConfirmed { write(.confirm(session.id), then: .none) }
            }
            if session.isStopAsked, open.stopBackoff == nil { open.stopBackoff = OpenSession.firstStopBackoff }
            insert(open)
            if open.stopBackoff != nil { repeatStop(session.id) }
        }
        awaitingRecord = AwaitedRecords(snapshot.awaitingRecord, after: awaitingRecord)
        setStopsTimer()
        settleClosed(before, snapshot)
        for cp in points.keys {
            set(availability: nil, of: cp)
            points[cp]?.availabilityChanges = []
            points[cp]?.isBeingForgotten = erasing[cp] != nil
            points[cp]?.recordedFault = nil
        }
        for (cp, fault) in snapshot.faults {
            if points[cp] == nil { points[cp] = PointBelief(cp) }
            points[cp]?.recordedFault = fault
        }
        for (cp, availability) in snapshot.availabilities {
            if points[cp] == nil { points[cp] = PointBelief(cp) }
            set(availability: availability, of: cp)
        }
        let parked = parkedRecords.values.sorted { ($0.record.session, $0.cp, $0.record.meter) < ($1.record.session, $1.cp, $1.record.meter) }
        parkedRecords = [:]
        for parked in parked { write(parked) }
        guard link != nil else {
            for cp in points.keys.sorted() { publishVerdict(cp) }
            recent = snapshot
            return
        }
        sayAgain(snapshot)
        for session in snapshot.openSessions.map(\.id) { reconsider(session) }
        for cp in points.keys.sorted() {
            greetIfHere(cp)
            publishVerdict(cp)
        }
    }

    /// Reports to their breakers the sessions that were open here and that the ledger now says are closed.
    private mutating func settleClosed(_ before: [SessionID: OpenSession], _ snapshot: LedgerSnapshot) {
        let closed = Dictionary((snapshot.awaitingRecord + snapshot.recentSessions).map { ($0.id, $0) }) { first, _ in first }
        for (id, known) in before.sorted(by: { $0.key < $1.key }) where sessions[id] == nil {
            if let session = closed[id], !session.isOpen {
                settle(session, isBlameless: known.isBlameless)
            } else {
                points[known.cp]?.breaker.release()
            }
        }
    }

    private mutating func follow(_ followup: Followup, _ result: LedgerResult) {
        switch (followup, result) {
        case (_, .impossible(let why)):
            giveUp(followup, why)
        case (.decision(let decision), .alreadyDecided(let recorded, let session)):
            switch decision.ruling {
            case .accepted(let assignment): withdraw(assignment)
            case .denied: giveBackDenial(decision)
            }
            repeatAnswer(recorded, session, to: ReceivedRequest(decision))
        case (.decision(let decision), _):
            carryOut(decision)
        case (.unrecorded(let request, _, _), .found(let decision?, let session)):
            repeatAnswer(decision, session, to: request)
        case (.unrecorded(let request, let code, let reason), _):
            deny(request, code, reason)
        case (.stopOfClosed, .foundSession(let session?)):
            publishOutcome(session)
        case (.stopOfClosed(let id, let driver), _):
            deny(driver, nil, nil, .badRequest, "no session \(id) of yours is known", session: id)
        case (.closed(let id), .closed(let session, let tickets)):
            conclude(id, session, tickets)
        case (.closed(let id), _):
            if let session = remove(id) { publishVerdict(session.cp) }
        case (.record(let parked), .recorded(let outcome, let session, let tickets)):
            switch outcome {
            case .closed, .completed, .alreadyHeld, .notKept, .notYet: giveBackRow(of: parked)
            case .entered, .orphan, .contradicted, .putAside: break
            }
            conclude(parked.cp, parked.record, outcome, session, tickets)
        case (.sayAgain, .recent(let snapshot)):
            if link != nil { sayAgain(snapshot) }
        case (.restoreTickets(let driver), let result):
            restoringTickets.remove(driver)
            if case .tickets(let tickets) = result { publishTickets(driver, tickets) }
        case (.record, _), (.sayAgain, _), (.none, _):
            break
        case (.forget(let cp, let question), _):
            carryOut(forget: cp, question)
        case (.askStop(let session, let question), .foundSession(let found)):
            carryOut(stop: session, isKnown: found != nil, question)
        case (.askStop(_, let question), _):
            answer(question, .unknown)
        case (.token(let change, let name, let question), .token(let result)):
            carryOut(change, by: name, result, question)
        case (.judge(let verdict, let question), .judged(let result)):
            carryOut(verdict, result, question)
        case (.judge(_, let question), _), (.token(_, _, let question), _):
            answer(question, .unknown)
        case (.availability(let cp, let outOfOrder, let question), _):
            if points[cp] == nil { points[cp] = PointBelief(cp) }
            set(availability: outOfOrder, of: cp)
            points[cp]?.availabilityChangeHasArrived()
            send(outOfOrder ? .outOfOrder : .resume, to: cp)
            publishVerdict(cp)
            answer(question, .done)
        }
    }

    /// Withdraws one operation that the ledger can't hold, so that it does not hold up the others: whoever waits for it is told, nothing is promised.
    private mutating func giveUp(_ followup: Followup, _ why: String) {
        actions.append(.notice(.ledgerRefused(why)))
        switch followup {
        case .decision(let decision):
            if case .accepted(let assignment) = decision.ruling { withdraw(assignment) }
            deny(ReceivedRequest(decision), .ledgerUnavailable, "the ledger can't hold this request")
        case .closed(let session): reopen(session)
        case .record(let parked):
            giveBackRow(of: parked)
            reopen(parked.record.session)
        case .availability(let cp, _, let question):
            points[cp]?.availabilityChangeHasArrived()
            publishVerdict(cp)
            answer(question, .refused("the ledger can't hold it: \(why)"))
        case .forget(let cp, let question):
            points[cp]?.isBeingForgotten = false
            answer(question, .refused("the ledger can't hold it: \(why)"))
        case .askStop(_, let question), .judge(_, let question), .token(_, _, let question):
            answer(question, .refused("the ledger can't hold it: \(why)"))
        case .restoreTickets(let driver): restoringTickets.remove(driver)
        case .none, .unrecorded, .stopOfClosed, .sayAgain:
            break
        }
    }

    /// Opens a session again that a record did not close.
    private mutating func goOn(_ session: SessionID) {
        guard sessions[session]?.phase == .closing else { return }
        sessions[session]?.phase = .open
        reconsider(session)
    }

    /// Opens a closing session again. Its end is looked at again after `ledgerRetry`, not at once: the ledger would refuse it for ever.
    private mutating func reopen(_ session: SessionID) {
        guard sessions[session]?.phase == .closing else { return }
        sessions[session]?.phase = .open
        timers.set(.session(session), at: now.monotonic + settings.ledgerRetry)
    }

    /// Publishes a decision that is now in the ledger, and so may be promised (S1).
    private mutating func carryOut(_ decision: Decision) {
        switch decision.ruling {
        case .denied(let code, let reason):
            deny(ReceivedRequest(decision), code, reason)
        case .accepted(let assignment):
            let id = assignment.session
            guard let order = sessions[id]?.order, sessions[id]?.phase == .proposed else { return }
            sessions[id]?.phase = .open
            actions.append(.notice(.assigned(decision.driver, assignment.cp)))
            publishAccepted(decision.driver, decision.request, assignment)
            if link != nil {
                sessions[id]?.startedInThisConnection = true
                send(.start(order), to: assignment.cp)
            } else {
                sessions[id]?.isBlameless = true
            }
            publishVerdict(assignment.cp)
            reconsider(id)
        }
    }

    /// Takes back a proposal that came to nothing.
    private mutating func withdraw(_ assignment: Assignment) {
        guard sessions[assignment.session]?.phase == .proposed else { return }
        remove(assignment.session)
        points[assignment.cp]?.breaker.release()
        publishVerdict(assignment.cp)
    }

    /// Ends a session that closed without its record: publishes the outcome and the ticket, and sends STOP (S5).
    private mutating func conclude(_ id: SessionID, _ session: LedgerSession, _ tickets: [Ticket]) {
        let open = remove(id)
        if session.awaitsRecord {
            awaitingRecord.insert(session)
            setStopsTimer()
        }
        publishOutcome(session)
        publishTickets(session.driver, tickets)
        send(.stop(id), to: session.assignment.cp)
        settle(session, isBlameless: open?.isBlameless ?? false)
    }

    private mutating func conclude(
        _ cp: ChargePointID, _ record: SessionRecord, _ outcome: RecordOutcome, _ session: LedgerSession?, _ tickets: [Ticket]
    ) {
        switch outcome {
        case .closed:
            guard let session else { break }
            let open = remove(record.session)
            publishOutcome(session)
            publishTickets(session.driver, tickets)
            // Confirmed, and never started: no vehicle came, for which the point is not to blame.
            settle(session, isBlameless: (open?.isBlameless == true || session.isConfirmed) && session.closing?.reason == .neverStarted)
        case .completed:
            awaitingRecord.remove(record.session)
            actions.append(.notice(.recordCompleted(record.session)))
            if let session {
                publishOutcome(session)
                publishTickets(session.driver, tickets)
            }
        case .contradicted(let why):
            awaitingRecord.remove(record.session)
            actions.append(.notice(.contradiction(record.session, why)))
            if let session, let open = remove(record.session) {
                publishOutcome(session)
                publishTickets(session.driver, tickets)
                settle(session, isBlameless: open.isBlameless)
            }
        case .notYet: return
        case .notKept:
            // Its engine keeps it, and says it again.
            if let session, sessions[record.session]?.phase == .closing, session.isOpen { reopen(record.session) }
            counters.recordsRefused += 1
            guard saidTooManyRecords.take(at: now.monotonic) else { return }
            return actions.append(.notice(.tooManyRecords(cp)))
        case .putAside(let why):
            actions.append(.notice(.contradiction(record.session, why)))
            if sessions[record.session]?.cp == cp { goOn(record.session) }
        case .entered:
            guard let session else { break }
            actions.append(.notice(.enteredOffline(session.driver, cp, session.id, session.energy)))
            publishTickets(session.driver, tickets)
        case .orphan:
            actions.append(.notice(.orphan(cp, record)))
        case .alreadyHeld:
            // It may have been decided as held while its session was thought open here: the ledger knows better.
            if session?.isOpen == true { goOn(record.session) } else { remove(record.session) }
        }
        send(.ack(record.session, of: record.meter), to: cp)
        publishVerdict(cp)
    }

    /// Reports the end of a session to its point's breaker, and to the operator.
    private mutating func settle(_ session: LedgerSession, isBlameless: Bool) {
        guard let reason = session.closing?.reason else { return }
        let cp = session.assignment.cp
        switch (reason.outcome, reason.countsAgainstPoint && !isBlameless) {
        case (.completed, _): points[cp]?.breaker.succeed()
        case (.failed, true): points[cp]?.breaker.fail(at: now.monotonic)
        case (.failed, false): points[cp]?.breaker.release()
        }
        switch reason.outcome {
        case .completed: actions.append(.notice(.sessionCompleted(session.driver, cp, session.id, reason)))
        case .failed: actions.append(.notice(.sessionFailed(session.driver, cp, session.id, reason)))
        }
        publishVerdict(cp)
    }
}
