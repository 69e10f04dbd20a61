import ChargingModel

extension Audit {
    /// A piece of a register's way that somebody is billed for.
    private struct Stretch {
        var from: Energy
        var to: Energy
        var name: String
    }

    /// What the ledger has of a meter.
    private struct Books {
        var cp: ChargePointID?
        /// Billed, or kept beside the sessions as what somebody metered.
        var billed: [Stretch] = []
        /// Billed to nobody: the operator refused it.
        var refused: [Stretch] = []
        /// It claims the impossible, and the operator has not decided.
        var implausible: [Stretch] = []
        /// Sessions whose record is still to come.
        var unsettled: [SessionID] = []
    }

    /// I3, meter by meter: every watt-hour on the way of its register is billed, and billed once.
    mutating func balanceMeters() {
        var books: [MeterID: Books] = [:]
        for session in sessions.values.sorted(by: { $0.id < $1.id }) {
            books[session.billedMeter, default: Books()].cp = session.assignment.cp
            if session.isComplete, let start = session.startRegister, let end = session.register {
                books[session.billedMeter]?.billed.append(Stretch(from: start, to: end, name: "session \(session.id)"))
            } else if session.contradiction == nil {
                books[session.billedMeter]?.unsettled.append(session.id)
            }
        }
        for stray in records.strays { take(stray, into: &books[stray.record.meter, default: Books()]) }
        let openings = Dictionary(records.openings.map { ($0.meter, $0) }) { first, _ in first }
        for opening in records.openings { report.prunedRecords = report.prunedRecords.adding(clamped: opening.records) }
        let engines = Dictionary(records.engines.map { ($0.meter, $0) }) { first, _ in first }
        let meters = Set(books.keys).union(openings.keys).union(engines.keys)
        let places = meters.map { (meter: $0, cp: engines[$0]?.cp ?? books[$0]?.cp) }
        for (meter, cp) in places.sorted(by: { ($0.cp?.text ?? "", $0.meter) < ($1.cp?.text ?? "", $1.meter) }) {
            balance(meter, at: cp, books[meter] ?? Books(), openings[meter], engines[meter])
        }
    }

    private mutating func take(_ stray: StrayRecord, into books: inout Books) {
        switch stray.kind {
        case .orphan: report.orphans += 1
        case .contradiction: report.contradictions += 1
        case .implausible: report.implausible += 1
        }
        if stray.judgement == nil { report.undecided += 1 }
        if books.cp == nil { books.cp = stray.cp }
        let stretch = Stretch(
            from: stray.record.startRegister, to: stray.record.endRegister, name: "\(stray.kind.rawValue) \(stray.record.session)")
        switch (stray.judgement?.choice, stray.kind) {
        case (.refuse, _): books.refused.append(stretch)
        // It is its session's by now.
        case (.accept, _): break
        case (nil, .implausible): books.implausible.append(stretch)
        case (nil, .orphan), (nil, .contradiction): books.billed.append(stretch)
        }
    }

