public import ChargingModel

extension LedgerBook {
    /// Without a record: FAILED, incomplete, with what is known (S5).
    mutating func close(_ id: SessionID, _ reason: EndReason, register: Energy?, energy: Energy, at: WallTime) -> LedgerResult {
        guard var session = sessions[id], session.isOpen else { return .done }
        session.closing = LedgerSession.Closing(reason: reason, at: at)
        session.register = register
        session.energy = energy
        sessions[id] = session
        awaitingRecord.insert(id)
        noteClosed(session, at: at)
        return .closed(session, tickets(of: session.driver))
    }

    /// By session id, never by point (S6).
    mutating func take(_ record: SessionRecord, from cp: ChargePointID, seen: Energy?, at: WallTime) -> LedgerResult {
        let id = record.session
        guard var session = sessions[id] else {
            if orphans[id] != nil { return .recorded(.alreadyHeld, nil, []) }
            orphans[id] = StrayRecord(cp: cp, record: record, at: at)
            return .recorded(.orphan, nil, [])
        }
        if session.isComplete || session.contradiction != nil { return .recorded(.alreadyHeld, session, []) }
        let wasOpen = session.isOpen
        let contradiction = contradiction(of: record, with: session, seen: seen)
        if wasOpen { session.closing = LedgerSession.Closing(reason: record.endReason, at: at) }
        if let contradiction {
            session.contradiction = contradiction
            session.register = max(session.register ?? .zero, seen ?? .zero)
            contradictions[id] = StrayRecord(cp: cp, record: record, at: at)
        } else {
            session.isComplete = true
            session.energy = record.energy
            session.register = record.endRegister
            session.started = record.started
            session.ended = record.ended
            records[id] = record
        }
        sessions[id] = session
        awaitingRecord.remove(id)
        if wasOpen { noteClosed(session, at: at) } else { changes[session.driver] = at }
        let outcome: RecordOutcome = contradiction.map { .contradicted($0) } ?? (wasOpen ? .closed : .completed)
        return .recorded(outcome, session, tickets(of: session.driver))
    }

    private func contradiction(of record: SessionRecord, with session: LedgerSession, seen: Energy?) -> String? {
        if record.meter != session.assignment.meter {
            return "the record is of meter \(record.meter), the session was accepted on \(session.assignment.meter)"
        }
        guard let highest = [seen, session.register].compactMap({ $0 }).max(), record.endRegister < highest else { return nil }
        return "the record ends at \(record.endRegister.wattHours) Wh, telemetry had shown \(highest.wattHours) Wh"
    }

    private mutating func noteClosed(_ session: LedgerSession, at: WallTime) {
        open.remove(session.id)
        closedOrder[session.driver, default: []].append(session.id)
        changes[session.driver] = at
    }

    /// The newest tickets of a driver, the last closed first.
    public func tickets(of driver: DriverID) -> [Ticket] {
        (closedOrder[driver] ?? []).suffix(TicketList.limit).reversed().compactMap { sessions[$0]?.ticket }
    }

    /// What Central reads when it starts, at the time (S7, P8).
    public func snapshot(at now: WallTime) -> LedgerSnapshot {
        let since = WallTime(milliseconds: now.milliseconds - LedgerBook.recentTime)
        let dayBefore = WallTime(milliseconds: now.milliseconds - LedgerBook.ticketTime)
        let drivers = changes.filter { $0.value >= dayBefore }.keys
        let recentlyClosed = drivers.sorted().flatMap { driver in
            (closedOrder[driver] ?? []).reversed().prefix { (sessions[$0]?.closing?.at ?? since) >= since }.reversed()
        }
        return LedgerSnapshot(
            openSessions: open.sorted().compactMap { sessions[$0] }, awaitingRecord: awaitingRecord.sorted().compactMap { sessions[$0] },
            wishes: wishes, recentDecisions: decisions.reversed().prefix { $0.at >= since }.reversed(),
            recentSessions: recentlyClosed.compactMap { sessions[$0] },
            tickets: Dictionary(uniqueKeysWithValues: drivers.map { ($0, tickets(of: $0)) }))
    }
}
