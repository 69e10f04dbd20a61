internal import ChargingModel

// A record finds its session by the session's id, never by its point (S6).
extension LedgerRules {
    /// The reason for which a record is not its session's.
    private struct Doubt {
        var kind: StrayRecord.Kind
        var why: String
        /// True when another point than the session's sent it: that tells nothing of the session.
        var isForeign = false
        /// True for what no honest engine says of a session that it goes on supplying.
        var isAbsurd = false
    }

    static func take<Rows: LedgerRows>(
        _ record: SessionRecord, from cp: ChargePointID, _ context: RecordContext, at: WallTime, _ rows: inout Rows
    ) throws(Rows.Failure) -> LedgerResult {
        let strays = try rows.strays(of: record.session)
        let isKept = strays.contains { $0.key == StrayRecord.Key(record, from: cp) }
        guard var session = try rows.session(record.session) else {
            if isKept { return .recorded(.alreadyHeld, nil, []) }
            if try rows.wasPruned(record) { return .recorded(.alreadyHeld, nil, []) }
            // Nothing was metered, and nobody asks for it: whoever invents sessions fills no table.
            if record.energy == .zero { return .recorded(.alreadyHeld, nil, []) }
            switch context.claim {
            case .unknownYet: return .recorded(.notYet, nil, [])
            case .of(let account, let price, let rating):
                guard context.mayBePutAside else { return .recorded(.notKept, nil, []) }
                if record.energy <= rating.mostEnergy(over: record.offlineSpan), try !rows.isBilled(record, at: cp) {
                    return try enter(record, from: cp, of: account, price, rating, at: at, &rows)
                }
            case nil: break
            }
            if strays.count >= StrayRecord.limit || !context.mayBePutAside { return .recorded(.notKept, nil, []) }
            try keepOrphan(record, from: cp, context, at: at, &rows)
            return .recorded(.orphan, nil, [])
        }
        // Put aside while its engine went on, it ends the STOPs now.
        let endsStops = isKept && session.awaitsRecord
        if session.holds(record, from: cp) || isKept && !session.isOpen && !endsStops { return .recorded(.alreadyHeld, session, []) }
        if let doubt = doubt(record, from: cp, session, context, at: at) {
            let room: Room = isKept ? .taken : strays.count >= StrayRecord.limit || !context.mayBePutAside ? .none : .free
            return try putAside(record, from: cp, doubt, session, context, room, at: at, &rows)
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

    /// Enters a session that was begun offline with the token of an account: what was metered is a fact.
    private static func enter<Rows: LedgerRows>(
        _ record: SessionRecord, from cp: ChargePointID, of account: DriverID, _ price: Price, _ rating: Power, at: WallTime, _ rows: inout Rows
    ) throws(Rows.Failure) -> LedgerResult {
        let assignment = Assignment(
            session: record.session, cp: cp, power: rating, price: price, meter: record.meter, energyTarget: nil, duration: nil)
        var session = LedgerSession(
            driver: account, request: nil, assignment: assignment, accepted: at)
        session.isConfirmed = true
        session.provenance = record.provenance
        session.closing = LedgerSession.Closing(reason: record.endReason, at: at)
        session.fill(from: record)
        try rows.add(session)
        try rows.log(AuditEntry(at: at, .entered, of: session))
        return .recorded(.entered, session, try rows.tickets(of: account, most: TicketList.limit))
    }

    /// The room for a record beside its session.
    private enum Room {
        case free
        /// Taken by the record itself: it is held already.
        case taken
        case none
    }

    private static func keepOrphan<Rows: LedgerRows>(
        _ record: SessionRecord, from cp: ChargePointID, _ context: RecordContext, at: WallTime, _ rows: inout Rows
    ) throws(Rows.Failure) {
        // Nobody is billed for it, so a day is not too much: its point's clock may have gone back meanwhile.
        // Were it plausible it would be on that account's bill.
        let span = context.claim == nil ? max(record.span, .seconds(86_400)) : record.offlineSpan
        let most = (context.rating ?? .limit).mostEnergy(over: span)
        try rows.add(StrayRecord(kind: record.energy > most ? .implausible : .orphan, cp: cp, record: record, at: at))
        try rows.log(
            AuditEntry(
                at: at, .orphan, cp: cp, driver: record.driver, session: record.session, energy: record.energy, why: record.endReason.rawValue))
    }

    /// Keeps a record beside the sessions. A record of the session's own point closes an open session, which is billed with what telemetry showed, unless
    /// the session's engine says that it goes on.
    private static func putAside<Rows: LedgerRows>(
        _ record: SessionRecord, from cp: ChargePointID, _ doubt: Doubt, _ held: LedgerSession, _ context: RecordContext, _ room: Room,
        at: WallTime, _ rows: inout Rows
    ) throws(Rows.Failure) -> LedgerResult {
        var session = held
        let tellsNothing = doubt.isForeign || session.isOpen && context.isSupplying && doubt.isAbsurd
        let closes = session.isOpen && !tellsNothing
        switch room {
        case .none: return .recorded(.notKept, session, [])
        case .taken: if !closes, tellsNothing || !session.awaitsRecord { return .recorded(.alreadyHeld, session, []) }
        case .free: try rows.add(StrayRecord(kind: doubt.kind, cp: cp, record: record, at: at))
        }
        if !tellsNothing, !session.isComplete {
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
        let outcome: RecordOutcome = tellsNothing ? .putAside(doubt.why) : .contradicted(doubt.why)
        return .recorded(outcome, session, try rows.tickets(of: session.driver, most: TicketList.limit))
    }

    private static func doubt(
        _ record: SessionRecord, from cp: ChargePointID, _ session: LedgerSession, _ context: RecordContext, at: WallTime
    ) -> Doubt? {
        let assignment = session.assignment
        let most = context.most ?? mostEnergy(of: session, record, at: at)
        let kind: StrayRecord.Kind = record.energy > most ? .implausible : .contradiction
        if cp != assignment.cp {
            return Doubt(kind: kind, why: "the record is of \(cp), the session is at \(assignment.cp)", isForeign: true)
        }
        if record.meter != assignment.meter {
            let why = "the record is of meter \(record.meter), the session was accepted on \(assignment.meter)"
            return Doubt(kind: kind, why: why, isAbsurd: true)
        }
        if kind == .implausible {
            let why = "the record claims \(record.energy), more than the \(most) that \(assignment.power) can have delivered"
            return Doubt(kind: kind, why: why, isAbsurd: true)
        }
        // Registers that began elsewhere don't compare, energies do.
        let shown = max(context.seen.energy, session.energy)
        if !session.isComplete, record.energy < shown {
            return Doubt(kind: .contradiction, why: "the record has \(record.energy), telemetry had shown \(shown)")
        }
        return session.isComplete ? Doubt(kind: .contradiction, why: "the session is complete") : nil
    }

    /// The most energy that a record may claim which comes when its session is closed: by the engine's clock, as far as Central's own has gone on
    /// since ACCEPTED, or by the time that the session was open or was to last (P4).
    private static func mostEnergy(of session: LedgerSession, _ record: SessionRecord, at: WallTime) -> Energy {
        let open = (session.closing?.at ?? at).since(session.accepted)
        let span = min(record.span, at.since(session.accepted))
        return session.assignment.power.mostEnergy(over: max(span, open, session.assignment.duration ?? .zero))
    }

    /// Carries out the operator's decision on a record that was put aside, which holds once and for all.
    static func judge<Rows: LedgerRows>(_ verdict: RecordVerdict, at: WallTime, _ rows: inout Rows) throws(Rows.Failure) -> RecordVerdictResult {
        let meant = try rows.strays(of: verdict.session).filter { verdict.means($0) }
        let session = try rows.session(verdict.session)
        guard let decided = meant.first else { return .unknown }
        let open = meant.filter { $0.judgement == nil }
        guard let stray = open.first else {
            if meant.contains(where: { $0.judgement?.choice == verdict.choice }) { return .done(session, try tickets(of: session, rows)) }
            return .refused(decided.judgement.map { "it was \($0.choice.past) by \($0.operatorName) at \($0.at.text)" } ?? "it is decided")
        }
        guard open.count == 1 || verdict.choice == .refuse else {
            return .refused("\(open.count) records of meter \(verdict.meter) were put aside: name the point, and where its register ends")
        }
        return try judge(open, as: verdict, session, from: stray.cp, at: at, &rows)
    }

    private static func judge<Rows: LedgerRows>(
        _ strays: [StrayRecord], as verdict: RecordVerdict, _ held: LedgerSession?, from cp: ChargePointID, at: WallTime, _ rows: inout Rows
    ) throws(Rows.Failure) -> RecordVerdictResult {
        var session = held
        let judgement = StrayRecord.Judgement(choice: verdict.choice, operatorName: verdict.operatorName, at: at)
        var entry = AuditEntry(
            at: at, .recordRefused, cp: cp, session: verdict.session, why: "meter \(verdict.meter), by \(verdict.operatorName)")
        if verdict.choice == .accept, let stray = strays.first {
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
        for stray in strays { try rows.judge(stray.key, judgement) }
        try rows.log(entry)
        return .done(session, try tickets(of: session, rows))
    }

    private static func tickets<Rows: LedgerRows>(of session: LedgerSession?, _ rows: Rows) throws(Rows.Failure) -> [Ticket] {
        guard let session else { return [] }
        return try rows.tickets(of: session.driver, most: TicketList.limit)
    }
}

extension SessionRecord {
    /// The time for which a session was that was begun offline, by whatever clock timed it: up to a day where that was set back meanwhile.
    fileprivate var offlineSpan: Duration { started.map { $0 <= ended } ?? false ? span : .seconds(86_400) }
}

extension RecordVerdict {
    /// True when the verdict is about this record.
    fileprivate func means(_ stray: StrayRecord) -> Bool {
        stray.record.meter == meter && cp.map { $0 == stray.cp } ?? true && end.map { $0 == stray.record.endRegister } ?? true
    }
}

extension LedgerSession {
    /// True when this very record is in the session; one of no energy has nothing that would have to be kept.
    fileprivate func holds(_ record: SessionRecord, from cp: ChargePointID) -> Bool {
        guard isComplete else { return false }
        if record.energy == .zero { return true }
        return cp == assignment.cp && record.meter == billedMeter && record.startRegister == startRegister && record.endRegister == register
    }

    /// Makes the session complete with the engine's record (S5).
    fileprivate mutating func fill(from record: SessionRecord) {
        isComplete = true
        recordCost = record.cost
        energy = record.energy
        startRegister = record.startRegister
        register = record.endRegister
        started = record.started
        ended = record.ended
        // Who began it was decided before.
        provenance.clock = record.provenance.clock
        stationReason = record.stationReason
    }
}
