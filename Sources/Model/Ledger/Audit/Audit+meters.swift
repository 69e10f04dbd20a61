import ChargingModel

extension Audit {
    /// A stretch of a register's way that a record bills or explains.
    private struct Stretch {
        var from: Energy
        var to: Energy
        var name: String
    }

    /// The ledger's entries for a meter.
    private struct Books {
        var cp: ChargePointID?
        /// Billed stretches: no two may overlap.
        var billed: [Stretch] = []
        /// Stretches of records beside the sessions, which somebody metered: they explain a gap between what is billed.
        var putAside: [Stretch] = []
        /// Stretches of records that the operator refused: they explain a gap, and are billed to nobody.
        var refused: [Stretch] = []
        /// Stretches of records that claim the impossible: the operator must say whether they explain a gap.
        var implausible: [Stretch] = []
        /// Sessions whose record is still to come.
        var unsettled: [SessionID] = []
    }

    /// Checks I3, meter by meter: every watt-hour on the way of its register is billed, and billed once.
    mutating func balanceMeters() {
        var books: [MeterID: Books] = [:]
        for engine in records.engines { books[engine.meter, default: Books()].cp = engine.cp }
        for session in sessions.values.sorted(by: { $0.id < $1.id }) {
            // Where a meter is, the promises say, and not who brought a record of it.
            if books[session.assignment.meter]?.cp == nil { books[session.assignment.meter, default: Books()].cp = session.assignment.cp }
            if session.isComplete, let start = session.startRegister, let end = session.register {
                books[session.billedMeter, default: Books()].billed.append(Stretch(from: start, to: end, name: "session \(session.id)"))
            } else if session.contradiction == nil {
                books[session.billedMeter, default: Books()].unsettled.append(session.id)
            }
        }
        for stray in records.strays { take(stray, into: &books[stray.record.meter, default: Books()]) }
        let openings = Dictionary(records.openings.map { ($0.meter, $0) }) { first, _ in first }
        for opening in records.openings { report.prunedRecords = report.prunedRecords.adding(clamped: opening.records) }
        let engines = Dictionary(records.engines.map { ($0.meter, $0) }) { first, _ in first }
        let former = records.engines.reduce(into: [MeterID: Energy]()) { $0.merge($1.formerOutside) { first, _ in first } }
        let meters = Set(books.keys).union(openings.keys)
        let places = meters.map { (meter: $0, cp: books[$0]?.cp) }
        for (meter, cp) in places.sorted(by: { ($0.cp?.text ?? "", $0.meter) < ($1.cp?.text ?? "", $1.meter) }) {
            balance(
                meter, at: cp, books[meter] ?? Books(), openings[meter], engines[meter], outside: engines[meter]?.outside ?? former[meter] ?? .zero)
        }
    }

    private mutating func take(_ stray: StrayRecord, into books: inout Books) {
        switch stray.kind {
        case .orphan: report.orphans += 1
        case .contradiction: report.contradictions += 1
        case .implausible: report.implausible += 1
        }
        if stray.judgement == nil { report.undecided += 1 }
        // What a point says of another's meter says nothing of that meter.
        if let cp = books.cp, cp != stray.cp { return }
        books.cp = stray.cp
        let stretch = Stretch(
            from: stray.record.startRegister, to: stray.record.endRegister, name: "\(stray.kind.rawValue) \(stray.record.session)")
        switch (stray.judgement?.choice, stray.kind) {
        case (.refuse, _): books.refused.append(stretch)
        // It is its session's by now.
        case (.accept, _): break
        case (nil, .implausible): books.implausible.append(stretch)
        case (nil, .orphan), (nil, .contradiction): books.putAside.append(stretch)
        }
    }

