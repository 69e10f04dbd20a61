internal import ChargingModel
internal import OCPP

/// Transactions of 1.6, and what both versions do with one.
extension StationCore {
    mutating func journal(_ entry: StationEntry) {
        memory.apply(entry)
        actions.append(.journal(entry))
    }

    // MARK: The beginning

    mutating func hear(_ start: TransactionStart, _ call: String) -> StationAnswer? {
        let evse = start.place.evse
        if let known = repeated(start) {
            let isAgreed = known.isAgreed || !memory.isOpen(known.id)
            return .start(transaction: Int64(known.id) ?? 0, TokenInfo(isAgreed ? .accepted : .invalid))
        }
        let number = nextNumber
        guard know(evse) else {
            // A transaction of no connector that can be: confirmed, so that its stop comes.
            return .start(transaction: number, TokenInfo(.invalid))
        }
        if connectors[evse]?.transaction != nil { giveUpTransaction(at: evse) }
        let wanted = wanted(at: evse, by: start.token, remoteStart: nil)
        let transaction = begun(String(number), at: evse, start.token, start.register, start.time, wanted)
        take(transaction)
        defer { sayOccupied(evse) }
        if transaction.isAgreed { return .start(transaction: number, TokenInfo(.accepted)) }
        if isFresh(start.time), ask(start.token, at: evse, call, transaction: transaction.id) { return nil }
        return .start(transaction: number, TokenInfo(.invalid))
    }

    /// The transaction that a start tells again, under a new call: the same connector, token, register and time.
    private func repeated(_ start: TransactionStart) -> StationTransaction? {
        (memory.open + memory.ended).last {
            $0.evse == start.place.evse && IDToken($0.token).isSame(as: start.token) && $0.start == start.register && $0.told == start.time?.wall
                && $0.told != nil
        }
    }

    /// A number that was never given before. The first is taken from the clock, so that a gateway that lost its journal gives none of before.
    private var nextNumber: Int64 {
        guard memory.lastNumber > 0, memory.lastNumber < Int64(Int32.max) else { return 1 + (now.wall.milliseconds / 1000) % (1 << 30) }
        return memory.lastNumber + 1
    }

    /// True when whoever began a transaction is still standing there.
    func isFresh(_ time: OCPPTime?) -> Bool {
        guard let time, time.hasZone else { return true }
        return now.wall.milliseconds - time.wall.milliseconds < settings.freshness.milliseconds
    }

    /// The session of Central's that a beginning at a connector is of.
    func wanted(at evse: Int32, by token: IDToken?, remoteStart: Int64?) -> Connector.Wanted? {
        guard let wanted = connectors[evse]?.wanted else { return nil }
        if let remoteStart, remoteStart == Int64(wanted.remoteStart), !wanted.isShown { return wanted }
        return token.map { $0.isSame(as: IDToken(wanted.token)) } ?? false ? wanted : nil
    }

    func begun(
        _ id: String, at evse: Int32, _ token: IDToken, _ register: Energy?, _ time: OCPPTime?, _ wanted: Connector.Wanted?
    ) -> StationTransaction {
        var copy = random
        let own = SessionID(known: ULID.make(at: now.wall, using: &copy))
        let told = time.flatMap { $0.hasZone ? $0.wall : nil }
        let isOffline = wanted == nil && told != nil && !isFresh(time)
        return StationTransaction(
            id: id, evse: evse, session: wanted?.session ?? own, isAgreed: wanted != nil, token: token.text, start: register, offset: .zero,
            began: isOffline ? told ?? now.wall : now.wall, told: time?.wall, clock: isOffline ? .station : .gateway)
    }

    /// Takes a transaction that has begun: what its connector waited for is this one, or begins no more.
    mutating func take(_ begun: StationTransaction) {
        _ = random.next()
        var transaction = begun
        let evse = transaction.evse
        if let wanted = connectors[evse]?.wanted {
            if !transaction.isAgreed { actions.append(.engine(evse, .refused(wanted.session, "somebody else began to charge there"))) }
            connectors[evse]?.wanted = nil
        }
        fitRegister(&transaction)
        connectors[evse]?.transaction = transaction.id
        connectors[evse]?.meter = SessionMeter(start: transaction.start ?? .zero)
        journal(.began(transaction))
        if transaction.isAgreed { sayBegan(transaction) }
    }

    /// Puts the station's register on the engine's scale, where it fell: the next session is on another meter then.
    func fitted(_ transaction: StationTransaction) -> Energy {
        guard let start = transaction.start, let register = connectors[transaction.evse]?.register, start < register else { return .zero }
        return register - start
    }

    mutating func fitRegister(_ transaction: inout StationTransaction) {
        transaction.offset = fitted(transaction)
        guard transaction.offset > .zero, let start = transaction.start, let register = connectors[transaction.evse]?.register else { return }
        connectors[transaction.evse]?.isMeterSpent = true
        actions.append(.notice(.registerFell(transaction.evse, from: register, to: start)))
    }

    /// Tells the engine that its session is being charged.
    mutating func sayBegan(_ transaction: StationTransaction) {
        guard let start = transaction.start else { return }
        let register = transaction.register(start)
        actions.append(.engine(transaction.evse, .began(transaction.session, register: register, at: transaction.began, clock: transaction.clock)))
        raise(transaction.evse, to: register)
        if connectors[transaction.evse]?.transaction == nil {
            connectors[transaction.evse]?.transaction = transaction.id
            connectors[transaction.evse]?.meter = SessionMeter(start: start)
        }
    }

