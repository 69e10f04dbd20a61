internal import ChargingModel

// A record finds its session by the session's id, never by its point (S6).
extension LedgerRules {
    /// Why a record is not its session's.
    private struct Doubt {
        var kind: StrayRecord.Kind
        var why: String
        /// Another point says it: that tells nothing of the session.
        var isForeign = false
    }

    static func take<Rows: LedgerRows>(
        _ record: SessionRecord, from cp: ChargePointID, _ context: RecordContext, at: WallTime, _ rows: inout Rows
    ) throws(Rows.Failure) -> LedgerResult {
        let stray = try rows.stray(record.session, of: record.meter)
        guard var session = try rows.session(record.session) else {
            if stray != nil { return .recorded(.alreadyHeld, nil, []) }
            if try rows.wasPruned(record.session) { return .recorded(.alreadyHeld, nil, []) }
            try keepOrphan(record, from: cp, context, at: at, &rows)
            return .recorded(.orphan, nil, [])
        }
        if session.isComplete, record.meter == session.billedMeter || record.energy == .zero { return .recorded(.alreadyHeld, session, []) }
        if let stray, stray.record == record, stray.cp == cp, !session.isOpen { return .recorded(.alreadyHeld, session, []) }
        if let doubt = doubt(record, from: cp, session, context, at: at) {
            return try putAside(record, from: cp, doubt, session, context, isHeld: stray != nil, at: at, &rows)
        }
        let wasOpen = session.isOpen
        if wasOpen {
            session.closing = LedgerSession.Closing(reason: record.endReason, at: at)
            session.count(context.seen)
        }
        // Also after another engine of its name had answered for it.
        session.contradiction = nil
        session.fill(from: record)
        try rows.log(AuditEntry(at: at, wasOpen ? .closed : .record, of: session))
        try rows.change(session, ticketChangedAt: at)
        return .recorded(wasOpen ? .closed : .completed, session, try rows.tickets(of: session.driver, most: TicketList.limit))
    }

    private static func keepOrphan<Rows: LedgerRows>(
        _ record: SessionRecord, from cp: ChargePointID, _ context: RecordContext, at: WallTime, _ rows: inout Rows
    ) throws(Rows.Failure) {
        // Nobody is billed for it, so a day is not too much: its point's clock may have gone back meanwhile.
        let most = (context.rating ?? .limit).mostEnergy(over: max(record.span, .seconds(86_400)))
        try rows.add(StrayRecord(kind: record.energy > most ? .implausible : .orphan, cp: cp, record: record, at: at))
        try rows.log(
            AuditEntry(
                at: at, .orphan, cp: cp, driver: record.driver, session: record.session, energy: record.energy, why: record.endReason.rawValue))
    }

    /// Kept beside the sessions. What its own point says closes an open session, which is billed with what telemetry showed.
    private static func putAside<Rows: LedgerRows>(
        _ record: SessionRecord, from cp: ChargePointID, _ doubt: Doubt, _ held: LedgerSession, _ context: RecordContext, isHeld: Bool,
        at: WallTime, _ rows: inout Rows
    ) throws(Rows.Failure) -> LedgerResult {
        var session = held
        let closes = session.isOpen && !doubt.isForeign
        if isHeld, !closes { return .recorded(.alreadyHeld, session, []) }
        if !isHeld { try rows.add(StrayRecord(kind: doubt.kind, cp: cp, record: record, at: at)) }
        if !doubt.isForeign, !session.isComplete {
            if closes {
                session.closing = LedgerSession.Closing(reason: record.endReason, at: at)
                session.count(context.seen)
            }
            session.contradiction = session.contradiction ?? doubt.why
            session.energy = max(session.energy, context.seen.energy)
            session.register = [session.register, context.seen.register].compactMap { $0 }.max()
            if closes { try rows.log(AuditEntry(at: at, .closed, of: session)) }
            try rows.change(session, ticketChangedAt: at)
        }
        try rows.log(AuditEntry(at: at, .contradicted, of: session, why: doubt.why))
        let outcome: RecordOutcome = doubt.isForeign ? .putAside(doubt.why) : .contradicted(doubt.why)
        return .recorded(outcome, session, try rows.tickets(of: session.driver, most: TicketList.limit))
    }

