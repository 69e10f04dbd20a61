import ChargingModel
import Ledger
import Testing

private let alice = DriverID(known: "driver-alice")
private let cp = ChargePointID(known: "CP-001")
private let meter = MeterID(known: "m-1")

private func time(_ seconds: Int64) -> WallTime { WallTime(milliseconds: 1_795_485_600_000 + seconds * 1000) }

private func decision(_ id: String, at seconds: Int64 = 0, accepted: Bool = true) -> Decision {
    let assignment = Assignment(
        session: SessionID(known: "S-\(id)"), cp: cp, power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_000), meter: meter,
        energyTarget: nil, duration: nil)
    return Decision(
        driver: alice, request: RequestID(known: id), cp: cp, ruling: accepted ? .accepted(assignment) : .denied(.busy, reason: "busy"),
        verdict: accepted ? .activated : .supplying, at: time(seconds))
}

private func record(_ id: String, from: Int64 = 0, to: Int64 = 61, meter: MeterID = meter) -> SessionRecord {
    SessionRecord(
        session: SessionID(known: "S-\(id)"), driver: alice, meter: meter, startRegister: Energy(wattHours: from), endRegister: Energy(wattHours: to),
        cost: Money(microEuro: 999), started: time(1), ended: time(11), endReason: .completed)
}

private func outcome(_ result: LedgerResult) -> RecordOutcome? { if case .recorded(let outcome, _, _) = result { outcome } else { nil } }