    private mutating func raise(_ evse: Int32, to register: Energy) {
        if let known = connectors[evse]?.register, register > known { connectors[evse]?.register = register }
    }

    // MARK: In between

    mutating func hear(_ report: MeterReport) {
        let evse = report.place.evse
        guard let transaction = agreedTransaction(at: evse) else { return }
        // What comes after the stop belongs to what has ended.
        if let named = report.transaction, named > 0, String(named) != transaction.id { return }
        tell(report.samples, of: transaction)
    }

    /// Tells the engine what a connector measures, of the last instant that the samples speak of.
    mutating func tell(_ samples: [MeterSample], of known: StationTransaction) {
        guard let raw = samples.last(where: { $0.register != nil })?.register else { return }
        // One that began without a register that could be read counts from the first that can.
        let transaction = known.start == nil ? complete(known, start: samples.first { $0.register != nil }?.register ?? raw) : known
        guard let register = connectors[transaction.evse]?.meter.take(raw) else { return }
        let figures = Figures(samples)
        let reading = StationReading(
            register: transaction.register(register), power: figures.power ?? Power(watts: 0), measured: figures.measured)
        raise(transaction.evse, to: reading.register)
        actions.append(.engine(transaction.evse, .metered(transaction.session, reading)))
    }

    /// The transaction with the register at which it began, which comes late.
    mutating func complete(_ known: StationTransaction, start: Energy) -> StationTransaction {
        var transaction = known
        transaction.start = start
        fitRegister(&transaction)
        connectors[transaction.evse]?.meter = SessionMeter(start: start)
        journal(.began(transaction))
        if transaction.isAgreed { sayBegan(transaction) }
        return transaction
    }

    // MARK: The end

    mutating func hear(_ stop: TransactionStop, _ call: String) -> StationAnswer? {
        let answer = StationAnswer.stop(stop.token.map { _ in TokenInfo(.accepted) })
        guard let transaction = stopped(by: stop) else {
            if memory.transaction(String(stop.transaction)) == nil { actions.append(.notice(.unmatchedStop(String(stop.transaction)))) }
            return answer
        }
        let raw = stop.register ?? stop.samples.last { $0.register != nil }?.register
        finish(transaction, raw, stop.time, stop.reason ?? .local)
        replies[call] = .record(transaction.session, answer)
        return nil
    }

    /// The open transaction that a stop is of: by its number; and where that says nothing, since its start was lost, by its token or because there is
    /// but one.
    private func stopped(by stop: TransactionStop) -> StationTransaction? {
        if let known = memory.transaction(String(stop.transaction)) { return memory.isOpen(known.id) ? known : nil }
        let possible = memory.open.filter { $0.start.map { start in stop.register.map { $0 >= start } ?? true } ?? true }
        if let token = stop.token, let match = possible.last(where: { IDToken($0.token).isSame(as: token) }) { return match }
        return possible.count == 1 ? possible.first : nil
    }

    /// Hands what was metered to the engine; the transaction is over when that has it in its journal.
    mutating func finish(_ transaction: StationTransaction, _ raw: Energy?, _ time: OCPPTime?, _ reason: StopReason) {
        let evse = transaction.evse
        let meter = connectors[evse]?.transaction == transaction.id ? connectors[evse]?.meter : nil
        let start = transaction.register(transaction.start ?? raw ?? .zero)
        let end = transaction.register((meter ?? SessionMeter(start: transaction.start ?? raw ?? .zero)).end(raw))
        let isLate = !isFresh(time)
        let ended = isLate ? max(time?.wall ?? now.wall, transaction.began) : now.wall
        let clock: SessionClock = isLate ? .station : transaction.clock
        if transaction.isAgreed {
            actions.append(
                .engine(
                    evse,
                    .ended(
                        transaction.session,
                        MeteredEnd(start: start, end: end, started: transaction.began, ended: ended, clock: clock, reason: reason.endReason))))
        } else {
            let record = FoundRecord(
                session: transaction.session, token: TokenID(transaction.token),
                MeteredEnd(start: start, end: end, started: transaction.began, ended: ended, clock: clock, reason: reason.endReason))
            actions.append(.engine(evse, .found(record)))
        }
        raise(evse, to: end)
    }

    /// The engine's journal has it: the station may forget it, too.
    mutating func recorded(_ session: SessionID) {
        guard let transaction = memory.open.last(where: { $0.session == session }) else { return answerRecorded(session) }
        let evse = transaction.evse
        journal(.ended(transaction.id))
        if connectors[evse]?.transaction == transaction.id {
            connectors[evse]?.transaction = nil
            connectors[evse]?.lostAt = nil
        }
        if connectors[evse]?.isMeterSpent == true, connectors[evse]?.transaction == nil, connectors[evse]?.wanted == nil {
            connectors[evse]?.isMeterSpent = false
            connectors[evse]?.register = .zero
            actions.append(.engine(evse, .newMeter))
        }
        sayOccupied(evse)
        answerRecorded(session)
    }

    private mutating func answerRecorded(_ session: SessionID) {
        for (call, waiting) in replies.sorted(by: { $0.key < $1.key }) {
            guard case .record(session, let answer) = waiting else { continue }
            replies[call] = nil
            reply(answer, to: call)
        }
    }
}
