internal import ChargingModel
internal import OCPP

/// The end of transactions.
extension StationCore {
    mutating func hear(_ stop: TransactionStop) -> StationAnswer {
        if let transaction = stopped(by: stop) {
            withCourse(transaction.id) { $0.isNamed = $0.isNamed || transaction.id == String(stop.transaction) }
            keepSigned(stop.samples, of: transaction.id)
            if transaction.end == nil { end(transaction, by: stop) }
        } else if memory.transaction(String(stop.transaction)) == nil {
            hear(orphan: stop)
        }
        return .stop(stop.token.map { _ in TokenInfo(.accepted) })
    }

    private mutating func end(_ known: StationTransaction, by stop: TransactionStop) {
        if known.start == nil, let said = stop.samples.first(where: { $0.context == .transactionBegin && $0.register != nil })?.register {
            _ = complete(known, start: said)
        }
        let raw = stop.register ?? stop.samples.last { $0.register != nil && $0.context != .transactionBegin }?.register
        end(known.id, raw, stop.time, stop.reason)
        settle(known.id)
    }

    /// The open transaction that a stop is of: by its number; and where that says nothing, since the answer to its start was lost, by what else it says.
    private func stopped(by stop: TransactionStop) -> StationTransaction? {
        if let known = memory.transaction(String(stop.transaction)) { return memory.isOpen(known.id) ? known : nil }
        let open = memory.open.filter { $0.end == nil && Int64($0.id) != nil }
        let possible = open.filter { transaction in
            // The station knows the number of one that it has called by it.
            courses[transaction.id]?.isNamed != true
                && (transaction.start.flatMap { start in stop.register.map { $0 >= start } } ?? true)
                && (StationCore.plausible(transaction.told).flatMap { told in stop.time.map { $0.wall >= told } } ?? true)
        }
        if let token = stop.token, let match = possible.last(where: { IDToken($0.token).isSame(as: token) }) { return match }
        // A number that was never given here is of a journal that is lost.
        guard stop.transaction <= 0 else { return nil }
        if possible.count == 1 { return possible.first }
        return possible.isEmpty && open.count == 1 ? open.first : nil
    }

    /// A stop of what nobody knows: what it says of both ends itself is metered, and is kept.
    private mutating func hear(orphan stop: TransactionStop) {
        let registers = stop.samples.filter { $0.register != nil }
        let start = registers.first { $0.context == .transactionBegin }?.register ?? registers.first?.register
        let last = stop.register ?? registers.last?.register
        guard let start, let last, last > start else { return actions.append(.notice(.unmatchedStop(String(stop.transaction)))) }
        let id = "stop \(stop.transaction) \(last.wattHours) \(stop.time?.wall.milliseconds ?? 0)"
        guard memory.transaction(id) == nil else { return }
        let began = registers.first?.time ?? stop.time
        let transaction = made(id, at: place(nil), stop.token ?? IDToken(""), start, began, nil)
        withCourse(id) { $0.isPast = true }
        journal(.began(transaction))
        end(id, last, stop.time, stop.reason)
        settle(id)
    }

    /// Writes down what the station says of the end. Its answer follows that: from here on it is ours to remember.
    mutating func end(_ id: String, _ raw: Energy?, _ time: OCPPTime?, _ reason: StopReason?) {
        guard var transaction = memory.openTransaction(id), transaction.end == nil else { return }
        let late = isFresh(time) ? nil : time
        // Without a register the highest that is known; more of it may still come.
        if raw == nil { withCourse(id) { $0.isBlind = true } }
        transaction.end = StationTransaction.End(
            register: raw ?? courses[id]?.meter?.end(nil, most: .zero), at: max(transaction.began, late.map { corrected($0) } ?? now.wall),
            clock: late == nil ? transaction.clock : .station,
            reason: (reason ?? .local).endReason, word: reason.flatMap { StationWord($0.rawValue) })
        replace(transaction)
        if late != nil { putOffMeter(transaction.evse) }
        if connectors[transaction.evse]?.transaction == id {
            leave(transaction.evse)
            if connectors[transaction.evse]?.status == .occupied { connectors[transaction.evse]?.isSpent = true }
        }
        sayOccupied(transaction.evse)
    }

    /// Hands what was metered to the engine; the transaction is over when that has it in its journal.
    mutating func settle(_ id: String) {
        guard var transaction = memory.openTransaction(id), let end = transaction.end, courses[id]?.isTold != true else { return }
        // What nobody agreed to waits until nothing else counts on the same register.
        if !transaction.isAgreed, agreedTransaction(at: transaction.evse) != nil { return }
        if !transaction.isAgreed { fitRegister(&transaction) }
        let from = transaction.start ?? courses[id]?.meter?.start ?? end.register ?? .zero
        if transaction.isAgreed, transaction.start == nil {
            // Its engine still waits for a register at which it began.
            transaction.start = from
            fitRegister(&transaction)
            journal(.began(transaction))
            sayBegan(transaction)
        }
        let meter = courses[id]?.meter ?? SessionMeter(start: from)
        let last = transaction.register(meter.end(end.register, most: most(in: transaction)))
        let metered = MeteredEnd(
            start: transaction.register(from), end: last, started: transaction.began, ended: end.at, clock: end.clock, reason: end.reason,
            word: end.word)
        if transaction.isAgreed {
            actions.append(.engine(transaction.evse, .ended(transaction.session, metered)))
        } else {
            let record = FoundRecord(session: transaction.session, token: TokenID(transaction.token), metered)
            actions.append(.engine(transaction.evse, .found(record)))
        }
        withCourse(id) {
            $0.isTold = true
            $0.waitsUntil = nil
        }
        raise(transaction.evse, to: last)
    }

    /// Hands over what had to wait for a connector at rest.
    mutating func settlePast(at evse: Int32) {
        for transaction in memory.open where transaction.evse == evse && transaction.end != nil && courses[transaction.id]?.waitsUntil == nil {
            settle(transaction.id)
        }
    }

    /// The engine's journal has it: the station may forget it, too.
    mutating func recorded(_ session: SessionID) {
        guard let transaction = memory.openTransaction(of: session), transaction.end != nil else { return }
        let evse = transaction.evse
        journal(.ended(transaction.id))
        settlePast(at: evse)
        // What was told as it happened comes behind all that was queued.
        if newSerials == nil || transaction.end?.clock == .gateway { connectors[evse]?.meterChangesAt = now.monotonic } else { putOffMeter(evse) }
        sayOccupied(evse)
    }
}
