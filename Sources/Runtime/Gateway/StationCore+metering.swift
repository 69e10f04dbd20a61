internal import ChargingModel
internal import OCPP

/// Meter values, in whatever message they come.
extension StationCore {
    mutating func hear(_ report: MeterReport) {
        let evse = report.place.isStation && connectors.count == 1 ? connectors.keys.min() ?? 0 : report.place.evse
        // Values that name no transaction are of what is charged now: of this one, unless the station still has more to tell of before.
        var id = connectors[evse]?.transaction.flatMap { link != nil && courses[$0]?.liveOn == link?.id ? $0 : nil }
        if let named = report.transaction, named > 0 {
            // What comes after the stop belongs to what has ended.
            guard let transaction = memory.openTransaction(String(named)), transaction.evse == evse || report.place.isStation else { return }
            withCourse(transaction.id) { $0.isNamed = true }
            id = transaction.id
        }
        if let id {
            keepSigned(report.samples, of: id)
            measure(report.samples, of: id)
        }
    }

    /// Takes what is measured in a transaction, and tells its engine what stands at the end of the samples.
    mutating func measure(_ samples: [MeterSample], of id: String) {
        guard var transaction = memory.openTransaction(id), let last = samples.last(where: { $0.register != nil }), let raw = last.register else {
            return
        }
        if connectors[transaction.evse]?.transaction == id { putOffLoss(transaction.evse) }
        let first = samples.first { $0.register != nil }?.register ?? raw
        // One that began without a register that could be read counts from the first that can; one whose beginning was not heard, from the least.
        let isLess = transaction.start.map { !transaction.hasBegun && first < $0 } ?? (!transaction.hasBegun || transaction.end == nil)
        if isLess { transaction = complete(transaction, start: first) }
        var meter = courses[id]?.meter ?? SessionMeter(start: transaction.start ?? first)
        let register = meter.take(raw, most: most(in: transaction))
        withCourse(id) { $0.meter = meter }
        guard transaction.isAgreed, transaction.hasBegun, transaction.end == nil, connectors[transaction.evse]?.transaction == id, let register
        else { return }
        let figures = MeterFigures(samples)
        let reading = StationReading(
            register: transaction.register(register), power: figures.power ?? pace(of: id, register, last.time), measured: figures.measurements)
        raise(transaction.evse, to: reading.register)
        actions.append(.engine(transaction.evse, .metered(transaction.session, reading)))
    }

    /// The power of a station that does not tell it.
    private mutating func pace(of id: String, _ register: Energy, _ time: OCPPTime?) -> Power {
        let time = StationCore.plausible(time?.wall) ?? now.wall
        var pace = courses[id]?.pace ?? RegisterPace(register)
        pace.take(register, at: time)
        withCourse(id) { $0.pace = pace }
        return pace.power
    }

    /// The most energy that can have flowed in a transaction until now.
    func most(in transaction: StationTransaction) -> Energy {
        // A clock that nobody knows says nothing: 56 years would let any value pass.
        let told = clockAhead == nil ? nil : StationCore.plausible(transaction.told).map { now.wall.since(corrected(OCPPTime($0))) }
        return SessionMeter.most(in: min(.seconds(366 * 86_400), max(now.wall.since(transaction.began), told ?? .zero)))
    }

    /// The transaction with the register at which it began, which comes late.
    mutating func complete(_ known: StationTransaction, start: Energy) -> StationTransaction {
        var transaction = known
        transaction.start = start
        if transaction.isAgreed { fitRegister(&transaction) }
        // What was measured before it was known counts on from there.
        let before = courses[transaction.id]?.meter?.highest
        var meter = SessionMeter(start: start)
        if let before { _ = meter.take(before, most: most(in: transaction)) }
        withCourse(transaction.id) { $0.meter = meter }
        replace(transaction)
        return transaction
    }
}
