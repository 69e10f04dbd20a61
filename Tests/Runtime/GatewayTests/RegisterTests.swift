import ChargingModel
import Gateway
import OCPP
import Testing

@Suite struct RegisterTests {
    /// How a station counts in one session, and the energy that is to be billed.
    struct Case: CustomTestStringConvertible {
        var name: String
        var start: Int64
        var values: [Int64]
        var stop: Int64
        var energy: Int64
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "for life", start: 184_220, values: [184_230, 184_240], stop: 184_260, energy: 40),
        Case(name: "from zero in each session", start: 0, values: [10, 20], stop: 40, energy: 40),
        Case(name: "values per session, for life at both ends", start: 184_220, values: [10, 20, 39], stop: 184_260, energy: 40),
        Case(name: "the same, and the end a bit below", start: 184_220, values: [10, 20, 40], stop: 184_259, energy: 40),
        Case(name: "values and end per session", start: 184_220, values: [10, 20], stop: 40, energy: 40),
        Case(name: "a reset in the middle", start: 1000, values: [1100, 1200, 5, 20], stop: 60, energy: 260),
        Case(name: "a reset just before the end", start: 1000, values: [1100, 1200], stop: 20, energy: 200),
        Case(name: "falling below the start", start: 184_220, values: [], stop: 184_000, energy: 0),
        Case(name: "a value below the start, once", start: 184_220, values: [184_000, 184_230], stop: 184_260, energy: 40),
        Case(name: "jumping back", start: 1000, values: [1100, 1050, 1200, 1100, 1250], stop: 1300, energy: 300),
        Case(name: "zero, once", start: 1000, values: [1100, 0, 1200], stop: 1300, energy: 300),
        Case(name: "a value that can't be", start: 1000, values: [1100, 9_999_999, 1200], stop: 1300, energy: 300),
        Case(name: "no value between", start: 1000, values: [], stop: 1300, energy: 300),
        Case(name: "a stop of zero", start: 1000, values: [1100], stop: 0, energy: 100),
    ]

    @Test("A register as stations count, in both versions", arguments: cases)
    func counts(_ given: Case) throws {
        for version in OCPPVersion.allCases {
            var bench = StationBench(version)
            let number = bench.charge(s1, from: given.start)
            var told: [Energy] = []
            for (index, value) in given.values.enumerated() {
                bench.clock.advance(.seconds(60))
                let actions =
                    version == .v16
                    ? bench.meter(String(value), of: number) : bench.event("Updated", Int64(index) + 1, register: value)
                for case .metered(s1, let reading) in actions.events { told.append(reading.register) }
            }
            bench.clock.advance(.seconds(60))
            let over =
                version == .v16
                ? bench.stop(number, register: String(given.stop))
                : bench.event("Ended", Int64(given.values.count) + 1, register: given.stop, context: "Transaction.End")
            let metered = try #require(over.ended.first)
            #expect(metered.energy == wh(given.energy), "\(version) \(told) \(metered)")
            #expect(told == told.sorted() && told.allSatisfy { $0 >= metered.start && $0 <= metered.end })
        }
    }

    @Test("A value that names no transaction, while the station has more to tell of before, is of none: it may be of the next")
    func unnamed() throws {
        var bench = StationBench()
        let call = try #require(bench.feed(.start(1, s1, answering: nil)).calls.last)
        bench.answer(call.id, #"{"status":"Accepted"}"#)
        let then = WallTime(milliseconds: bench.clock.now.wall.milliseconds - 50_000).text
        let number = try #require(bench.start(call.token, register: "1500", time: then).start?.number)
        #expect(bench.meter("9000").events.isEmpty)
        bench.meter("1520", of: number)
        let metered = try #require(bench.stop(number, register: "1540").ended.first)
        #expect(metered.energy == wh(40))
    }

    @Test("910 kWh in minutes is told as it is, for Central to put aside; the session before it is not touched")
    func absurd() throws {
        var bench = StationBench()
        let number = bench.charge(s1, from: 1000)
        bench.clock.advance(.seconds(120))
        #expect(bench.meter("911000", of: number).events.isEmpty)
        #expect(bench.stop(number, register: "911000").ended.map(\.energy) == [wh(910_000)])
    }

    @Test("A register that starts below what is known is another meter: this session counts on, the engine changes its meter then")
    func otherMeter() throws {
        var bench = StationBench(connectors: [1: .init(register: wh(5000))])
        let number = bench.charge(s1, from: 0)
        let over = bench.stop(number, register: "300")
        #expect(over.ended.map(\.start) == [wh(5000)] && over.ended.map(\.end) == [wh(5300)])
        #expect(bench.log.notices.contains(.registerFell(1, from: wh(5000), to: .zero)))
        #expect(bench.feed(.recorded(s1)).events.contains(.newMeter))
        // An engine that can't now is asked the next time, and nothing overlaps meanwhile.
        let second = bench.charge(s2, from: 0)
        #expect(bench.stop(second, register: "300").ended.map(\.start) == [wh(5300)])
        #expect(bench.feed(.recorded(s2)).events.contains(.newMeter))
        bench.feed(.order(1, .meterChanged))
        let third = bench.charge(s3, from: 300)
        #expect(bench.stop(third, register: "400").ended.map(\.start) == [wh(300)])
        #expect(!bench.feed(.recorded(s3)).events.contains(.newMeter))
    }

    @Test(
        "A station's own word for the end is kept beside ours, and over a restart; where it said none there is none",
        arguments: [nil, "EVDisconnected"])
    func word(_ word: String?) throws {
        var bench = StationBench()
        let number = bench.charge(s1, from: 1000)
        let over = bench.stop(number, data: word.map { #","reason":"\#($0)""# } ?? "")
        #expect(over.ended.map(\.reason) == [.stopped] && over.ended.map(\.word?.text) == [word])
        var next = bench.restarted()
        #expect(next.log.ended.map(\.word?.text) == [word])
        next.feed(.recorded(s1))
        #expect(next.core.memory.open.isEmpty)
    }

    @Test("What a meter signed is kept as it came, before it is confirmed, of the transaction that it is of")
    func signed() throws {
        var bench = StationBench()
        let number = bench.charge(s1, from: 1000)
        let begin = #"{"value":"OCMF|{\"ID\":\"1F2D\"}|s","format":"SignedData","context":"Transaction.Begin"}"#
        let end = #"{"value":"OCMF|end","format":"SignedData","context":"Transaction.End"}"#
        bench.isHeld = true
        #expect(
            bench.call(
                "MeterValues",
                #"{"connectorId":1,"transactionId":\#(number),"meterValue":[{"timestamp":"\#(bench.time)","sampledValue":[\#(begin)]}]}"#
            ).isEmpty)
        bench.written()
        bench.isHeld = false
        bench.stop(number, register: "1100", data: #","transactionData":[{"timestamp":"\#(bench.time)","sampledValue":[\#(end)]}]"#)
        let kept = bench.disk.compactMap { if case .signed(let reading) = $0 { reading } else { nil } }
        #expect(kept.map(\.data) == [#"OCMF|{"ID":"1F2D"}|s"#, "OCMF|end"] && kept.map(\.context) == ["Transaction.Begin", "Transaction.End"])
        #expect(kept.allSatisfy { $0.session == s1 && $0.transaction == String(number) && SignedReading($0.bytes) == $0 })
    }

    @Test("Of a station that signs each value, the end is kept as well as the first ones")
    func signedWithoutEnd() throws {
        var bench = StationBench()
        let number = bench.charge(s1, from: 1000)
        for count in 0..<300 {
            let value = #"{"value":"OCMF|\#(count)","format":"SignedData"}"#
            bench.call(
                "MeterValues",
                #"{"connectorId":1,"transactionId":\#(number),"meterValue":[{"timestamp":"\#(bench.time)","sampledValue":[\#(value)]}]}"#)
        }
        let end = #"{"value":"OCMF|end","format":"SignedData","context":"Transaction.End"}"#
        bench.stop(number, register: "1100", data: #","transactionData":[{"timestamp":"\#(bench.time)","sampledValue":[\#(end)]}]"#)
        let kept = bench.disk.compactMap { if case .signed(let reading) = $0 { reading.data } else { nil } }
        #expect(kept.count == StationCore.mostSigned + 1 && kept.last == "OCMF|end")
    }

    @Test("Another serial number is another meter, whatever the register: the engine changes it when nothing is under way, and nothing queued comes")
    func otherSerial() throws {
        var bench = StationBench(connectors: [1: .init(register: wh(5000))])
        bench.boot(serial: "B-1", meter: "M-1")
        #expect(!bench.pass(.seconds(100)).events.contains(.newMeter), "the first that is known")
        bench.boot(serial: "B-2", meter: "M-1")
        bench.boot(serial: "B-2")
        #expect(!bench.pass(.seconds(100)).events.contains(.newMeter), "another box with the same meter; what is not said tells nothing")
        let number = bench.charge(s1, from: 5000)
        bench.boot(serial: "B-2", meter: "M-2")
        #expect(!bench.pass(.seconds(100)).events.contains(.newMeter), "while it charges")
        let changed = StationCore.Notice.metersChanged(
            from: MeterSerials(meter: "M-1", station: "B-2"), to: MeterSerials(meter: "M-2", station: "B-2"))
        bench.boot(serial: "B-2", meter: "M-2")
        #expect(bench.log.notices.count { $0 == changed } == 1, "said once")
        #expect(bench.stop(number, register: "5300").ended.map(\.end) == [wh(5300)])
        #expect(bench.feed(.recorded(s1)).events.contains(.newMeter))
        // Killed before the engine has done so, the gateway finds other meters once more.
        var next = bench.restarted(connectors: [1: .init(register: wh(5300))])
        next.connect()
        next.boot(serial: "B-2", meter: "M-2")
        #expect(next.pass(.seconds(60)).events.count { $0 == .newMeter } == 1)
        // An engine that can't yet is asked again, now and then.
        #expect(next.pass(.seconds(60)).events.count { $0 == .newMeter } == 1)
        next.feed(.order(1, .meterChanged))
        next.boot(serial: "B-2", meter: "M-2")
        #expect(!next.pass(.seconds(100)).events.contains(.newMeter))
        let second = next.charge(s2, from: 70)
        #expect(next.stop(second, register: "100").ended.map(\.start) == [wh(70)])
        var last = next.restarted(connectors: [1: .init(register: wh(100))])
        last.connect()
        last.boot(serial: "B-2", meter: "M-2")
        #expect(!last.pass(.seconds(100)).events.contains(.newMeter), "it is written down")
    }

    @Test("What a station queued before it got another meter is of the one before")
    func queuedBefore() throws {
        var bench = StationBench(connectors: [1: .init(register: wh(5000))])
        bench.boot(meter: "M-1")
        bench.disconnect()
        bench.pass(.seconds(600))
        bench.connect()
        bench.boot(meter: "M-2")
        for from in [5000, 5100] {
            bench.pass(.seconds(40))
            let then = WallTime(milliseconds: bench.clock.now.wall.milliseconds - 500_000).text
            let number = try #require(bench.start("CARD-1", register: "\(from)", time: then).start?.number)
            let over = bench.stop(number, register: "\(from + 50)", time: WallTime(milliseconds: bench.clock.now.wall.milliseconds - 400_000).text)
            #expect(!over.events.contains(.newMeter))
            let found = bench.log.compactMap { if case .engine(_, .found(let record)) = $0 { record } else { nil } }
            #expect(!bench.feed(.recorded(try #require(found.last).session)).events.contains(.newMeter))
        }
        #expect(!bench.pass(.seconds(59)).events.contains(.newMeter))
        #expect(bench.pass(.seconds(2)).events.contains(.newMeter))
    }

    @Test("What begins before a meter is changed counts from where the one before stood: nothing has jumped")
    func begunBefore() throws {
        var bench = StationBench(connectors: [1: .init(register: wh(5000))])
        bench.boot(meter: "M-1")
        bench.boot(meter: "M-2")
        let number = bench.charge(s1, from: 90_000)
        #expect(bench.log.events.contains { if case .began(s1, wh(5000), _, _) = $0 { true } else { false } })
        let over = bench.stop(number, register: "90100")
        #expect(over.ended.map(\.start) == [wh(5000)] && over.ended.map(\.end) == [wh(5100)])
        #expect(bench.feed(.recorded(s1)).events.contains(.newMeter))
        bench.feed(.order(1, .meterChanged))
        let second = bench.charge(s2, from: 90_100)
        #expect(bench.stop(second, register: "90200").ended.map(\.start) == [wh(90_100)])
    }

    @Test("A wish that comes to nothing does not keep a meter from being changed")
    func refusedWish() throws {
        var bench = StationBench()
        bench.boot(meter: "M-1")
        let call = try #require(bench.feed(.start(1, s1, answering: nil)).calls.last)
        bench.boot(meter: "M-2")
        #expect(!bench.pass(.seconds(20)).events.contains(.newMeter))
        bench.answer(call.id, #"{"status":"Rejected"}"#)
        #expect(bench.pass(.seconds(60)).events.contains(.newMeter))
    }

    @Test("2.0.1 says no meter's number: the station's own tells whether its meters are others") func otherStation() {
        var bench = StationBench(.v201, connectors: [1: .init(register: wh(5000)), 2: .init()])
        bench.boot(serial: "B-1")
        #expect(!bench.pass(.seconds(100)).events.contains(.newMeter))
        bench.boot(serial: "B-2")
        #expect(bench.pass(.seconds(60)).events.count { $0 == .newMeter } == 2)
    }

    @Test("A station that tells its register alone charges with the power at which that rises, also where the register is coarse")
    func pace() throws {
        var bench = StationBench()
        let number = bench.charge(s1, from: 1000)
        var told: [Int64] = []
        // 36 kW in steps of 100 Wh, then nothing.
        for (seconds, register) in [(5, 1000), (5, 1000), (5, 1100), (5, 1100), (5, 1200), (40, 1200), (40, 1200)] {
            bench.clock.advance(.seconds(seconds))
            guard case .metered(_, let reading) = bench.meter("\(register)", of: number).events.first else {
                Issue.record("nothing is metered")
                return
            }
            told.append(reading.power.watts)
        }
        #expect(told == [0, 0, 0, 0, 36_000, 36_000, 0], "the first rise only says when the next one began")
    }

    @Test("Numbers as text, kilowatt-hours, decimal commas, phases and power arrive")
    func words() throws {
        var bench = StationBench()
        let call = try #require(bench.feed(.start(1, s1, answering: nil)).calls.first)
        let begun = bench.call(
            "StartTransaction", #"{"connectorId":"1","idTag":"\#(call.token)","meterStart":"184220","timestamp":"\#(bench.time)"}"#)
        let number = try #require(begun.start?.number)
        #expect(begun.notices.contains { if case .quirk(let remark) = $0 { remark.quirk == .numberAsText } else { false } })
        bench.clock.advance(.seconds(60))
        let samples = [
            #"{"value":"184,320","unit":"kWh"}"#, #"{"value":"7.4","unit":"kW","measurand":"Power.Active.Import"}"#,
            #"{"value":"16","unit":"A","measurand":"Current.Import","phase":"L1"}"#,
            #"{"value":"15.5","unit":"A","measurand":"Current.Import","phase":"L2"}"#,
            #"{"value":55,"unit":"Percent","measurand":"SoC"}"#, #"{"value":"abc"}"#,
        ].joined(separator: ",")
        let measured = bench.call(
            "MeterValues",
            #"{"connectorId":1,"transactionId":"\#(number)","meterValue":[{"timestamp":"\#(bench.time)","sampledValue":[\#(samples)]}]}"#)
        guard case .metered(_, let reading) = measured.events.first else {
            Issue.record("nothing is metered")
            return
        }
        #expect(reading.register == wh(184_320) && reading.power == Power(watts: 7400))
        #expect(reading.measured.current == Current(milliamperes: 31_500) && reading.measured.stateOfCharge == StateOfCharge(permille: 550))
    }
}
