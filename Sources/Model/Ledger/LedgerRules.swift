public import ChargingModel

/// The meaning of the ledger's operations: the same rules over every store's rows.
public enum LedgerRules {
    /// The age up to which answers and outcomes are repeated at a connection, in milliseconds (P8). What lies further ahead than that was written by a
    /// clock that has been set back: it is no news, and whoever waits for it asks.
    static let recentTime: Int64 = 60_000
    /// The same for tickets that changed.
    static let ticketTime: Int64 = 86_400_000

    public static func apply<Rows: LedgerRows>(_ operation: LedgerOperation, to rows: inout Rows) throws(Rows.Failure) -> LedgerResult {
        switch operation {
        case .decide(let decision, let vehicles): return try decide(decision, vehicles: vehicles, &rows)
        case .find(let driver, let request):
            let decision = try rows.decision(of: driver, request)
            return .found(decision, try session(of: decision, rows))
        case .findSession(let id, let driver):
            let session = try rows.sessionOfAnySite(id)
            return .foundSession(session?.driver == driver ? session : nil)
        case .confirm(let id):
            guard var session = try rows.session(id), !session.isConfirmed else { return .done }
            session.isConfirmed = true
            try rows.change(session, ticketChangedAt: nil)
            return .done
        case .askStop(let id, let at):
            guard var session = try rows.session(id) else { return .foundSession(nil) }
            guard session.isOpen, !session.isStopAsked else { return .foundSession(session) }
            session.isStopAsked = true
            try rows.change(session, ticketChangedAt: nil)
            try rows.log(AuditEntry(at: at, .stopAsked, of: session))
            return .foundSession(session)
        case .close(let id, let reason, let seen, let at):
            return try close(id, reason, seen, at: at, &rows)
        case .record(let cp, let record, let context, let at):
            return try take(record, from: cp, context, at: at, &rows)
        case .judge(let verdict, let at):
            return .judged(try judge(verdict, at: at, &rows))
        case .token(let change, let name, let at):
            return .token(try apply(change, by: name, at: at, &rows))
        case .fault(let cp, let verdict, let why, let at):
            return try note(verdict, of: cp, why: why, at: at, &rows)
        case .recovery(let cp, let at):
            guard try rows.openFault(of: cp) != nil else { return .done }
            try rows.endFault(of: cp, at: at)
            try rows.log(AuditEntry(at: at, .recovered, cp: cp))
            return .done
        case .availability(let cp, let outOfOrder, let at):
            try rows.set(availability: outOfOrder, for: cp, at: at)
            try rows.log(AuditEntry(at: at, outOfOrder ? .outOfOrder : .resume, cp: cp))
            return .done
        case .forget(let cp, let at):
            try rows.removeAvailability(for: cp)
            if try rows.openFault(of: cp) != nil { try rows.endFault(of: cp, at: at) }
            try rows.log(AuditEntry(at: at, .forgotten, cp: cp))
            return .done
        case .recent(let at):
            return .recent(try snapshot(of: rows, at: at))
        case .tickets(let driver):
            return .tickets(try rows.tickets(of: driver, most: TicketList.limit))
        }
    }

    /// The snapshot that Central reads when it starts, as of the time (S7, P8).
    public static func snapshot<Rows: LedgerRows>(of rows: Rows, at now: WallTime) throws(Rows.Failure) -> LedgerSnapshot {
        let recent = now.within(milliseconds: recentTime)
        var tickets: [DriverID: [Ticket]] = [:]
        for driver in try rows.driversWithTicketsChanged(in: now.within(milliseconds: ticketTime)) {
            tickets[driver] = try rows.tickets(of: driver, most: TicketList.limit)
        }
        return LedgerSnapshot(
            openSessions: try rows.openSessions(), awaitingRecord: try rows.sessionsAwaitingRecord(), availabilities: try rows.availabilities(),
            faults: try rows.openFaults(), recentDecisions: try rows.decisions(in: recent), recentSessions: try rows.sessionsClosed(in: recent),
            tickets: tickets, tokens: try rows.tokens())
    }

    private static func session<Rows: LedgerRows>(of decision: Decision?, _ rows: Rows) throws(Rows.Failure) -> LedgerSession? {
        guard case .accepted(let assignment) = decision?.ruling else { return nil }
        return try rows.sessionOfAnySite(assignment.session)
    }

    /// Decides a request, once (S2).
    private static func decide<Rows: LedgerRows>(
        _ proposed: Decision, vehicles: Int, _ rows: inout Rows
    ) throws(Rows.Failure) -> LedgerResult {
        var decision = proposed
        if let held = try rows.decision(of: decision.driver, decision.request) { return .alreadyDecided(held, try session(of: held, rows)) }
        if case .accepted(let assignment) = decision.ruling {
            if let slot = free(of: vehicles, try rows.openSlots(of: decision.driver)) {
                var session = LedgerSession(driver: decision.driver, request: decision.request, assignment: assignment, accepted: decision.at)
                session.slot = slot
                session.provenance = decision.provenance
                try rows.add(session)
            } else {
                decision.ruling = .denied(.driverBusy, reason: "all vehicles of \(decision.driver) are charging")
            }
        }
        try record(decision, &rows)
        return decision == proposed ? .decided : .alreadyDecided(decision, nil)
    }

    /// The first of a driver's vehicles for which no session is open; `nil` when there is none.
    private static func free(of vehicles: Int, _ taken: [Int]) -> Int? {
        let taken = Set(taken)
        return (0..<max(0, vehicles)).first { !taken.contains($0) }
    }

    private static func record<Rows: LedgerRows>(_ decision: Decision, _ rows: inout Rows) throws(Rows.Failure) {
        try rows.add(decision)
        var entry = AuditEntry(at: decision.at, .denied, cp: decision.cp, driver: decision.driver, request: decision.request)
        switch decision.ruling {
        case .accepted(let assignment):
            entry.what = .accepted
            entry.cp = assignment.cp
            entry.session = assignment.session
        case .denied(let code, let reason):
            entry.why = "\(code.rawValue): \(reason)"
        }
        try rows.log(entry)
    }

    /// Closes a session without a record: FAILED, incomplete, with what is known (S5).
    private static func close<Rows: LedgerRows>(
        _ id: SessionID, _ reason: EndReason, _ seen: Seen, at: WallTime, _ rows: inout Rows
    ) throws(Rows.Failure) -> LedgerResult {
        guard var session = try rows.session(id), session.isOpen else { return .done }
        session.closing = LedgerSession.Closing(reason: reason, at: at)
        session.register = seen.register
        session.energy = seen.energy
        session.count(seen)
        try rows.change(session, ticketChangedAt: at)
        try rows.log(AuditEntry(at: at, .closed, of: session))
        return .closed(session, try rows.tickets(of: session.driver, most: TicketList.limit))
    }

    /// Notes a fault; each point has one at a time.
    private static func note<Rows: LedgerRows>(
        _ verdict: Verdict, of cp: ChargePointID, why: String, at: WallTime, _ rows: inout Rows
    ) throws(Rows.Failure) -> LedgerResult {
        if let open = try rows.openFault(of: cp) {
            guard open != verdict else { return .done }
            try rows.endFault(of: cp, at: at)
        }
        try rows.add(Fault(cp: cp, verdict: verdict, why: why, began: at, ended: nil))
        try rows.log(AuditEntry(at: at, verdict == .faulty ? .faulty : .disconnected, cp: cp, why: why))
        return .done
    }
}

extension LedgerSession {
    mutating func count(_ seen: Seen) {
        readings = seen.readings
        readingsLost = seen.lost
    }
}
