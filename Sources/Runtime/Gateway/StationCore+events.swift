internal import ChargingModel
internal import OCPP

/// Transactions of 2.0.1: the station names them, and tells them by events that may come late and in any order.
///
/// A transaction is complete when its beginning and its end were heard, and the register at both. What was announced by the numbers of the events and
/// does not come is waited for: five minutes while the station is connected and says nothing of
/// transactions, at most an hour while it does, and a day while it is not connected; then what is known is the record, and people are told.
extension StationCore {
    mutating func hear(_ event: TransactionEvent, _ call: String) -> StationAnswer? {
        putOffWaiting()
        if memory.ended.contains(where: { $0.id == event.transaction }) { return answer(event.token.map { _ in TokenInfo(.accepted) }) }
        let transaction = memory.openTransaction(event.transaction).map { completed($0, by: event) } ?? begun(by: event)
        note(event, of: transaction.id)
        keepSigned(event.samples, of: transaction.id)
        let worth = worth(of: event, transaction, call)
        // What is said of the end is no value in between.
        let last = event.kind == .ended ? event.endIndex : event.samples.endIndex
        measure(Array(event.samples[..<last]), of: transaction.id)
        if event.kind == .ended {
            end(transaction.id, ending(of: event), event.time, event.stopReason)
        } else if let phase = event.state?.phase, let agreed = memory.openTransaction(transaction.id), agreed.isAgreed, agreed.end == nil {
            actions.append(.engine(agreed.evse, .phase(agreed.session, phase)))
        }
        settleIfComplete(transaction.id)
        sayOccupied(transaction.evse)
        switch worth {
        case .waits: return nil
        case .none: return answer(nil)
        case .is(let status): return answer(TokenInfo(status))
        }
    }

    private func answer(_ info: TokenInfo?) -> StationAnswer { .transaction(TransactionAnswer(token: info)) }

    // MARK: What an event adds

    private mutating func begun(by event: TransactionEvent) -> StationTransaction {
        let evse = place(event.place?.evse)
        let wanted = wanted(at: evse, by: event.token, remoteStart: event.remoteStart, transaction: event.transaction)
        let token = event.token ?? wanted.map { IDToken($0.token) } ?? IDToken("")
        let time = event.isOffline && isFresh(event.time) ? nil : event.time
        var transaction = made(event.transaction, at: evse, token, beginning(of: event), time, wanted)
        transaction.told = event.time?.wall
        transaction.hasBegun = event.begins || saidBeginning(of: event) != nil
        take(transaction, isFresh: !event.isOffline && isFresh(event.time))
        let liveOn = !event.isOffline && isLive(event.time) ? link?.id : nil
        withCourse(transaction.id) { $0.liveOn = liveOn }
        if !transaction.hasBegun { waitForRest(of: transaction.id) }
        return memory.openTransaction(transaction.id) ?? transaction
    }

    /// The transaction with what an event adds: its beginning, when that comes late; the session, when a token or a wish does.
    private mutating func completed(_ known: StationTransaction, by event: TransactionEvent) -> StationTransaction {
        var transaction = known
        if transaction.token.isEmpty, let token = event.token { transaction.token = token.text }
        if event.begins, !known.hasBegun {
            if let time = event.time, !isFresh(time) { transaction.began = min(known.began, corrected(time)) }
            transaction.told = event.time?.wall
        }
        let isBeginning = event.begins || saidBeginning(of: event) != nil
        let wanted = wanted(at: known.evse, by: event.token, remoteStart: event.remoteStart, transaction: event.transaction)
        if let wanted, !known.isAgreed, known.end == nil {
            transaction.session = wanted.session
            transaction.isAgreed = true
            connectors[known.evse]?.wanted = nil
            if transaction.start != nil { fitRegister(&transaction) }
        }
        if isBeginning, !known.hasBegun {
            transaction.hasBegun = true
            // Of one that says no register the first that was heard counts.
            let start = beginning(of: event) ?? known.start
            if let start { return complete(transaction, start: start) }
        }
        if transaction != known { replace(transaction) }
        return transaction
    }

    private mutating func note(_ event: TransactionEvent, of id: String) {
        withCourse(id) { course in
            if event.seqNo == course.heard.adding(clamped: 1) || event.begins { course.heard = max(course.heard, event.seqNo) }
            if event.kind == .ended { course.last = event.seqNo }
            if event.state?.isDrawing == true { course.isDrawing = true }
        }
    }

    /// The register that is said to be the one at the beginning.
    private func saidBeginning(of event: TransactionEvent) -> Energy? {
        event.samples.first { $0.context == .transactionBegin && $0.register != nil }?.register
    }

    /// The register at the beginning: what is said to be it; of the event that begins, the first.
    private func beginning(of event: TransactionEvent) -> Energy? {
        saidBeginning(of: event) ?? event.samples.first { $0.register != nil && $0.context != .transactionEnd }?.register
    }

    private func ending(of event: TransactionEvent) -> Energy? {
        let index = event.endIndex
        return index < event.samples.endIndex ? event.samples[index].register : nil
    }

    /// Hands over what is complete, and waits for what is not.
    private mutating func settleIfComplete(_ id: String) {
        guard let transaction = memory.openTransaction(id) else { return }
        let heardAll = transaction.end == nil || courses[id]?.isBlind != true || courses[id]?.isWhole == true
        if transaction.hasBegun, heardAll {
            courses[id]?.waitsUntil = nil
            if transaction.end != nil { settle(id) }
        } else if courses[id]?.waitsUntil == nil {
            waitForRest(of: id)
        }
    }

    // MARK: The token

    private enum Worth {
        case none
        case waits
        case `is`(TokenStatus)
    }

    private mutating func worth(of event: TransactionEvent, _ transaction: StationTransaction, _ call: String) -> Worth {
        guard let token = event.token else { return .none }
        // Whoever ends it may.
        if event.kind == .ended || event.trigger == .stopAuthorized || transaction.end != nil { return .is(.accepted) }
        let isOwn = IDToken(transaction.token).isSame(as: token)
        if transaction.isAgreed { return .is(isOwn || event.remoteStart != nil ? .accepted : .invalid) }
        guard !event.isOffline, isFresh(event.time), connectors[transaction.evse]?.transaction == transaction.id else {
            return .is(TokenID(token.text) == nil ? .invalid : .accepted)
        }
        guard isOwn else { return .is(.invalid) }
        let status = askForCharge(token, transaction, call, .event)
        return status.map { .is(turnAway(token.text, $0).status) } ?? .waits
    }
}

extension TransactionEvent {
    /// True for the first event of a transaction, whatever a station calls it.
    fileprivate var begins: Bool { kind == .started || seqNo == 0 }

    /// The place of the register at the end: what is said to be it, else the last; behind all samples where there is none.
    fileprivate var endIndex: Int {
        samples.lastIndex { $0.context == .transactionEnd && $0.register != nil }
            ?? samples.lastIndex { $0.register != nil && $0.context != .transactionBegin } ?? samples.endIndex
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

    fileprivate var isDrawing: Bool { self == .charging }
}