@Suite struct LedgerBookTests {
    @Test("S2, I2: a request is decided once")
    func once() {
        var book = LedgerBook()
        #expect(book.apply(.decide(decision("R1"), vehicles: .max)) == .decided)
        let other = decision("R1", accepted: false)
        guard case .alreadyDecided(let held, let session?) = book.apply(.decide(other, vehicles: .max)) else { return #expect(Bool(false)) }
        #expect(held == decision("R1"))
        #expect(session.isOpen)
        #expect(book.apply(.find(alice, RequestID(known: "R1"))) == .found(held, session))
        #expect(book.apply(.find(alice, RequestID(known: "R2"))) == .found(nil, nil))
    }

    @Test("S5, I4: a record closes its session once; the bill is made with the price of ACCEPTED, not with the engine's sum")
    func closes() {
        var book = LedgerBook()
        _ = book.apply(.decide(decision("R1"), vehicles: .max))
        let result = book.apply(.record(cp, record("R1"), RecordContext(), at: time(11)))
        #expect(outcome(result) == .closed)
        let session = book.sessions[SessionID(known: "S-R1")]
        #expect(session?.cost == Money(microEuro: 18_300))
        #expect(session?.ticket?.cost == Money(microEuro: 20_000))
        #expect(outcome(book.apply(.record(cp, record("R1"), RecordContext(), at: time(12)))) == .alreadyHeld)
        #expect(outcome(book.apply(.record(cp, record("R1", to: 99), RecordContext(), at: time(12)))) == .contradicted("the session is complete"))
        #expect(book.sessions[SessionID(known: "S-R1")] == session)
        #expect(book.apply(.close(SessionID(known: "S-R1"), .fault, Seen(), at: time(13))) == .done)
        #expect(book.sessions[SessionID(known: "S-R1")] == session)
    }

    @Test("S5: a late record fills in energy and times; status and reason stay")
    func late() {
        var book = LedgerBook()
        _ = book.apply(.decide(decision("R1"), vehicles: .max))
        _ = book.apply(.close(SessionID(known: "S-R1"), .fault, Seen(register: Energy(wattHours: 20), energy: Energy(wattHours: 20)), at: time(5)))
        #expect(book.snapshot(at: time(5)).awaitingRecord.count == 1)
        #expect(outcome(book.apply(.record(cp, record("R1"), RecordContext(), at: time(11)))) == .completed)
        let ticket = book.tickets(of: alice).first
        #expect(ticket?.endReason == .fault && ticket?.outcome == .failed && ticket?.complete == true)
        #expect(ticket?.energy.wattHours == 61)
        #expect(book.snapshot(at: time(5)).awaitingRecord.isEmpty)
    }

    @Test("S6: orphans, other meters and records below telemetry are stored beside and acknowledged again")
    func strays() {
        var book = LedgerBook()
        #expect(outcome(book.apply(.record(cp, record("R0"), RecordContext(), at: time(1)))) == .orphan)
        #expect(outcome(book.apply(.record(cp, record("R0"), RecordContext(), at: time(1)))) == .alreadyHeld)
        _ = book.apply(.decide(decision("R1"), vehicles: .max))
        _ = book.apply(.decide(decision("R2"), vehicles: .max))
        guard case .contradicted = outcome(book.apply(.record(cp, record("R1", meter: MeterID(known: "m-2")), RecordContext(), at: time(2)))) else {
            return #expect(Bool(false))
        }
        guard
            case .contradicted = outcome(
                book.apply(
                    .record(cp, record("R2"), RecordContext(seen: Seen(register: Energy(wattHours: 62), energy: Energy(wattHours: 62))), at: time(2)))
            )
        else {
            return #expect(Bool(false))
        }
        #expect(book.sessions.values.allSatisfy { !$0.isOpen && !$0.isComplete && !$0.awaitsRecord })
        #expect(outcome(book.apply(.record(cp, record("R2"), RecordContext(), at: time(3)))) == .alreadyHeld)
    }

    @Test("S6, I3: the record of a second engine of the same name does not shut out that of the first, nor the other way round (seed 157)")
    func twoMeters() {
        let other = MeterID(known: "m-2")
        var book = LedgerBook()
        _ = book.apply(.decide(decision("R1"), vehicles: .max))
        _ = book.apply(.close(SessionID(known: "S-R1"), .interrupted, Seen(), at: time(2)))
        guard case .contradicted = outcome(book.apply(.record(cp, record("R1", meter: other), RecordContext(), at: time(3)))) else {
            return #expect(Bool(false))
        }
        #expect(outcome(book.apply(.record(cp, record("R1"), RecordContext(), at: time(4)))) == .completed)
        #expect(outcome(book.apply(.record(cp, record("R1"), RecordContext(), at: time(5)))) == .alreadyHeld)
        #expect(outcome(book.apply(.record(cp, record("R1", meter: other), RecordContext(), at: time(5)))) == .alreadyHeld)
        let session = book.sessions[SessionID(known: "S-R1")]
        #expect(session?.isComplete == true && session?.contradiction == nil && session?.energy.wattHours == 61)
        #expect(book.strays.map(\.record.meter) == [other])
        #expect(Audit.examine(AuditRecords(book)).findings.isEmpty)

        _ = book.apply(.decide(decision("R2"), vehicles: .max))
        #expect(outcome(book.apply(.record(cp, record("R2"), RecordContext(), at: time(6)))) == .closed)
        guard case .contradicted = outcome(book.apply(.record(cp, record("R2", meter: other), RecordContext(), at: time(7)))) else {
            return #expect(Bool(false))
        }
        #expect(book.sessions[SessionID(known: "S-R2")]?.isComplete == true)
        #expect(book.strays.count == 2)
    }

    @Test("P8: a snapshot has the answers and outcomes of the last minute, and the tickets of the last day, ten at most")
    func snapshot() {
        var book = LedgerBook()
        for index in 0..<12 {
            _ = book.apply(.decide(decision("R\(index)", at: Int64(index) * 10), vehicles: .max))
            _ = book.apply(.record(cp, record("R\(index)"), RecordContext(), at: time(Int64(index) * 10 + 5)))
        }
        let snapshot = book.snapshot(at: time(120))
        #expect(snapshot.recentDecisions.map(\.request.text) == ["R6", "R7", "R8", "R9", "R10", "R11"])
        #expect(snapshot.recentSessions.map(\.request?.text) == ["R6", "R7", "R8", "R9", "R10", "R11"])
        #expect(snapshot.tickets[alice]?.map(\.request?.text) == (2...11).reversed().map { "R\($0)" })
        #expect(book.snapshot(at: time(90_000)).tickets.isEmpty)
        #expect(snapshot.openSessions.isEmpty)
    }

    @Test("S8: wishes are kept")
    func availabilities() {
        var book = LedgerBook()
        _ = book.apply(.availability(cp, outOfOrder: true, at: time(1)))
        #expect(book.snapshot(at: time(0)).availabilities == [cp: true])
        _ = book.apply(.availability(cp, outOfOrder: false, at: time(2)))
        #expect(book.snapshot(at: time(0)).availabilities == [cp: false])
    }
}
