import ChargingModel

/// An audit of the invariants I1 to I5 from the records alone. It shares no code with what wrote them.
public struct Audit {
    let records: AuditRecords
    var report = AuditReport()
    /// The sessions by id; the first of each id.
    var sessions: [SessionID: LedgerSession] = [:]
    /// The keys of the records kept beside the sessions.
    var strays: Set<StrayRecord.Key> = []

    public static func examine(_ records: AuditRecords) -> AuditReport {
        var audit = Audit(records: records)
        audit.strays = Set(records.strays.map(\.key))
        audit.checkSessions()
        audit.checkDecisions()
        audit.compareLoggedDecisions()
        audit.replayLog()
        audit.balanceMeters()
        return audit.report
    }

    /// Checks I4: a session is there once, and its numbers agree.
    private mutating func checkSessions() {
        var otherCosts = 0
        for session in records.sessions {
            if sessions.updateValue(session, forKey: session.id) != nil { report.find(.recordsStay, "session \(session.id) is there twice") }
            report.sessions += 1
            report.readings = report.readings.adding(clamped: session.readings)
            report.readingsLost = report.readingsLost.adding(clamped: session.readingsLost)
            if session.isOpen { report.openSessions += 1 }
            if session.awaitsRecord { report.awaitingRecord += 1 }
            guard session.isComplete else { continue }
            report.energy = report.energy + session.energy
            report.cost = report.cost + session.cost
            if session.isOpen { report.find(.recordsStay, "session \(session.id) is complete, but not closed") }
            if let start = session.startRegister, let end = session.register, end - start != session.energy {
                report.find(
                    .recordsStay, "session \(session.id) bills \(session.energy), its registers are \(end - start) apart")
            }
            if let cost = session.recordCost, cost != session.cost { otherCosts += 1 }
        }
        remarkAbsurdities()
        if otherCosts > 0 {
            report.remarks.append("\(otherCosts) records came with another cost than the register and the agreed price make: those were billed")
        }
    }

    /// Checks I2 and I5: each request is decided once, each promise has its session.
    private mutating func checkDecisions() {
        var seen: Set<RequestKey> = []
        var promised: Set<SessionID> = []
        for decision in records.decisions {
            report.decisions += 1
            let name = "request \(decision.request) of \(decision.driver)"
            if !seen.insert(RequestKey(driver: decision.driver, request: decision.request)).inserted {
                report.find(.oneDecision, "\(name) was decided twice")
            }
            guard let id = decision.session else { continue }
            if !promised.insert(id).inserted { report.find(.oneDecision, "session \(id) was promised twice") }
            if decision.verdict != .activated {
                report.find(.onlyWhereActivated, "\(name) was accepted where the verdict was \(decision.verdict?.rawValue ?? "unknown")")
            }
            guard let session = sessions[id] else {
                report.find(.oneDecision, "\(name) was accepted, but its session \(id) is not there")
                continue
            }
            if session.driver != decision.driver || session.request != decision.request {
                report.find(
                    .oneDecision,
                    "session \(id) belongs to request \(session.request?.text ?? "none") of \(session.driver), but was promised to \(name)")
            }
            if let cp = decision.cp, cp != session.assignment.cp {
                report.find(.oneDecision, "\(name) was for \(cp), its session is at \(session.assignment.cp)")
            }
        }
        for (id, session) in sessions.sorted(by: { $0.key < $1.key }) where !promised.contains(id) && session.provenance.origin != .offline {
            report.find(.oneDecision, "session \(id) is there without a decision")
        }
    }
}

/// The identity of a request: its id is unique only per driver.
struct RequestKey: Hashable {
    var driver: DriverID
    var request: RequestID
}
