internal import ChargingModel
internal import OCPP

/// Transactions of 2.0.1: the station names them, and tells them by events that may come late and in any order.
extension StationCore {
    mutating func hear(_ event: TransactionEvent, _ call: String) -> StationAnswer? {
        var info: TokenInfo?
        let known = memory.transaction(event.transaction)
        if let known, !memory.isOpen(known.id) { return answer(event, event.token.map { _ in TokenInfo(.accepted) }) }
        var waits = false
        let transaction: StationTransaction
        if let known {
            transaction = completed(known, by: event)
        } else {
            let evse = event.place?.evse ?? connectors.keys.min() ?? 1
            guard know(evse) else { return answer(event, nil) }
            if connectors[evse]?.transaction != nil { giveUpTransaction(at: evse) }
            let token = event.token ?? connectors[evse]?.wanted.map { IDToken($0.token) } ?? IDToken("")
            let wanted = wanted(at: evse, by: event.token, remoteStart: event.remoteStart)
            let begun = begun(event.transaction, at: evse, token, beginning(of: event), event.time, wanted)
            take(begun)
            transaction = memory.transaction(event.transaction) ?? begun
            if !transaction.isAgreed, let token = event.token, event.kind != .ended, !event.isOffline, isFresh(event.time) {
                waits = ask(token, at: evse, call, transaction: transaction.id)
            }
            sayOccupied(evse)
        }
        if let token = event.token {
            info = transaction.isAgreed || IDToken(transaction.token).isSame(as: token) && known?.isAgreed == true ? TokenInfo(.accepted) : nil
            if info == nil, !waits { info = TokenInfo(.invalid) }
        }
        if event.kind == .ended {
            finish(transaction, ending(of: event), event.time, event.stopReason ?? .local)
            replies[call] = .record(transaction.session, .transaction(TransactionAnswer(token: info)))
            return nil
        }
        if transaction.isAgreed {
            if let phase = event.state?.phase { actions.append(.engine(transaction.evse, .phase(transaction.session, phase))) }
            tell(event.samples, of: transaction)
        }
        return waits ? nil : answer(event, info)
    }

    private func answer(_ event: TransactionEvent, _ info: TokenInfo?) -> StationAnswer {
        .transaction(TransactionAnswer(token: event.token == nil ? nil : info))
    }

    /// The transaction with what an event adds: the register at which it began, when that comes late; the session, when a token or a wish does.
    private mutating func completed(_ known: StationTransaction, by event: TransactionEvent) -> StationTransaction {
        var known = known
        if known.start == nil, let start = beginning(of: event) { known = complete(known, start: start) }
        var transaction = known
        if !transaction.isAgreed, let wanted = wanted(at: transaction.evse, by: event.token, remoteStart: event.remoteStart) {
            transaction.session = wanted.session
            transaction.isAgreed = true
            connectors[transaction.evse]?.wanted = nil
        }
        guard transaction != known else { return known }
        journal(.began(transaction))
        if transaction.isAgreed { sayBegan(transaction) }
        return transaction
    }

    /// The register at the beginning: what is said to be it; of the event that begins, the first.
    private func beginning(of event: TransactionEvent) -> Energy? {
        if let said = event.samples.first(where: { $0.context == .transactionBegin && $0.register != nil }) { return said.register }
        return event.samples.first { $0.register != nil && $0.context != .transactionEnd }?.register
    }

    private func ending(of event: TransactionEvent) -> Energy? {
        if let said = event.samples.last(where: { $0.context == .transactionEnd && $0.register != nil }) { return said.register }
        return event.samples.last { $0.register != nil && $0.context != .transactionBegin }?.register
    }
}

extension ChargingState {
    fileprivate var phase: Phase {
        switch self {
        case .charging: .charging
        case .vehicleConnected: .plugIn
        case .suspendedVehicle: .suspendedVehicle
        case .suspendedStation: .suspendedStation
        case .idle: .finishing
        }
    }
}
