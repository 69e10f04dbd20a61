public import ChargingModel
public import Ledger
internal import Terminal

/// A session in words: what was promised, what happened, what it costs and how far that is sure.
public enum TicketText {
    public static func text(_ session: LedgerSession, log: [AuditEntry], strays: [StrayRecord], colors: Bool) -> String {
        let assignment = session.assignment
        var rows: [(String, String)] = [
            ("Driver", "\(session.driver)\(session.request.map { ", request \($0)" } ?? ", with a card")"),
            ("Point", "\(assignment.cp), meter \(assignment.meter), \(assignment.power)"),
            ("Promised", promise(assignment)),
            ("Accepted", session.accepted.brief),
        ]
        if let started = session.started { rows.append(("Started", started.brief)) }
        if let ended = session.ended { rows.append(("Ended", ended.brief)) }
        if let closing = session.closing {
            rows.append(("Closed", "\(closing.at.brief), \(closing.reason.outcome.rawValue): \(sentence(closing.reason))"))
        }
        rows.append(("Energy", energy(session)))
        rows.append(("Cost", "\(session.cost) (\(session.energy) at \(assignment.price))"))
        rows.append(("Bill", bill(session)))
        if session.readings > 0 || session.readingsLost > 0 {
            rows.append(("Telemetry", "\(session.readings) readings heard, \(session.readingsLost) lost"))
        }
        for stray in strays {
            rows.append(("Beside it", beside(stray)))
        }
        let width = rows.reduce(0) { max($0, $1.0.count) } + 2
        var text = Style.bold("Session \(session.id) is \(session.status)", enabled: colors) + "\n"
        for (name, value) in rows { text += "  " + name.padded(to: width) + value + "\n" }
        text += "What Central wrote down:\n"
        for entry in log {
            let energy = entry.energy.map { ", \($0)" } ?? ""
            text += "  \(entry.at.text.suffix(13).dropLast())  \(entry.what.rawValue)\(entry.why.map { ": \($0)" } ?? "")\(energy)\n"
        }
        return text
    }

    private static func beside(_ stray: StrayRecord) -> String {
        let record = "a record of meter \(stray.record.meter), \(stray.record.startRegister) to \(stray.record.endRegister)"
        switch stray.judgement {
        case nil: return record + "; decide: wattline ledger accept|refuse \(stray.record.session) --meter \(stray.record.meter)"
        case let judgement?: return record + "; \(judgement.choice.past) by \(judgement.operatorName), \(judgement.at.brief)"
        }
    }

    private static func promise(_ assignment: Assignment) -> String {
        var promise = "\(assignment.price)"
        if let target = assignment.energyTarget { promise += ", up to \(target)" }
        if let duration = assignment.duration { promise += ", up to \(decimalText(duration.nanoseconds / 1_000_000, decimals: 3)) s" }
        return promise
    }

    private static func energy(_ session: LedgerSession) -> String {
        guard let start = session.startRegister, let end = session.register, session.isComplete else {
            return "\(session.energy) by telemetry, so far as it was heard"
        }
        return "\(session.energy): the register went from \(start) to \(end)"
    }

    private static func bill(_ session: LedgerSession) -> String {
        if session.isComplete {
            return session.recordMeter.map { "complete: by the record of meter \($0), which the operator accepted" }
                ?? "complete: by the engine's own record"
        }
        if let contradiction = session.contradiction { return "incomplete: \(contradiction)" }
        return session.isOpen ? "open" : "incomplete: the engine's record has not come yet; it will when the engine is back"
    }

    private static func sentence(_ reason: EndReason) -> String {
        switch reason {
        case .completed: "its time was up"
        case .target: "the energy asked for was delivered"
        case .stopped: "the driver asked for its end"
        case .outOfOrder: "the operator took the point out of order"
        case .shutdown: "the engine was shut down"
        case .fault: "the monitor found the engine faulty"
        case .interrupted: "the engine died or was gone for too long"
        case .neverStarted: "the engine never started it"
        }
    }
}
