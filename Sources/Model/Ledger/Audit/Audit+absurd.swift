import ChargingModel

extension Audit {
    /// The number of findings of a kind that are named; the rest is counted.
    private static let named = 5

    /// Remarks on contents that are impossible and yet break no invariant: ledgers of earlier versions hold what is refused at the door today (P4).
    mutating func remarkAbsurdities() {
        var absurd: [String] = []
        for session in records.sessions {
            if let why = impossibleEnergy(of: session) { absurd.append(why) }
            if session.readings > session.mostReadings || session.readingsLost > session.mostReadings {
                absurd.append("session \(session.id) counts \(session.readings) readings and \(session.readingsLost) lost ones")
            }
            for (name, time) in [("started", session.started), ("ended", session.ended)] {
                if let time, time < .earliest || time > .latest {
                    absurd.append("session \(session.id) has \(name) outside of the years 0000 to 9999")
                }
            }
        }
        for why in absurd.prefix(Audit.named) { report.remarks.append("absurd: \(why)") }
        if absurd.count > Audit.named { report.remarks.append("absurd: \(absurd.count - Audit.named) more like these") }
    }

    private func impossibleEnergy(of session: LedgerSession) -> String? {
        let open = session.closing.map { $0.at.since(session.accepted) } ?? .zero
        let span = session.started.flatMap { started in session.ended.map { $0.since(started) } } ?? .zero
        let most = session.assignment.power.mostEnergy(over: max(open, span, session.assignment.duration ?? .zero))
        guard session.energy > most else { return nil }
        return "session \(session.id) bills \(session.energy), more than the \(most) that \(session.assignment.power) can have delivered"
    }
}

extension LedgerSession {
    /// A number of readings that no session can have had: a thousand a second for a year.
    fileprivate var mostReadings: Int64 { 1000 * 31_622_400 }
}
