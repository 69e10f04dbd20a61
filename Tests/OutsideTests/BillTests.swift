import ChargingModel
import ChargingProtocol
import Ledger
import NetworkView
import Testing

@Suite("From outside: bills and records") struct BillTests {
    private func completed(_ session: String, _ wattHours: Int64, cents: Int64, complete: Bool = false) -> DriverStatus.Kind {
        .completed(
            session: SessionID(known: session), energy: Energy(wattHours: wattHours), cost: Money(microEuro: cents * 10_000), complete: complete)
    }

    @Test("S6: a record below what telemetry showed closes its session with what was heard, not with nothing")
    func belowTelemetry() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        for (seq, energy) in [10, 20, 30].enumerated() { bench.reading("CP-A", session, seq: seq + 1, energy) }
        bench.ended("CP-A", session, to: 1029)
        #expect(bench.outcome() == completed(session, 30, cents: 1))
        #expect(bench.session(session)?.contradiction?.contains("0.029 kWh") == true)
        #expect(bench.acknowledged == [session])
        // Three seconds later, as the end of a session without a record, it would be the same.
        var late = OutsideBench()
        let other = late.charge("CP-A")
        for (seq, energy) in [10, 20, 30].enumerated() { late.reading("CP-A", other, seq: seq + 1, energy) }
        late.state("CP-A", "ACTIVATED", seq: 3)
        late.pass(.seconds(3))
        #expect(late.session(other)?.energy.wattHours == 30 && late.session(other)?.isOpen == false)
    }

    @Test("S3, S6: another meter's readings count for nothing, named or not, and the own record is billed whole", arguments: ["m-other", nil])
    func otherMeter(_ meter: String?) {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.reading("CP-A", session, seq: 1, 10, meter: "m-CP-A")
        bench.reading("CP-A", session, seq: 2, 10, register: 900_010, meter: meter)
        bench.reading("CP-A", session, seq: 3, 20, meter: "m-CP-A")
        #expect(bench.central.counters.readingsDoubted == 1)
        bench.ended("CP-A", session, to: 1029)
        #expect(bench.outcome() == completed(session, 29, cents: 1, complete: true))
    }

    @Test("S6: another meter's record is put aside; its session goes on while its engine says so, and then closes with what was heard")
    func otherMetersRecord() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.reading("CP-A", session, seq: 1, 30)
        bench.ended("CP-A", session, from: 900_000, to: 900_500, meter: "m-other")
        // Its engine says that it goes on.
        #expect(bench.session(session)?.isOpen == true && bench.acknowledged == [session])
        bench.rest("CP-A")
        let known = (energy: Energy(wattHours: 30), cost: Money(microEuro: 10_000))
        #expect(
            bench.outcome()
                == .failed(
                    session: SessionID(known: session), energy: known.energy, cost: known.cost, complete: false, reason: "interrupted"))
    }

    @Test("S6: another point's record is put aside and acknowledged; the session goes on and is billed by its own")
    func otherPoint() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.reading("CP-A", session, seq: 1, 10)
        bench.ended("CP-B", session, to: 1000)
        #expect(bench.session(session)?.isOpen == true)
        #expect(bench.acknowledged == [session])
        #expect(bench.notices.contains { if case .contradiction = $0 { true } else { false } })
        #expect(!bench.said.contains { if case .command(let command) = $0.message, case .stop = command.kind { true } else { false } })
        bench.ended("CP-A", session, to: 1061)
        #expect(bench.outcome() == completed(session, 61, cents: 2, complete: true))
        #expect(bench.book.strays.map(\.cp.text) == ["CP-B"])
    }

    @Test("S6: another point that names the session's own meter does not take the place of its record")
    func otherPointOwnMeter() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.ended("CP-B", session, to: 1061, meter: "m-CP-A")
        bench.ended("CP-A", session, to: 1061)
        #expect(bench.session(session)?.isComplete == true && bench.session(session)?.energy.wattHours == 61)
    }

    @Test("S6: the operator accepts a record that was put aside: it is billed, told, logged with a name, and the audit understands it")
    func accepted() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.reading("CP-A", session, seq: 1, 30)
        bench.ended("CP-A", session, from: 900_000, to: 900_050, meter: "m-other")
        bench.rest("CP-A")
        let verdict = RecordVerdict(session: SessionID(known: session), meter: MeterID(known: "m-other"), .accept, by: "anna")
        bench.tell(.ask(.judge(verdict), 1))
        #expect(
            bench.outcome()
                == .failed(
                    session: verdict.session, energy: Energy(wattHours: 50), cost: Money(microEuro: 20_000), complete: true, reason: "interrupted"))
        #expect(bench.said.last?.topic == "driver/alice/ticket")
        let held = bench.session(session)
        #expect(held?.recordMeter?.text == "m-other" && held?.contradiction == nil && held?.awaitsRecord == false)
        #expect(bench.book.auditLog.last?.what == .recordAccepted && bench.book.auditLog.last?.why == "meter m-other, by anna")
        let report = Audit.examine(AuditRecords(bench.book))
        #expect(report.holds && report.undecided == 0, "\(report.findings)")
        // Again is the same; the other way round is too late.
        bench.tell(.ask(.judge(verdict), 2))
        #expect(bench.book.auditLog.count { $0.what == .recordAccepted } == 1)
        let refusal = RecordVerdict(session: verdict.session, meter: verdict.meter, .refuse, by: "bert")
        #expect(
            LedgerRules.apply(.judge(refusal, at: bench.now.wall), to: &bench.book)
                == .judged(.refused("it was accepted by anna at \(bench.now.wall.text)")))
    }

    @Test("S6: the operator refuses a record: it stays unbilled, and the audit knows where its energy is")
    func refused() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.ended("CP-A", session, from: 900_000, to: 900_050, meter: "m-other")
        bench.tell(.ask(.judge(RecordVerdict(session: SessionID(known: session), meter: MeterID(known: "m-other"), .refuse, by: "anna")), 1))
        #expect(bench.session(session)?.energy.wattHours == 0 && bench.session(session)?.isComplete == false)
        var records = AuditRecords(bench.book)
        records.engines = [
            EngineBooks(
                cp: ChargePointID(known: "CP-A"), meter: MeterID(known: "m-other"), register: Energy(wattHours: 900_050), pending: [], active: nil)
        ]
        records.openings = [
            MeterOpening(
                meter: MeterID(known: "m-other"), records: 1, from: .zero, to: Energy(wattHours: 900_000), energy: Energy(wattHours: 900_000))
        ]
        let report = Audit.examine(records)
        #expect(report.holds, "\(report.findings)")
        #expect(report.remarks.contains { $0.contains("0.050 kWh of refused records is billed to nobody") }, "\(report.remarks)")
        bench.ended("CP-A", session, to: 1061)
        #expect(bench.session(session)?.energy.wattHours == 61, "its own record completes it all the same")
    }

    @Test("S6: what can't be decided says why")
    func undecidable() {
        var bench = OutsideBench()
        func judge(_ session: String, _ meter: String, _ choice: RecordVerdict.Choice = .accept) -> LedgerResult {
            LedgerRules.apply(
                .judge(RecordVerdict(session: SessionID(known: session), meter: MeterID(known: meter), choice, by: "anna"), at: bench.now.wall),
                to: &bench.book)
        }
        #expect(judge("S0", "m-CP-A") == .judged(.unknown))
        bench.ended("CP-A", "S0", to: 1001)
        #expect(judge("S0", "m-CP-A") == .judged(.refused("the ledger has no session S0: such a record can only be refused")))
        #expect(judge("S0", "m-CP-A", .refuse) == .judged(.done(nil, [])))
        let session = bench.charge("CP-A")
        bench.ended("CP-B", session, to: 1001)
        #expect(judge(session, "m-CP-B") == .judged(.refused("session \(session) is open: its own record may still come")))
        bench.ended("CP-A", session, to: 1061)
        #expect(judge(session, "m-CP-B") == .judged(.refused("session \(session) has its record, which never changes")))
    }

    @Test("S5, S7: a record that came while the disk was full closes its session when there is room, whatever else would have closed it")
    func fullDisk() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.reading("CP-A", session, seq: 1, 60)
        bench.diskIsFull = true
        let attempts = bench.attempts
        bench.ended("CP-A", session, to: 1061)
        bench.state("CP-A", "ACTIVATED", seq: 3)
        for seconds in [1, 2, 4] {
            bench.pass(.seconds(seconds))
            bench.ended("CP-A", session, to: 1061)
        }
        #expect(bench.attempts == attempts + 1, "read and proved before it is written again")
        #expect(!bench.central.isLedgerWorking)
        bench.diskIsFull = false
        bench.pass(.seconds(70))
        #expect(bench.session(session)?.closing?.reason == .completed && bench.session(session)?.isComplete == true)
        #expect(bench.outcome() == completed(session, 61, cents: 2, complete: true))
        #expect(bench.notices.count { $0 == .ledgerFailed } == 1 && bench.notices.count { $0 == .ledgerBack } == 1)
    }

    @Test("S3: the view believes a reading where Central does: another point's moves no session and no amount")
    func viewOfStrangers() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.reading("CP-A", session, seq: 1, 30)
        bench.reading("CP-B", session, seq: 1, 77_000, cost: "55.50")
        bench.reading("CP-B", session, seq: 2, 30, cost: "55.50")
        let id = SessionID(known: session)
        #expect(bench.view.sessions[id]?.cp?.text == "CP-A")
        #expect(bench.view.sessions[id]?.energy.wattHours == 30 && bench.view.totals.cost == Money(microEuro: 9000))
        #expect(bench.view.points[ChargePointID(known: "CP-B")]?.telemetry == nil)
        #expect(bench.view.counts.doubted == 2 && bench.central.counters.readingsDoubted == 2)
        bench.started("CP-B", session, driver: "eve", from: 0)
        bench.ended("CP-B", session, to: 5000)
        #expect(bench.view.sessions[id]?.cp?.text == "CP-A" && bench.view.sessions[id]?.driver?.text == "alice")
        #expect(bench.view.sessions[id]?.phase == .charging && bench.view.sessions[id]?.energy.wattHours == 30)
        bench.reading("CP-A", session, seq: 2, 31, cost: "9007199254.74")
        #expect(bench.view.totals.cost == Money(microEuro: 9300), "by the price that was promised")
    }

    @Test("S3: a view that comes late knows a session's age by its id, and believes no more than the point could have")
    func lateView() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.view = NetworkView()
        bench.now.wall = bench.now.wall.advanced(byMilliseconds: 3_600_000)
        bench.birth("CP-A", epoch: 11)
        bench.view.hear(.centralStatus(CentralStatus(epoch: 1000, online: true, software: "s", protocolVersion: 1)), retained: true, at: bench.now)
        bench.view.hear(
            .verdict(
                VerdictReport(
                    epoch: 1000, cp: ChargePointID(known: "CP-A"), verdict: .supplying, available: false, why: "charging alice",
                    session: SessionID(known: session), driver: DriverID(known: "alice"), breaker: .closed)), retained: true, at: bench.now)
        func read(_ seq: UInt64, _ wattHours: Int64, _ elapsed: Int64) {
            bench.view.hear(
                .telemetry(
                    Telemetry(
                        epoch: 11, seq: seq, cp: ChargePointID(known: "CP-A"), session: SessionID(known: session), driver: DriverID(known: "alice"),
                        power: Power(watts: 22_000), energy: Energy(wattHours: wattHours), register: Energy(wattHours: 1000 + wattHours), cost: .zero,
                        elapsedSeconds: elapsed)), retained: false, at: bench.now)
        }
        read(1, 90_000, 31_622_400)
        #expect(bench.view.counts.doubted == 1)
        read(2, 22_000, 3600)
        #expect(bench.view.sessions.values.first?.energy.wattHours == 22_000)
    }

    @Test("S3: the view believes nobody of whom nothing is known")
    func unknownPoint() {
        var bench = OutsideBench()
        bench.reading("CP-ZY", "FAKE-2", seq: 1, 9_007_199_254_740, register: 9_007_199_254_740)
        bench.reading("CP-B", "FAKE-3", seq: 1, 5)
        #expect(bench.view.sessions.isEmpty && bench.view.totals.energy == Energy(wattHours: 0) && bench.view.counts.doubted == 2)
    }

    @Test("S6: a foreign record in the place of the own one takes nothing from it: both are kept, and the operator tells them apart")
    func sameMeterTwice() throws {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.reading("CP-A", session, seq: 1, 80)
        bench.ended("CP-B", session, from: 0, to: 1, meter: "m-CP-A")
        bench.ended("CP-A", session, to: 1015)
        #expect(bench.book.strays.map(\.cp.text) == ["CP-A", "CP-B"], "acknowledged is stored")
        #expect(bench.acknowledged.count == 2)
        let (id, meter) = (SessionID(known: session), MeterID(known: "m-CP-A"))
        func judge(_ cp: String?) -> LedgerResult {
            let verdict = RecordVerdict(session: id, meter: meter, cp: cp.map { ChargePointID(known: $0) }, .accept, by: "anna")
            return LedgerRules.apply(.judge(verdict, at: bench.now.wall), to: &bench.book)
        }
        #expect(judge(nil) == .judged(.refused("2 records of meter m-CP-A were put aside: name the point, and where its register ends")))
        guard case .judged(.done(let held?, _)) = judge("CP-A") else { return #expect(Bool(false)) }
        #expect(held.energy.wattHours == 15 && held.isComplete)
        let report = Audit.examine(AuditRecords(bench.book))
        #expect(report.holds, "\(report.findings)")
        // Complete is complete: another record of its meter is kept beside it, not acknowledged away.
        bench.ended("CP-A", session, to: 1160)
        #expect(bench.book.strays.count == 3)
    }

    @Test("S6: of one session sixteen records are kept at most; a further one is told, and not acknowledged")
    func tooMany() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        for end in 1...20 { bench.ended("CP-B", session, from: 0, to: end) }
        #expect(bench.book.strays.count == 16 && bench.acknowledged.count == 16)
        bench.ended("CP-A", session, to: 1061)
        #expect(bench.session(session)?.isComplete == true, "the own one needs no room")
    }

    @Test("I3: what a point says of another's meter, or beyond what was delivered, neither breaks nor mends that meter's books")
    func auditOfStrangers() {
        var bench = OutsideBench()
        let first = bench.charge("CP-A", request: "R1")
        bench.ended("CP-B", first, from: 1000, to: 1001, meter: "m-CP-A")
        bench.ended("CP-B", first, from: 0, to: 9_007_199_254_740_991, meter: "m-CP-A")
        bench.ended("CP-A", first, to: 1010)
        #expect(Audit.examine(AuditRecords(bench.book)).holds)
        // Ten watt-hours are missing between two sessions: that is found, whatever anybody claims.
        bench.state("CP-A", "ACTIVATED", seq: 3)
        let second = bench.charge("CP-A", request: "R2")
        bench.ended("CP-A", second, from: 1020, to: 1030)
        func finds() -> Bool { Audit.examine(AuditRecords(bench.book)).findings.contains { $0.rule == .energyConserved } }
        #expect(finds())
        bench.ended("CP-A", "S-forged", from: 0, to: 9_007_199_254_740_991)
        #expect(bench.book.strays.last?.kind == .implausible && finds())
        bench.tell(.ask(.judge(RecordVerdict(session: SessionID(known: "S-forged"), meter: MeterID(known: "m-CP-A"), .refuse, by: "anna")), 1))
        #expect(finds(), "a refusal explains nothing either")
        bench.ended("CP-A", "S-real", from: 1010, to: 1020)
        #expect(!finds(), "this one does")
    }
}