    private mutating func balance(
        _ meter: MeterID, at cp: ChargePointID?, _ books: Books, _ opening: MeterOpening?, _ engine: EngineBooks?
    ) {
        let billedStretches = books.billed.filter { $0.to > $0.from }.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
        let records = (opening?.records ?? 0).adding(clamped: Int64(books.billed.count))
        let isBroken = findOverlaps(meter, billedStretches, opening) || findBeyond(meter, billedStretches, engine)
        let ledgerEnd = max(billedStretches.map(\.to).max() ?? .zero, opening?.to ?? .zero)
        // What the engine did after its books were read is not in them yet: up to there and no further.
        let end = engine?.register ?? ledgerEnd
        let start = engine == nil ? min(billedStretches.first?.from ?? ledgerEnd, opening?.from ?? ledgerEnd) : .zero
        var billed = opening?.energy ?? .zero
        for stretch in billedStretches { billed = billed + max(.zero, min(stretch.to, end) - min(stretch.from, end)) }
        let moved = end - start
        var balance = AuditReport.Balance(
            meter: meter, cp: cp, records: records, moved: moved, billed: billed, onItsWay: engine.map { pending($0) } ?? .zero,
            state: isBroken ? .broken : .holds)
        defer { report.balances.append(balance) }
        let known = billed + balance.onItsWay
        guard !isBroken, known != moved else { return }
        let writtenOff = Audit.uncovered(books.refused, by: billedStretches, from: start, to: end)
        if known < moved, known + writtenOff == moved {
            return report.remarks.append("meter \(meter): \(writtenOff) of refused records is billed to nobody")
        }
        let waiting = Audit.uncovered(books.refused + books.implausible, by: billedStretches, from: start, to: end)
        let name = "\(cp.map { "\($0), " } ?? "")meter \(meter)"
        if engine == nil, billed < moved, let first = books.unsettled.first {
            balance.state = .open("\(moved - billed) is not billed yet; session \(first) has no record yet")
        } else if known < moved, known + waiting >= moved, let first = books.implausible.first {
            balance.state = .open("\(moved - known) is not billed; \(first.name) waits for the operator's decision")
        } else {
            balance.state = .broken
            report.find(
                .energyConserved,
                "\(name): the register moved \(moved), \(billed) is billed: \(difference(billed + balance.onItsWay, moved))"
            )
        }
    }

    /// How much of the way from `start` to `end` lies in these stretches and not in the others, which are sorted.
    private static func uncovered(_ stretches: [Stretch], by others: [Stretch], from start: Energy, to end: Energy) -> Energy {
        func length(_ stretches: [Stretch]) -> Energy {
            var (sum, reached) = (Energy.zero, start)
            for stretch in stretches.sorted(by: { $0.from < $1.from }) {
                let from = max(stretch.from, reached)
                let to = min(stretch.to, end)
                guard to > from else { continue }
                sum = sum + (to - from)
                reached = to
            }
            return sum
        }
        return length(stretches + others) - length(others)
    }

    private func difference(_ known: Energy, _ moved: Energy) -> String {
        known > moved ? "\(known - moved) too much" : "\(moved - known) is missing"
    }

    /// What the engine metered and has not brought to the ledger.
    private func pending(_ engine: EngineBooks) -> Energy {
        var energy = Energy.zero
        for record in engine.pending where !isCounted(record.session, engine.meter) { energy = energy + record.energy }
        if let active = engine.active, !isCounted(active.session, engine.meter) { energy = energy + (engine.register - active.startRegister) }
        return energy
    }

    /// The session's record has come, whatever became of it.
    private func isCounted(_ id: SessionID, _ meter: MeterID) -> Bool {
        if let session = sessions[id], session.isComplete, session.billedMeter == meter { return true }
        return strays.contains(StrayKey(session: id, meter: meter)) || records.pruned.contains(id)
    }

    /// What was billed beyond the place where the register stands, as it was read after the ledger.
    private mutating func findBeyond(_ meter: MeterID, _ stretches: [Stretch], _ engine: EngineBooks?) -> Bool {
        guard let register = engine?.registerAfter, let highest = stretches.max(by: { $0.to < $1.to }), highest.to > register else { return false }
        report.find(.energyConserved, "meter \(meter): \(highest.name) bills up to \(highest.to), the register stands at \(register)")
        return true
    }

    private mutating func findOverlaps(_ meter: MeterID, _ stretches: [Stretch], _ opening: MeterOpening?) -> Bool {
        var isBroken = false
        var last = opening.flatMap { $0.isWhole ? Stretch(from: $0.from, to: $0.to, name: "the opening of the meter") : nil }
        for stretch in stretches {
            if let before = last, stretch.from < before.to, stretch.to > before.from {
                isBroken = true
                report.find(
                    .energyConserved,
                    "meter \(meter): \(before.name) and \(stretch.name) both bill \(stretch.from) to \(min(before.to, stretch.to))")
            }
            if stretch.to > (last?.to ?? .zero) { last = stretch }
        }
        return isBroken
    }
}
