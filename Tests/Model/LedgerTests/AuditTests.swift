import ChargingModel
import Ledger
import Testing

/// Each invariant holds over honest books, and a book that was cooked is found out.
@Suite struct AuditTests {
    private let cp = ChargePointID(known: "CP-001")
    private let alice = DriverID(known: "driver-alice")
    private let meter = MeterID(known: "m-1")

    private func time(_ seconds: Int64) -> WallTime { WallTime(milliseconds: 1_795_485_600_000 + seconds * 1000) }

    private func decision(_ id: String, at second: Int64) -> Decision {
        let assignment = Assignment(
            session: SessionID(known: "S-\(id)"), cp: cp, power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_000), meter: meter,
            energyTarget: nil, duration: nil)
        return Decision(
            driver: alice, request: RequestID(known: id), cp: nil, ruling: .accepted(assignment), verdict: .activated, at: time(second))
    }

    private func record(_ id: String, _ from: Int64, _ to: Int64, reason: EndReason = .completed) -> SessionRecord {
        SessionRecord(
            session: SessionID(known: "S-\(id)"), driver: alice, meter: meter, startRegister: Energy(wattHours: from),
            endRegister: Energy(wattHours: to),
            cost: Price(microEuroPerKilowattHour: 300_000).cost(of: Energy(wattHours: to - from)), started: nil, ended: time(0), endReason: reason)
    }

    /// Three sessions one after the other, the last one still open.
    private func honest() -> LedgerBook {
        var book = LedgerBook()
        for (number, id) in ["A", "B"].enumerated() {
            let second = Int64(number) * 20
            _ = book.apply([
                .decide(decision(id, at: second), vehicles: .max),
                .record(cp, record(id, second * 5, second * 5 + 100), RecordContext(seen: Seen(readings: 10)), at: time(second + 10)),
            ])
        }
        _ = book.apply(.decide(decision("C", at: 60), vehicles: .max))
        return book
    }

    private func engine(register: Int64, pending: [SessionRecord] = [], active: ActiveSession? = nil, after: Int64? = nil) -> EngineBooks {
        EngineBooks(
            cp: cp, meter: meter, register: Energy(wattHours: register), pending: pending, active: active,
            registerAfter: after.map { Energy(wattHours: $0) })
    }

    @Test("honest books hold, and the sums are right")
    func holds() {
        var records = AuditRecords(honest())
        records.engines = [engine(register: 200)]
        let report = Audit.examine(records)
        #expect(report.findings.isEmpty)
        #expect(report.sessions == 3 && report.openSessions == 1 && report.decisions == 3)
        #expect(report.energy == Energy(wattHours: 200) && report.readings == 20)
        #expect(report.balances.map(\.state) == [.holds])
    }

    @Test("I3: what moved a meter in no session is a remark, also when its engine has another by now")
    func outside() {
        var book = honest()
        _ = book.apply(.record(cp, record("C", 700, 800), RecordContext(seen: Seen(readings: 10)), at: time(70)))
        var records = AuditRecords(book)
        var present = EngineBooks(
            cp: cp, meter: MeterID(known: "m-next"), register: .zero, formerOutside: [meter: Energy(wattHours: 500)], pending: [], active: nil)
        records.engines = [present]
        let report = Audit.examine(records)
        #expect(report.findings.isEmpty && report.remarks.contains { $0.contains("0.500 kWh went through it in no session") }, "\(report.findings)")
        present.formerOutside = [meter: Energy(wattHours: 499)]
        records.engines = [present]
        #expect(Audit.examine(records).findings.map(\.rule) == [.energyConserved])
    }

    @Test("I3: energy that is on its way is not missing; what an engine did after its journal was read is not too much")
    func onTheWay() {
        var records = AuditRecords(honest())
        records.engines = [engine(register: 250, pending: [record("C", 200, 250)])]
        #expect(Audit.examine(records).findings.isEmpty)
        let active = ActiveSession(
            session: SessionID(known: "S-C"), driver: alice, price: Price(microEuroPerKilowattHour: 300_000), energyTarget: nil,
            duration: .seconds(10), startRegister: Energy(wattHours: 200), started: time(60))
        records.engines = [engine(register: 230, active: active)]
        #expect(Audit.examine(records).findings.isEmpty)
        // Read while the second session was still supplied.
        records.engines = [engine(register: 150, after: 200)]
        #expect(Audit.examine(records).findings.isEmpty)
        // Its record came meanwhile, and no session could take it.
        records.engines = [engine(register: 230, active: active, after: 230)]
        records.strays = [StrayRecord(kind: .contradiction, cp: cp, record: record("C", 200, 230), at: time(90))]
        #expect(Audit.examine(records).findings.isEmpty)
    }

    @Test("I3: nothing is billed that lies above the register")
    func aboveTheRegister() {
        var records = AuditRecords(honest())
        records.engines = [engine(register: 150, after: 150)]
        #expect(Audit.examine(records).findings.map(\.rule) == [.energyConserved])
    }

    @Test("I2: the log and the decisions tell the same, request by request")
    func loggedDecisions() throws {
        var book = honest()
        let denial = Decision(
            driver: alice, request: RequestID(known: "D"), cp: cp, ruling: .denied(.busy, reason: "busy"), verdict: .supplying, at: time(65))
        _ = book.apply(.decide(denial, vehicles: .max))
        let honest = AuditRecords(book)
        #expect(Audit.examine(honest).findings.isEmpty)
        let logged = try #require(honest.log.firstIndex { $0.what == .denied })
        var records = honest
        records.log.remove(at: logged)
        #expect(Audit.examine(records).findings.map(\.rule) == [.oneDecision])
        records = honest
        records.log.append(honest.log[logged])
        #expect(Audit.examine(records).findings.map(\.rule) == [.oneDecision])
        records = honest
        records.decisions.removeLast()
        #expect(Audit.examine(records).findings.map(\.rule) == [.oneDecision])
        records.log[logged].at = time(-40 * 86_400)
        #expect(Audit.examine(records).findings.isEmpty, "old denials may be pruned, one portion after the other")
        records = honest
        records.log[logged].what = .accepted
        records.log[logged].session = SessionID(known: "S-D")
        #expect(Audit.examine(records).findings.map(\.rule).contains(.oneDecision))
    }

    @Test("I1: more sessions than today's vehicles are worth a look; more than the vehicles of then are an error")
    func vehicles() {
        var records = AuditRecords(honest())
        records.defaultVehicles = 0
        let report = Audit.examine(records)
        #expect(report.findings.isEmpty && report.remarks == ["driver-alice once had 1 sessions open, more than the vehicles it has today"])
        records.areVehiclesOfThen = true
        #expect(Audit.examine(records).findings.map(\.rule) == [.oneOpenSession, .oneOpenSession, .oneOpenSession])
    }

    @Test("a book that was cooked is found out, by the right rule", arguments: 0..<12)
    func cooked(_ trick: Int) {
        var records = AuditRecords(honest())
        records.engines = [engine(register: 200)]
        records.defaultVehicles = 2
        records.areVehiclesOfThen = true
        let expected: AuditReport.Rule
        switch trick {
        case 0:
            // The same energy under another name.
            records.sessions[1].fillForTest(start: 50, end: 150)
            expected = .energyConserved
        case 1:
            records.engines = [engine(register: 205)]
            records.sessions.removeAll { $0.isOpen }
            records.decisions.removeLast()
            records.log.removeLast()
            expected = .energyConserved
        case 2:
            records.sessions[0].energy = Energy(wattHours: 99)
            expected = .recordsStay
        case 3:
            records.sessions.append(records.sessions[0])
            expected = .recordsStay
        case 4:
            records.decisions.append(records.decisions[0])
            expected = .oneDecision
        case 5:
            records.decisions[0].verdict = .faulty
            expected = .onlyWhereActivated
        case 6:
            records.sessions.removeFirst()
            expected = .oneDecision
        case 7:
            records.decisions.removeFirst()
            expected = .oneDecision
        case 8:
            records.sessions[0].closing?.reason = .fault
            expected = .recordsStay
        case 9:
            records.sessions[0].closing = nil
            expected = .oneDecision
        case 10:
            // Accepted while the one before was open.
            records.log.swapAt(1, 2)
            expected = .oneOpenSession
        default:
            records.defaultVehicles = 0
            expected = .oneOpenSession
        }
        #expect(Audit.examine(records).findings.map(\.rule).contains(expected), "trick \(trick)")
    }

    @Test("S6: an orphan's energy is billed to nobody and not missing; a contradicted session does not keep its meter from settling")
    func strays() {
        var book = honest()
        _ = book.apply(.record(cp, record("by-hand", 200, 230), RecordContext(), at: time(70)))
        _ = book.apply(
            .record(
                cp, record("C", 230, 240), RecordContext(seen: Seen(register: Energy(wattHours: 999), energy: Energy(wattHours: 999))), at: time(80)))
        var records = AuditRecords(book)
        records.engines = [engine(register: 240)]
        let report = Audit.examine(records)
        #expect(report.findings.isEmpty, "\(report.findings)")
        #expect(report.orphans == 1 && report.contradictions == 1)
        #expect(report.balances.map(\.state) == [.holds])
    }

    @Test("I3: what was pruned is in the opening; a record that pruning has counted is not counted again")
    func pruned() {
        var records = AuditRecords(honest())
        records.sessions.removeFirst()
        records.decisions.removeFirst()
        records.log.removeFirst(2)
        records.engines = [engine(register: 200)]
        #expect(!Audit.examine(records).holds)
        records.openings = [
            MeterOpening(meter: meter, records: 1, from: .zero, to: Energy(wattHours: 100), energy: Energy(wattHours: 100))
        ]
        #expect(Audit.examine(records).holds)
        records.strays = [StrayRecord(kind: .orphan, cp: cp, record: record("A", 0, 100), at: time(90))]
        #expect(Audit.examine(records).findings.map(\.rule) == [.energyConserved])
    }
}

extension LedgerSession {
    fileprivate mutating func fillForTest(start: Int64, end: Int64) {
        startRegister = Energy(wattHours: start)
        register = Energy(wattHours: end)
        energy = Energy(wattHours: end - start)
    }
}
