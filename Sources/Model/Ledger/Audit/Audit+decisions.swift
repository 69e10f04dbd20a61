import ChargingModel

extension Audit {
    /// The time for which a decision is kept at least, in milliseconds (S2): 30 days.
    private static let decisionsKept: Int64 = 30 * 86_400_000

    /// Checks that the decisions are those of the log, request by request (I2).
    mutating func compareLoggedDecisions() {
        var logged: [RequestKey: SessionID?] = [:]
        let newest = records.log.map(\.at.milliseconds).max() ?? 0
        var decided: [RequestKey: SessionID?] = [:]
        for decision in records.decisions { decided[RequestKey(driver: decision.driver, request: decision.request)] = .some(decision.session) }
        for entry in records.log where entry.what == .accepted || entry.what == .denied {
            guard let driver = entry.driver, let request = entry.request else {
                report.find(.oneDecision, "the log has a line \(entry.what.rawValue) that names no request")
                continue
            }
            let key = RequestKey(driver: driver, request: request)
            let session = entry.what == .accepted ? entry.session : nil
            if logged.updateValue(session, forKey: key) != nil {
                report.find(.oneDecision, "the log has request \(request) of \(driver) decided twice")
            }
            switch decided[key] {
            case .some(let held):
                if held != session {
                    report.find(
                        .oneDecision,
                        "the log has request \(request) of \(driver) \(name(session)), its decision says \(name(held))")
                }
            // A prune that was interrupted has removed the old decision, and not yet its line.
            case .none:
                if entry.at.milliseconds > newest.subtracting(clamped: Audit.decisionsKept) {
                    report.find(.oneDecision, "the log has request \(request) of \(driver) \(name(session)), its decision is not there")
                }
            }
        }
        for decision in records.decisions where logged[RequestKey(driver: decision.driver, request: decision.request)] == nil {
            report.find(.oneDecision, "request \(decision.request) of \(decision.driver) was decided, the log does not say so")
        }
    }

    private func name(_ session: SessionID?) -> String { session.map { "accepted as session \($0)" } ?? "denied" }
}
