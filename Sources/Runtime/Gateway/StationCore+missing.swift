internal import ChargingModel
internal import OCPP

/// Transactions of 2.0.1 of which something is missing: a station that comes back is asked whether that will come.
extension StationCore {
    /// Asks about those that are waited for.
    mutating func askForMissing() {
        guard link?.version == .v201 else { return }
        for transaction in memory.open where courses[transaction.id]?.waitsUntil != nil {
            let call = BackendCall.transactionStatus(of: transaction.id)
            if !calls.holds(call) { send(call, for: .transaction(transaction.id)) }
        }
    }

    /// Waits on where something will come, and else goes on with what is known. One that can't say is waited for as long as any.
    mutating func hear(statusOf id: String, _ outcome: CallOutcome) {
        guard case .answered(let payload) = outcome, let status = try? TransactionStatus(payload), courses[id]?.waitsUntil != nil else { return }
        if status.hasMessages { waitForRest(of: id) } else { courses[id]?.waitsUntil = now.monotonic }
    }
}