    private static func doubt(
        _ record: SessionRecord, from cp: ChargePointID, _ session: LedgerSession, _ context: RecordContext, at: WallTime
    ) -> Doubt? {
        let assignment = session.assignment
        if cp != assignment.cp {
            return Doubt(kind: .contradiction, why: "the record is of \(cp), the session is at \(assignment.cp)", isForeign: true)
        }
        if record.meter != assignment.meter {
            return Doubt(kind: .contradiction, why: "the record is of meter \(record.meter), the session was accepted on \(assignment.meter)")
        }
        let most = context.most ?? mostEnergy(of: session, record, at: at)
        if record.energy > most {
            return Doubt(
                kind: .implausible, why: "the record claims \(record.energy), more than the \(most) that \(assignment.power) can have delivered")
        }
        // Registers that began elsewhere don't compare, energies do.
        let shown = max(context.seen.energy, session.energy)
        if !session.isComplete, record.energy < shown {
            return Doubt(kind: .contradiction, why: "the record has \(record.energy), telemetry had shown \(shown)")
        }
        return session.isComplete ? Doubt(kind: .contradiction, why: "the session is complete") : nil
    }

    /// The most that a record may claim which comes so late that Central's own clock has not seen its session: by the engine's clock, and where that
    /// went back, by the time that the session was open or was to last.
    private static func mostEnergy(of session: LedgerSession, _ record: SessionRecord, at: WallTime) -> Energy {
        let open = (session.closing?.at ?? at).since(session.accepted)
        return session.assignment.power.mostEnergy(over: max(record.span, open, session.assignment.duration ?? .zero))
    }

    /// What the operator says of a record that was put aside holds once and for all.
    static func judge<Rows: LedgerRows>(_ verdict: RecordVerdict, at: WallTime, _ rows: inout Rows) throws(Rows.Failure) -> RecordVerdictResult {
        guard let stray = try rows.stray(verdict.session, of: verdict.meter) else { return .unknown }
        var session = try rows.session(verdict.session)
        if let judged = stray.judgement {
            guard judged.choice == verdict.choice else {
                let word = judged.choice == .accept ? "accepted" : "refused"
                return .refused("it was \(word) by \(judged.operatorName) at \(judged.at.text)")
            }
            return .done(session, try tickets(of: session, rows))
        }
        let judgement = StrayRecord.Judgement(choice: verdict.choice, operatorName: verdict.operatorName, at: at)
        var entry = AuditEntry(
            at: at, .recordRefused, cp: stray.cp, session: verdict.session, why: "meter \(verdict.meter), by \(verdict.operatorName)")
        if verdict.choice == .accept {
            guard var accepting = session else { return .refused("the ledger has no session \(verdict.session): such a record can only be refused") }
            guard !accepting.isOpen else { return .refused("session \(verdict.session) is open: its own record may still come") }
            guard !accepting.isComplete else { return .refused("session \(verdict.session) has its record, which never changes") }
            accepting.contradiction = nil
            accepting.fill(from: stray.record)
            accepting.recordMeter = verdict.meter == accepting.assignment.meter ? nil : verdict.meter
            try rows.change(accepting, ticketChangedAt: at)
            entry = AuditEntry(at: at, .recordAccepted, of: accepting, why: entry.why)
            session = accepting
        }
        try rows.judge(verdict.session, of: verdict.meter, judgement)
        try rows.log(entry)
        return .done(session, try tickets(of: session, rows))
    }

    private static func tickets<Rows: LedgerRows>(of session: LedgerSession?, _ rows: Rows) throws(Rows.Failure) -> [Ticket] {
        guard let session else { return [] }
        return try rows.tickets(of: session.driver, most: TicketList.limit)
    }
}

extension LedgerSession {
    /// The engine's record makes it complete (S5).
    fileprivate mutating func fill(from record: SessionRecord) {
        isComplete = true
        recordCost = record.cost
        energy = record.energy
        startRegister = record.startRegister
        register = record.endRegister
        started = record.started
        ended = record.ended
    }
}
