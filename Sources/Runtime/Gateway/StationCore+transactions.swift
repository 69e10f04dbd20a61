internal import ChargingModel
internal import OCPP

/// The beginning of transactions: of 1.6, and what both versions do with one.
extension StationCore {
    mutating func hear(_ start: TransactionStart, _ call: String) -> StationAnswer? {
        if let known = repeated(start) { return answerAgain(known, start, call) }
        let evse = place(start.place.evse)
        let number = mintNumber()
        let wanted = wanted(at: evse, by: start.token, remoteStart: nil, transaction: nil)
        let transaction = made(String(number), at: evse, start.token, start.register, start.time, wanted)
        take(transaction, isFresh: isFresh(start.time))
        let liveOn = isLive(start.time) ? link?.id : nil
        withCourse(transaction.id) {
            $0.isDrawing = true
            $0.liveOn = liveOn
        }
        defer { sayOccupied(evse) }
        return worth(of: start.token, in: transaction, at: start.time, call, number)
    }

    /// The answer to a start: what the token is worth; `nil` when Central is asked.
    private mutating func worth(
        of token: IDToken, in transaction: StationTransaction, at time: OCPPTime?, _ call: String, _ number: Int64
    ) -> StationAnswer? {
        if transaction.isAgreed { return .start(transaction: number, TokenInfo(.accepted)) }
        // Long begun, the station let it in by what it knew; nobody would bill the past by an answer of now.
        guard isFresh(time) else { return .start(transaction: number, TokenInfo(TokenID(token.text) == nil ? .invalid : .accepted)) }
        let status = askForCharge(token, transaction, call, .start(number))
        return status.map { .start(transaction: number, turnAway(token.text, $0)) }
    }

    /// Asks whether somebody may go on who has begun; where the token was let in at another connector, that must be over before.
    mutating func askForCharge(_ token: IDToken, _ transaction: StationTransaction, _ call: String, _ form: Reply.Form) -> TokenStatus? {
        let madeWay = makeWay(for: token, at: transaction.evse)
        return ask(token, at: transaction.evse, call, form, transaction: transaction.id, after: madeWay ? StationCore.askingAgain : nil)
    }

    /// The transaction that a start tells again, under a new call: the same connector, token, register and time. One that is over must have had a
    /// time that tells it from others.
    private func repeated(_ start: TransactionStart) -> StationTransaction? {
        func isSame(_ known: StationTransaction) -> Bool {
            known.evse == start.place.evse && known.start == start.register && known.told == start.time?.wall
                && IDToken(known.token).isSame(as: start.token) && Int64(known.id) != nil
        }
        if let open = memory.open.last(where: { isSame($0) }) { return open }
        guard StationCore.plausible(start.time?.wall) != nil else { return nil }
        return memory.ended.last { isSame($0) }
    }

    private mutating func answerAgain(_ known: StationTransaction, _ start: TransactionStart, _ call: String) -> StationAnswer? {
        let number = Int64(known.id) ?? 0
        guard memory.isOpen(known.id), known.end == nil else { return .start(transaction: number, TokenInfo(.accepted)) }
        return worth(of: start.token, in: known, at: start.time, call, number)
    }

    /// A number that was never given before. The first is taken from the clock, so that a gateway that lost its journal gives none of before.
    private mutating func mintNumber() -> Int64 {
        var number = memory.lastNumber + 1
        if memory.lastNumber <= 0 || memory.lastNumber >= Int64(Int32.max) { number = 1 + (max(0, now.wall.milliseconds) / 1000) % (1 << 30) }
        while memory.transaction(String(number)) != nil { number += 1 }
        journal(.numbered(number))
        return number
    }

    /// The session of Central's that a beginning at a connector is of.
    func wanted(at evse: Int32, by token: IDToken?, remoteStart: Int64?, transaction: String?) -> Connector.Wanted? {
        guard let wanted = connectors[evse]?.wanted else { return nil }
        if let transaction, transaction == wanted.transaction { return wanted }
        if let remoteStart, remoteStart == Int64(wanted.remoteStart), !wanted.isShown, token.map({ $0.isSame(as: IDToken(wanted.token)) }) ?? true {
            return wanted
        }
        return token.map { $0.isSame(as: IDToken(wanted.token)) } ?? false ? wanted : nil
    }

