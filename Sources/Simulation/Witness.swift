internal import ChargingModel
internal import ChargingProtocol
internal import Ledger

/// Somebody who listens on the bus and remembers what was promised (I2).
struct Witness: Sendable {
    struct Key: Hashable, Sendable {
        var driver: DriverID
        var request: RequestID
    }

    private var answers: [Key: String] = [:]
    private var outcomes: [Key: Outcome] = [:]

    mutating func see(_ frame: Frame, _ wire: Wire, report: (String) -> Void) {
        guard frame.topic.hasPrefix("driver/"), let received = try? wire.decode(topic: frame.topic, payload: frame.payload) else { return }
        guard case .message(.status(let status)) = received, let request = status.request else { return }
        let key = Key(driver: status.driver, request: request)
        switch status.kind {
        case .accepted(let session, _, _): hold("ACCEPTED \(session)", key, report)
        case .denied(let code, _, _): if code.isRecorded { hold("DENIED \(code.rawValue)", key, report) }
        case .inProgress: break
        case .completed: hold(Outcome.completed, key, report)
        case .failed: hold(Outcome.failed, key, report)
        }
    }

    private mutating func hold(_ answer: String, _ key: Key, _ report: (String) -> Void) {
        if let before = answers.updateValue(answer, forKey: key), before != answer { report("I2: \(key) was answered \(before), then \(answer)") }
    }

    private mutating func hold(_ outcome: Outcome, _ key: Key, _ report: (String) -> Void) {
        if let before = outcomes.updateValue(outcome, forKey: key), before != outcome { report("I2: \(key) came out \(before), then \(outcome)") }
    }
}

extension World {
    /// What must hold after every commit (I1, I5).
    mutating func checkBook() {
        var points: Set<ChargePointID> = []
        var drivers: [DriverID: Int] = [:]
        for session in book.openSessions() {
            if !points.insert(session.assignment.cp).inserted { violate("I1: two open sessions at \(session.assignment.cp)") }
            drivers[session.driver, default: 0] += 1
            if drivers[session.driver, default: 0] > settings.vehicles { violate("I1: \(session.driver) has more sessions than vehicles") }
        }
        if let decision = book.decisions.last, case .accepted = decision.ruling, decision.verdict != .activated {
            violate("I5: \(decision.request) was accepted at a point that was \(decision.verdict?.rawValue ?? "unknown")")
        }
    }

    /// What must hold when nothing is under way any more (I2, I3, S4, S5).
    mutating func checkAtRest() {
        for session in book.openSessions() { violate("I2: session \(session.id) has no outcome") }
        for session in book.snapshot(at: now.wall).awaitingRecord { violate("S5: the record of \(session.id) never came") }
        var audited = AuditRecords(book)
        audited.defaultVehicles = settings.vehicles
        audited.areVehiclesOfThen = true
        for id in nodes.keys.sorted() {
            guard case .engine(let cp) = id, case .engine(let engine, _) = nodes[id]?.core, let meter = engine.memory.meter else { continue }
            if !engine.memory.unacknowledged.isEmpty { violate("S4: \(cp) still has records that nobody acknowledged") }
            audited.engines.append(
                EngineBooks(
                    cp: cp, meter: meter, register: engine.memory.register,
                    pending: engine.memory.records.filter { engine.memory.unacknowledged.contains($0.session) }, active: engine.memory.active,
                    registerAfter: engine.memory.register))
            let billed = book.sessions.values.filter { $0.isComplete && $0.assignment.meter == meter }.map(\.energy.wattHours).reduce(0, +)
            let stray = (Array(book.orphans.values) + Array(book.contradictions.values)).filter { $0.record.meter == meter }
                .map(\.record.energy.wattHours).reduce(0, +)
            if billed + stray != engine.memory.register.wattHours {
                violate("I3: \(cp) moved \(engine.memory.register.wattHours) Wh, the ledger has \(billed) + \(stray)")
            }
        }
        let report = Audit.examine(audited)
        for finding in report.findings { violate("audit: \(finding.rule.rawValue): \(finding.what)") }
        for balance in report.balances where balance.state != .holds || balance.onItsWay != .zero {
            violate("audit: meter \(balance.meter) is \(balance.state)")
        }
        counts.accepted = book.sessions.count
        counts.denied = book.decisions.count - book.sessions.count
        counts.completed = book.sessions.values.filter { $0.closing?.reason.outcome == .completed }.count
        counts.failed = book.sessions.values.filter { $0.closing?.reason.outcome == .failed }.count
    }

    mutating func count(_ notice: Driver.Notice) {
        switch notice {
        case .requested: counts.requests += 1
        case .accepted:
            let supplying = nodes.values.filter { if case .engine(let engine, _) = $0.core { engine.state == .supplying } else { false } }.count
            counts.maxSupplying = max(counts.maxSupplying, supplying)
        case .inProgress, .completed, .failed, .denied, .postponed, .centralOnline: break
        }
    }
}
