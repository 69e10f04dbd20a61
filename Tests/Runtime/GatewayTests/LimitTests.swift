import ChargingModel
import Gateway
import OCPP
import Testing

/// What a station says without end uses up no memory.
@Suite struct LimitTests {
    @Test("10 000 starts without a stop, each asked about: the oldest are forgotten, a session of Central's is not")
    func starts() {
        var bench = StationBench(connectors: [1: .init(), 2: .init()])
        let number = bench.charge(s1, at: 2)
        var asked = 0
        for round in 0..<10_000 { asked += bench.start("card-\(round)", register: String(round)).asked.count }
        #expect(bench.core.memory.open.count <= StationMemory.mostOpen && asked <= 16)
        #expect(bench.core.memory.entries.count < 1000)
        #expect(bench.stop(number, register: "1500").ended.map(\.energy) == [wh(500)])
        #expect(bench.pass(.seconds(60)).asked.isEmpty)
    }

    @Test("10 000 Authorizes while Central is silent: few are asked about, all are answered")
    func authorizes() {
        var bench = StationBench()
        var answers = 0
        for round in 0..<10_000 { answers += bench.authorize("card-\(round)").results.count }
        answers += bench.pass(.seconds(10)).results.count
        #expect(answers == 10_000)
    }

    @Test("10 000 unknown actions and 100 000 ids of calls are answered, and the last few remembered")
    func calls() {
        var bench = StationBench()
        for _ in 0..<10_000 { bench.call("Nonsense") }
        var core = bench.core
        for round in 0..<100_000 {
            let actions = core.handle(.text(bench.link, Array("[2,\"n\(round)\",\"Heartbeat\",{}]".utf8)), at: bench.clock.now)
            if actions.sent.count != 1 { Issue.record("no answer") }
        }
        #expect(core.handle(.text(bench.link, Array("[2,\"n99999\",\"Nonsense\",{}]".utf8)), at: bench.clock.now).results.count == 1)
        #expect(core.handle(.text(bench.link, Array("[2,\"n1\",\"Nonsense\",{}]".utf8)), at: bench.clock.now).errors.count == 1)
    }

    @Test("10 000 transactions of 2.0.1, begun, half told and ended out of order, with a journal that is slow")
    func events() {
        var bench = StationBench(.v201)
        for round in 0..<10_000 {
            let kind = ["Started", "Updated", "Ended"][round % 3]
            let actions = bench.event(kind, Int64(round % 5), of: "tx-\(round)", at: 1, register: Int64(round), token: "card-\(round)")
            for record in actions.found { bench.feed(.recorded(record.session)) }
        }
        #expect(bench.core.memory.open.count <= StationMemory.mostOpen)
    }

    @Test("10 000 wishes of people while the station is slow: those for which there is no room are told so")
    func questions() {
        var bench = StationBench()
        var failed = 0
        for round in 0..<10_000 {
            failed += bench.feed(.call(.clearCache, question: UInt64(round))).count { if case .answered(_, .noAnswer) = $0 { true } else { false } }
        }
        #expect(failed == 10_000 - 65)
        #expect(bench.feed(.start(1, s1, answering: nil)).refused.isEmpty)
    }
}
