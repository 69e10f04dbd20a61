import ChargingModel

extension Audit {
    /// A piece of a register's way that somebody is billed for.
    private struct Stretch {
        var from: Energy
        var to: Energy
        var name: String
    }

    /// I3, meter by meter: every watt-hour on the way of its register is billed, and billed once.
    mutating func balanceMeters() {
        var stretches: [MeterID: [Stretch]] = [:]
        var points: [MeterID: ChargePointID] = [:]
        var unsettled: [MeterID: [SessionID]] = [:]
        for session in sessions.values.sorted(by: { $0.id < $1.id }) {
            let meter = session.assignment.meter
            points[meter] = session.assignment.cp
            if session.isComplete, let start = session.startRegister, let end = session.register {
                stretches[meter, default: []].append(Stretch(from: start, to: end, name: "session \(session.id)"))
            } else if session.contradiction == nil {
                unsettled[meter, default: []].append(session.id)
            }
        }
        for stray in records.strays {
            switch stray.kind {
            case .orphan: report.orphans += 1
            case .contradiction: report.contradictions += 1
            }
            points[stray.record.meter] = stray.cp
            stretches[stray.record.meter, default: []].append(
                Stretch(from: stray.record.startRegister, to: stray.record.endRegister, name: "\(stray.kind.rawValue) \(stray.record.session)"))
        }
        let openings = Dictionary(records.openings.map { ($0.meter, $0) }) { first, _ in first }
        for opening in records.openings { report.prunedRecords += opening.records }
        let engines = Dictionary(records.engines.map { ($0.meter, $0) }) { first, _ in first }
        let meters = Set(stretches.keys).union(openings.keys).union(engines.keys).union(unsettled.keys)
        let places = meters.map { (meter: $0, cp: engines[$0]?.cp ?? points[$0]) }
        for (meter, cp) in places.sorted(by: { ($0.cp?.text ?? "", $0.meter) < ($1.cp?.text ?? "", $1.meter) }) {
            balance(
                meter, at: cp, stretches[meter] ?? [], openings[meter], engines[meter], unsettled[meter] ?? [])
        }
    }

    private mutating func balance(
        _ meter: MeterID, at cp: ChargePointID?, _ stretches: [Stretch], _ opening: MeterOpening?, _ engine: EngineBooks?, _ unsettled: [SessionID]
    ) {
        let billedStretches = stretches.filter { $0.to > $0.from }.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
        let records = Int64(stretches.count) + (opening?.records ?? 0)
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
        guard !isBroken, billed + balance.onItsWay != moved else { return }
        let name = "\(cp.map { "\($0), " } ?? "")meter \(meter)"
        if engine == nil, billed < moved, let first = unsettled.first {
            balance.state = .open("\(moved - billed) is not billed yet; session \(first) has no record yet")
        } else {
            balance.state = .broken
            report.find(
                .energyConserved,
                "\(name): the register moved \(moved), \(billed) is billed: \(difference(billed + balance.onItsWay, moved))"
            )
        }
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
        if let session = sessions[id], session.isComplete, session.assignment.meter == meter { return true }
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