    mutating func made(
        _ id: String, at evse: Int32, _ token: IDToken, _ register: Energy?, _ time: OCPPTime?, _ wanted: Connector.Wanted?
    ) -> StationTransaction {
        let own = SessionID(known: ULID.make(at: now.wall, using: &random))
        let late = isLive(time) ? nil : time
        // Nobody begins what is not wanted yet.
        let began = late.map { max(corrected($0), min(now.wall, wanted?.since ?? corrected($0))) } ?? now.wall
        return StationTransaction(
            id: id, evse: evse, session: wanted?.session ?? own, isAgreed: wanted != nil, token: token.text, start: register, began: began,
            told: time?.wall, clock: late == nil ? .gateway : .station)
    }

    /// Takes a transaction that has begun: what its connector waited for is this one, or begins no more.
    mutating func take(_ begun: StationTransaction, isFresh: Bool) {
        var transaction = begun
        let evse = transaction.evse
        if !isFresh { putOffMeter(evse) }
        guard isFresh || transaction.isAgreed || !isPast(transaction) else {
            withCourse(transaction.id) { $0.isPast = true }
            return journal(.began(transaction))
        }
        if connectors[evse]?.transaction != nil { giveUpTransaction(at: evse) }
        if transaction.isAgreed { fitRegister(&transaction) }
        // First the journal: what is not open is nobody's current one.
        journal(.began(transaction))
        connectors[evse]?.transaction = transaction.id
        connectors[evse]?.isSpent = false
        if let wanted = connectors[evse]?.wanted, transaction.isAgreed || isFresh && !transaction.token.isEmpty {
            connectors[evse]?.wanted = nil
            if !transaction.isAgreed { actions.append(.engine(evse, .refused(wanted.session, "somebody else began to charge there"))) }
        }
        if transaction.isAgreed { sayBegan(transaction) }
    }

    /// True when something newer is known of the connector of a transaction that is told late.
    private func isPast(_ transaction: StationTransaction) -> Bool {
        guard let told = StationCore.plausible(transaction.told) else { return agreedTransaction(at: transaction.evse) != nil }
        return (memory.open + memory.ended).contains { $0.evse == transaction.evse && (StationCore.plausible($0.told) ?? $0.began) > told }
    }

    /// Writes down what else is known of a transaction, and tells its engine.
    mutating func replace(_ transaction: StationTransaction) {
        journal(.began(transaction))
        if transaction.isAgreed, transaction.end == nil { sayBegan(transaction) }
    }

    /// Puts the station's register on the engine's scale, where it fell, or counts on another meter already: the next session is on that then.
    mutating func fitRegister(_ transaction: inout StationTransaction) {
        guard let start = transaction.start, let register = connectors[transaction.evse]?.register else { return }
        let isPast = courses[transaction.id]?.isPast == true
        let hasFallen = start + transaction.offset < register
        // What begins while its meter is to be changed is on the new one; what is told late was on the one before.
        let isOnNext = newSerials != nil && connectors[transaction.evse]?.isMeterSpent == true && transaction.clock == .gateway && !isPast
        guard hasFallen || isOnNext, start + transaction.offset != register else { return }
        transaction.offset = register - start
        guard !isPast else { return }
        connectors[transaction.evse]?.isMeterSpent = true
        connectors[transaction.evse]?.meterChangesAt = nil
        if hasFallen { actions.append(.notice(.registerFell(transaction.evse, from: register, to: start))) }
    }

    /// Tells the engine that its session is being charged.
    mutating func sayBegan(_ transaction: StationTransaction) {
        guard let start = transaction.start, transaction.hasBegun else { return }
        let register = transaction.register(start)
        actions.append(.engine(transaction.evse, .began(transaction.session, register: register, at: transaction.began, clock: transaction.clock)))
        raise(transaction.evse, to: register)
    }

    mutating func raise(_ evse: Int32, to register: Energy) {
        if let known = connectors[evse]?.register, register > known { connectors[evse]?.register = register }
    }
}