    private mutating func balance(
        _ meter: MeterID, at cp: ChargePointID?, _ books: Books, _ opening: MeterOpening?, _ engine: EngineBooks?,
        outside most: Energy
    ) {
        let billed = books.billed.filter { $0.to > $0.from }.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
        // Without an engine's books what was put aside is all that is known of a meter on which nothing is billed.
        let seen = billed.isEmpty && opening == nil ? books.putAside.filter { $0.to > $0.from } : billed
        let isBroken = findOverlaps(meter, billed, opening) || findBeyond(meter, billed, engine)
        let ledgerEnd = max(seen.map(\.to).max() ?? .zero, opening?.to ?? .zero)
        // What the engine did after its books were read is not in them yet: up to there and no further.
        let end = engine?.register ?? ledgerEnd
        let start = engine == nil ? min(seen.map(\.from).min() ?? ledgerEnd, opening?.from ?? ledgerEnd) : .zero
        func gaps(_ stretches: [Stretch]) -> Energy {
            // It says something of a gap only if it lies in one, on the way that the register went.
            let inGaps = stretches.filter { stretch in
                stretch.from >= start && stretch.to <= end && !billed.contains { $0.from < stretch.to && stretch.from < $0.to }
            }
            return Audit.uncovered(inGaps, by: billed, from: start, to: end)
        }
        var sum = opening?.energy ?? .zero
        for stretch in billed { sum = sum + max(.zero, min(stretch.to, end) - min(stretch.from, end)) }
        sum = sum + gaps(books.putAside)
        let moved = end - start
        var balance = AuditReport.Balance(
            meter: meter, cp: cp, records: (opening?.records ?? 0).adding(clamped: Int64(books.billed.count + books.putAside.count)), moved: moved,
            billed: sum, onItsWay: engine.map { pending($0) } ?? .zero, state: isBroken ? .broken : .holds)
        defer { report.balances.append(balance) }
        let known = sum + balance.onItsWay
        guard !isBroken, known != moved else { return }
        let name = meterName(meter, at: cp)
        let refused = gaps(books.putAside + books.refused) - gaps(books.putAside)
        let unbilled = gaps(books.putAside + books.refused + books.implausible) - gaps(books.putAside)
        if known < moved, unbilled <= moved - known, moved - known - unbilled <= most {
            let outside = moved - known - unbilled
            if outside > .zero { report.remarks.append("\(name): \(outside) went through it in no session that is known") }
            if refused > .zero { report.remarks.append("\(name): \(refused) of refused records is billed to nobody") }
            if unbilled > refused, let first = books.implausible.first {
                balance.state = .open("\(unbilled) is not billed; \(first.name) waits for the operator's decision")
            }
            return
        }
        if engine == nil, sum < moved, let first = books.unsettled.first {
            balance.state = .open("\(moved - sum) is not billed yet; session \(first) has no record yet")
        } else {
            balance.state = .broken
            report.find(.energyConserved, "\(name): the register moved \(moved), \(sum) is billed: \(difference(known, moved))")
        }
    }

    private func meterName(_ meter: MeterID, at cp: ChargePointID?) -> String { "\(cp.map { "\($0), " } ?? "")meter \(meter)" }

    /// The part of the way from `start` to `end` that lies in these stretches and not in the others, which are sorted.
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

    /// The energy that the engine metered and has not brought to the ledger.
    private func pending(_ engine: EngineBooks) -> Energy {
        var energy = Energy.zero
        for record in engine.pending where !isCounted(record, of: engine) { energy = energy + record.energy }
        guard let active = engine.active, !hasCome(active, of: engine) else { return energy }
        return energy + (engine.register - active.startRegister)
    }

    /// True when this very record has come, whatever was done with it.
    private func isCounted(_ record: SessionRecord, of engine: EngineBooks) -> Bool {
        if let session = sessions[record.session], session.isComplete, session.billedMeter == engine.meter,
            session.startRegister == record.startRegister, session.register == record.endRegister
        {
            return true
        }
        return strays.contains(StrayRecord.Key(record, from: engine.cp)) || records.pruned.contains(record.session)
    }

    /// True when the record of the session that the engine was supplying has come since its books were read.
    private func hasCome(_ active: ActiveSession, of engine: EngineBooks) -> Bool {
        if let session = sessions[active.session], session.isComplete, session.billedMeter == engine.meter { return true }
        let isPutAside = strays.contains {
            $0.session == active.session && $0.meter == engine.meter && $0.cp == engine.cp && $0.start == active.startRegister
        }
        return isPutAside || records.pruned.contains(active.session)
    }

    /// Finds stretches billed beyond the place where the register stands, as it was read after the ledger; true when there is one.
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
