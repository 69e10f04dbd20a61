import ChargingModel
import ChargingProtocol
import Ledger
import NetworkView
import Testing

/// Faults that were found from outside, as they were pasted, each with the right value: claims of energy, money and numbers.
@Suite("From outside: claims") struct ClaimTests {
    @Test("P4: money over its limit is rejected, and what Central serves goes on")
    func money() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.reading("CP-A", session, seq: 1, 5, cost: "9223372036854")
        #expect(bench.rejections.map(\.reason) == [.outOfRange])
        #expect(bench.rejections.first?.field == "cost_eur")
        bench.reading("CP-A", session, seq: 2, 6, cost: "9007199254.74")
        #expect(bench.view.totals.cost == Money(microEuro: 1800), "the price that was promised, whatever the reading says")
        bench.ended("CP-A", session, to: 1061)
        #expect(bench.session(session)?.cost == Money(microEuro: 18_300))
    }

    @Test("P4: every number has one limit: the last that is taken, the first that is not", arguments: limits)
    func holds(_ limit: Limit) {
        let wire = Wire(site: nil)
        func isTaken(_ value: String) -> Bool {
            let payload = Array(limit.payload.replacing("#", with: value).utf8)
            return (try? wire.decode(topic: limit.topic, payload: payload)) != nil
                && (try? wire.decode(anyObject: payload, topic: limit.topic)) != nil
        }
        #expect(isTaken(limit.last), "\(limit.last)")
        #expect(!isTaken(limit.first), "\(limit.first)")
    }

    struct Limit: Sendable, CustomTestStringConvertible {
        var topic: String
        var payload: String
        var last: String
        var first: String
        var testDescription: String { payload.split(separator: "\"").last { payload.contains("\"\($0)\":#") }.map(String.init) ?? topic }
    }

    static let limits: [Limit] = {
        let telemetry =
            #"{"epoch":1,"seq":1,"cp":"C","session":"S","driver":"d","power_kw":1,"energy_kwh":1,"meter_wh":1,"cost_eur":1,"elapsed_s":1,"ts":"2026-11-28T10:00:00.000Z"}"#
        func limit(_ field: String, _ last: String, _ first: String) -> Limit {
            Limit(topic: "cp/C/telemetry", payload: telemetry.replacing("\"\(field)\":1", with: "\"\(field)\":#"), last: last, first: first)
        }
        return [
            limit("epoch", "9007199254740990", "9007199254740991"), limit("seq", "9007199254740991", "9007199254740992"),
            limit("seq", "9007199254740991", "9000000000000000000"), limit("power_kw", "100000", "100000.001"),
            limit("energy_kwh", "9007199254740.991", "9007199254740.992"), limit("meter_wh", "9007199254740991", "9007199254740992"),
            limit("cost_eur", "9007199254.74", "9007199254.740001"), limit("cost_eur", "0", "9223372036854"),
            limit("elapsed_s", "31622400", "31622401"),
            Limit(topic: "central/fence", payload: #"{"epoch":1,"number":#}"#, last: "9007199254740991", first: "9007199254740992"),
            Limit(
                topic: "cp/C/health", payload: #"{"epoch":1,"cp":"C","health":"FAULTY","failures":#,"reason":"r","ts":"2026-11-28T10:00:00.000Z"}"#,
                last: "9007199254740991", first: "9007199254740992"),
        ]
    }()

    @Test("P4, S6: 1024 records of 0 to 2^53−1 Wh are put aside and billed to nobody; the ledger is read and audited all the same")
    func absurdRecords() {
        var bench = OutsideBench()
        for number in 1...1024 {
            let session = bench.charge("CP-A", request: "R\(number)")
            bench.state("CP-A", "SUPPLYING", seq: 2 * number, session: session)
            bench.ended("CP-A", session, from: 0, to: 9_007_199_254_740_991)
            bench.rest("CP-A", seq: 2 * number + 1)
            // STOP is answered by the same; then its breaker rests.
            bench.ended("CP-A", session, from: 0, to: 9_007_199_254_740_991)
            bench.pass(.seconds(300))
            #expect(bench.session(session)?.energy.wattHours == 0 && bench.session(session)?.isComplete == false)
        }
        #expect(bench.book.strays.count == 1024 && bench.book.strays.allSatisfy { $0.kind == .implausible })
        let report = Audit.examine(AuditRecords(bench.book))
        #expect(report.holds && report.implausible == 1024 && report.undecided == 1024, "\(report.findings)")
        #expect(bench.view.counts.energy == .zero)
    }

    @Test("a ledger of before that is full of absurd rows is audited: sums stop at their ends, and what is absurd is said")
    func absurdLedger() {
        var records = AuditRecords()
        for number in 1...1024 {
            let cp = ChargePointID(known: "CP-A")
            let assignment = Assignment(
                session: SessionID(known: "S\(number)"), cp: cp, power: Power(watts: 22_000), price: .limit, meter: MeterID(known: "m\(number)"),
                energyTarget: nil, duration: nil)
            var session = LedgerSession(
                driver: DriverID(known: "d"), request: RequestID(known: "R\(number)"), assignment: assignment, accepted: OutsideBench.start)
            session.closing = .init(reason: .completed, at: WallTime(milliseconds: number % 2 == 0 ? .max : .min))
            session.started = WallTime(milliseconds: .min)
            session.ended = WallTime(milliseconds: .min)
            session.startRegister = .zero
            session.register = .limit
            session.energy = .limit
            session.isComplete = number % 2 == 1
            session.readings = .max
            session.readingsLost = .max
            records.sessions.append(session)
        }
        let report = Audit.examine(records)
        #expect(report.energy.wattHours == 512 * Energy.limit.wattHours && report.readingsLost == .max)
        #expect(report.remarks.contains { $0.hasPrefix("absurd: session S1 bills 9007199254740.991 kWh") }, "\(report.remarks)")
    }

    @Test("P7: a number that leaps away from those that follow is not taken, and the loss never turns negative")
    func leap() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.reading("CP-A", session, seq: 1, 1)
        for epoch in 20...40 {
            bench.state("CP-A", "SUPPLYING", seq: 1, epoch: epoch, session: session)
            for seq in [1, 9_007_199_254_740_991, 1002, 1001] { bench.reading("CP-A", session, seq: seq, 1, epoch: epoch, elapsed: 1, cost: "0") }
        }
        #expect(bench.central.counters.telemetryLost == 21 * 999)
        #expect(bench.view.counts.telemetryLost == 21 * 999)
    }

    @Test("P4, S3: a reading is held against rated power × Central's own time, with a tenth and 30 s to spare")
    func plausibleReading() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.pass(.seconds(10))
        // 1.1 × 22 kW × 40 s.
        bench.reading("CP-A", session, seq: 1, 268)
        bench.reading("CP-A", session, seq: 2, 269)
        #expect(bench.central.counters.readingsDoubted == 1)
        #expect(bench.view.sessions.values.first?.energy.wattHours == 268)
        bench.reading("CP-A", session, seq: 3, 268, power: "24.2")
        bench.reading("CP-A", session, seq: 4, 268, power: "24.201")
        #expect(bench.central.counters.readingsDoubted == 2)
        let doubts = bench.notices.filter { if case .doubted = $0 { true } else { false } }
        #expect(doubts.count == 1, "told once")
    }

    @Test("S6: a record that claims more than can be is put aside; what was heard is billed, and the honest record still completes it")
    func plausibleRecord() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.reading("CP-A", session, seq: 1, 30)
        bench.ended("CP-A", session, to: 900_000)
        bench.rest("CP-A")
        #expect(
            bench.outcome()
                == .failed(
                    session: SessionID(known: session), energy: Energy(wattHours: 30), cost: Money(microEuro: 10_000), complete: false,
                    reason: "interrupted"))
        bench.ended("CP-A", session, to: 1061)
        #expect(bench.session(session)?.isComplete == true && bench.session(session)?.energy.wattHours == 61)
    }

    @Test("S6: a late record is held against its own span, by the engine's clock, or the time that the session was open")
    func lateRecord() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.fault("CP-A")
        #expect(bench.session(session)?.isOpen == false)
        bench.pass(.seconds(3570))
        bench.ended("CP-A", session, to: 1000 + 24_200 + 1, ended: "2026-11-28T10:59:32.100Z")
        #expect(bench.session(session)?.isComplete == false && bench.book.strays.first?.kind == .implausible)
        var other = OutsideBench()
        let late = other.charge("CP-A")
        other.fault("CP-A")
        other.pass(.seconds(3570))
        other.ended("CP-A", late, to: 1000 + 24_200, ended: "2026-11-28T10:59:32.100Z")
        #expect(other.session(late)?.isComplete == true)
    }

    @Test("P4: a late record is plausible for no longer than Central's own clock has gone on, whatever its times say")
    func oldTimes() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.fault("CP-A")
        bench.pass(.seconds(20))
        bench.ended("CP-A", session, to: 25_000_000_000, started: "1970-01-01T00:00:00.000Z")
        #expect(bench.session(session)?.isComplete == false && bench.book.strays.first?.kind == .implausible)
        bench.ended("CP-A", session, to: 1160)
        #expect(bench.session(session)?.isComplete == true && bench.session(session)?.energy.wattHours == 160)
    }

    @Test("S3: after a restart of Central a session is as old as the ledger says, not as its first reading does")
    func restarted() {
        var bench = OutsideBench()
        let session = bench.charge("CP-A")
        bench.restart()
        bench.state("CP-A", "SUPPLYING", seq: 2, session: session)
        bench.pass(.seconds(5))
        bench.reading("CP-A", session, seq: 1, 190_000_000, elapsed: 31_622_400)
        #expect(bench.central.counters.readingsDoubted == 1)
        bench.reading("CP-A", session, seq: 2, 30)
        bench.ended("CP-A", session, to: 1061)
        #expect(bench.session(session)?.isComplete == true && bench.session(session)?.energy.wattHours == 61)
    }

    @Test("P5: money stops at its limit also where the product ends just below 64 bits")
    func dearest() {
        #expect(Price(microEuroPerKilowattHour: 1_028_746).cost(of: Energy(wattHours: 8_965_645_588_760_273)) == .limit)
        var random = SplitMix64(seed: 3)
        for _ in 0..<20_000 {
            let price = Int64.random(in: 1...1_000_000_000, using: &random)
            // Around the place where a thousandth of the product leaves 63 bits, and anywhere.
            let edge = Int64(clamping: (UInt64(1) << 63 - 1) / UInt64(price) * 1000)
            for energy in [
                edge, edge.adding(clamped: Int64.random(in: -2000...2000, using: &random)), Int64.random(in: 0...Int64.max, using: &random),
            ] {
                let cost = Price(microEuroPerKilowattHour: price).cost(of: Energy(wattHours: energy))
                #expect(cost >= .zero && cost <= .limit)
            }
        }
    }

    @Test("P4: a rating of zero says that it is not known: the bill is what the record says")
    func unknownRating() {
        var bench = OutsideBench()
        bench.hear(
            "cp/CP-A/info",
            #"{"epoch":11,"cp":"CP-A","power_kw":0,"price_eur_per_kwh":0.30,"kind":"AC","meter":"m-CP-A","software":"s","protocol":1,"ts":"2026-11-28T10:00:00.000Z"}"#
        )
        bench.state("CP-A", "ACTIVATED", seq: 1, epoch: 11)
        bench.pass(.milliseconds(500))
        let session = bench.charge("CP-A")
        bench.ended("CP-A", session, to: 1061)
        #expect(bench.session(session)?.isComplete == true)
    }
}
