import ChargingModel
import Gateway
import OCPP
import Testing

@Suite struct StopTests {
    @Test("A stop is confirmed, whatever its number; 0 and −1 are of the one whose answer was lost", arguments: [0, -1, -7] as [Int64])
    func odd(_ number: Int64) throws {
        var bench = StationBench()
        bench.charge(s1, from: 1000)
        let stopped = bench.stop(number, register: "1300")
        #expect(stopped.results.count == 1 && stopped.ended.map(\.energy) == [wh(300)])
        // Twice is once.
        let again = bench.stop(number, register: "1300")
        #expect(again.results.count == 1 && again.ended.isEmpty && again.found.isEmpty)
    }

    @Test("A number that was never given ends nobody else's charge")
    func unknown() {
        var bench = StationBench(connectors: [1: .init(), 2: .init()])
        let number = bench.charge(s1)
        bench.meter("1100", of: number)
        let stopped = bench.stop(4711, register: "9000")
        #expect(stopped.results.count == 1 && stopped.ended.isEmpty && stopped.notices.contains(.unmatchedStop("4711")))
        // Nor does 0 end one that the station calls by its number, where there is another.
        let begun = bench.start("card-7", at: 2, register: "50", time: "2026-01-01T00:00:00Z")
        #expect(begun.start?.status == "Accepted")
        let other = bench.stop(0, register: "70")
        #expect(other.ended.isEmpty && other.found.map(\.metered.energy) == [wh(20)])
        #expect(bench.stop(number, register: "1200").ended.map(\.energy) == [wh(200)])
    }

    @Test("A stop of an unknown number by a token that began something here is of that")
    func byToken() {
        var bench = StationBench(connectors: [1: .init(), 2: .init()])
        bench.start("card-7", at: 1, register: "10", time: "2026-01-01T00:00:00Z")
        bench.start("card-8", at: 2, register: "20", time: "2026-01-01T00:00:01Z")
        let stopped = bench.stop(4711, register: "120", token: "card-8")
        #expect(stopped.found.map(\.metered.energy) == [wh(100)] && stopped.found.first?.token == TokenID(known: "card-8"))
    }

    @Test("A stop whose start was lost, and which tells the register of both ends, is found once")
    func orphan() throws {
        var bench = StationBench()
        let values = #"{"timestamp":"2026-11-24T08:00:00Z","sampledValue":[{"value":"500","context":"Transaction.Begin"}]}"#
        let data = #","transactionData":[\#(values)]"#
        let stopped = bench.stop(4711, register: "900", token: "card-7", data: data)
        let record = try #require(stopped.found.first)
        #expect(record.metered.energy == wh(400) && record.token == TokenID(known: "card-7") && stopped.results.count == 1)
        let time = bench.time
        bench.connect()
        bench.clock.advance(.seconds(1))
        #expect(bench.stop(4711, register: "900", time: time, token: "card-7", data: data).found.isEmpty)
    }

    @Test("Stopped twice, under the same id and under others, at other registers: the first counts")
    func twice() {
        var bench = StationBench()
        let number = bench.charge(s1)
        #expect(bench.stop(number, register: "1500", id: "x").ended.count == 1)
        #expect(bench.stop(number, register: "1500", id: "x").results.count == 1)
        bench.connect()
        for register in ["1500", "1600"] {
            let again = bench.stop(number, register: register)
            #expect(again.results.count == 1 && again.ended.isEmpty)
        }
        bench.feed(.recorded(s1))
        #expect(bench.stop(number, register: "1700").results.count == 1)
        #expect(bench.core.memory.ended.count == 1 && bench.core.memory.open.isEmpty)
    }

    @Test("A stop with a register that can't be read ends at the highest that is known; without any, where it began", arguments: ["-1", "1e30"])
    func unreadableStop(_ register: String) {
        var bench = StationBench()
        let number = bench.charge(s1)
        bench.meter("1250", of: number)
        #expect(bench.stop(number, register: register).ended.map(\.energy) == [wh(250)])
        var silent = StationBench()
        #expect(silent.stop(silent.charge(s1), register: register).ended.map(\.energy) == [.zero])
        // After a restart the engine's register is what is known.
        var killed = StationBench()
        let second = killed.charge(s1)
        killed.meter("1250", of: second)
        var later = killed.restarted(connectors: [1: .init(register: wh(1250), charging: s1)])
        later.connect()
        #expect(later.stop(second, register: register).ended.map(\.energy) == [wh(250)])
    }

    @Test("A beginning that can't be read counts from the first value that can, also from those of the stop", arguments: ["-5", "\"abc\"", "1e30"])
    func unreadableStart(_ register: String) throws {
        var bench = StationBench()
        let call = try #require(bench.feed(.start(1, s1, answering: nil)).calls.first)
        let begun = bench.start(call.token, register: register)
        guard let number = begun.start?.number else {
            // What is no number at all is refused, and comes again or not.
            #expect(begun.errors == ["TypeConstraintViolation"])
            return
        }
        #expect(begun.began.isEmpty)
        #expect(bench.status("Charging").events.contains(.phase(s1, .charging)))
        #expect(bench.meter("5000", of: number).began == [s1])
        #expect(bench.stop(number, register: "5600").ended.map(\.energy) == [wh(600)])

        var blind = StationBench()
        let second = try #require(blind.feed(.start(1, s1, answering: nil)).calls.first)
        let number2 = try #require(blind.start(second.token, register: register).start?.number)
        let over = blind.stop(number2, register: "5600")
        // Nothing is billed blind.
        #expect(over.began == [s1] && over.ended.map(\.energy) == [.zero])
    }

    @Test("Meter values after the stop, before the start, of another connector and of another transaction are of nobody's session")
    func strayValues() {
        var bench = StationBench(connectors: [1: .init(), 2: .init()])
        #expect(bench.meter("900").events.isEmpty)
        let number = bench.charge(s1)
        #expect(bench.meter("1100", at: 2).events.isEmpty)
        #expect(bench.meter("1100", of: number, at: 2).events.isEmpty)
        #expect(bench.meter("1100", of: number + 1).events.isEmpty)
        for named in [nil, 0, -1, number] as [Int64?] {
            #expect(bench.meter("1100", of: named).events.count == 1, "\(named ?? 7)")
        }
        bench.stop(number, register: "1200")
        #expect(bench.meter("1300", of: number).events.isEmpty)
        bench.feed(.recorded(s1))
        bench.charge(s2, from: 1300)
        #expect(bench.meter("1900", of: number).events.isEmpty)
    }

    @Test("Who says that a session is lost, and when: an idle connector that owes an end for a minute, and says nothing of it meanwhile")
    func loss() {
        var bench = StationBench()
        let number = bench.charge(s1)
        bench.status("Available")
        #expect(bench.pass(.seconds(50)).lost.isEmpty)
        bench.meter("1100", of: number)
        #expect(bench.pass(.seconds(50)).lost.isEmpty)
        #expect(bench.pass(.seconds(20)).lost == [s1])
        // Its end counts whenever it comes.
        #expect(bench.stop(number, register: "1500").ended.map(\.energy) == [wh(500)])
        // While it is away nobody gives anything up, and no tick is wanted.
        var away = StationBench()
        away.charge(s1)
        away.status("Available")
        away.disconnect()
        #expect(away.pass(.seconds(3600)).lost.isEmpty)
        away.connect()
        away.status("Charging")
        #expect(away.pass(.seconds(3600)).lost.isEmpty)
    }
}
