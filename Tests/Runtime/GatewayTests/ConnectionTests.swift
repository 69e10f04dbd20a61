import ChargingModel
import Gateway
import JSON
import OCPP
import Testing

@Suite struct ConnectionTests {
    @Test("The newest connection wins; the end of the old one, and what still comes on it, touch nothing")
    func newest() {
        var bench = StationBench()
        let old = bench.link
        let number = bench.charge(s1)
        let replaced = bench.connect()
        #expect(replaced.contains { if case .close(old, _) = $0 { true } else { false } })
        #expect(replaced.events.last == .reachable(true))
        #expect(bench.feed(.disconnected(old)).isEmpty)
        #expect(bench.text(#"[2,"z","StopTransaction",{"transactionId":\#(number),"meterStop":1100}]"#, on: old).isEmpty)
        #expect(bench.meter("1100", of: number).events.count == 1)
        #expect(bench.disconnect().events == [.reachable(false)])
        #expect(bench.disconnect().isEmpty)
    }

    @Test(
        "A station is there once it is connected, and asked for something once it has spoken; what says nothing is asked after ten seconds",
        arguments: OCPPVersion.allCases)
    func speaks(_ version: OCPPVersion) throws {
        var bench = StationBench(version, isConnected: false)
        #expect(bench.connect(saying: false).events == [.reachable(true)])
        #expect(bench.feed(.start(1, s1, answering: nil)).sent.isEmpty)
        bench.feed(.order(1, .end(s1)))
        bench.answersTriggers = false
        let asked = bench.pass(.seconds(10))
        let trigger = try #require(asked.calls.first)
        #expect(trigger.payload["requestedMessage"]?.string == "BootNotification" && asked.events.isEmpty)
        // A refusal is a word, too, and only that call has failed.
        let word = bench.text("[4,\"\(trigger.id)\",\"NotImplemented\",\"\",{}]")
        #expect(word.calls.map { $0.payload["requestedMessage"]?.string } == ["StatusNotification"])
        #expect(bench.pass(.seconds(3600)).calls.isEmpty)
    }

    @Test("A status before the boot, and no boot at all, count")
    func noBoot() {
        var bench = StationBench(isConnected: false)
        bench.connect(saying: false)
        let said = bench.status("Faulted", error: "GroundFailure")
        #expect(said.contains { if case .fault(1, "the station says GroundFailure") = $0 { true } else { false } })
        #expect(bench.charge(s1) > 0)
        #expect(bench.boot().results.last?["status"]?.string == "Accepted")
    }

    @Test("The station's status and a connector's do not overwrite each other")
    func places() {
        var bench = StationBench(connectors: [1: .init(), 2: .init()])
        func faults(_ actions: [StationCore.Action]) -> [String] {
            actions.compactMap { if case .fault(let evse, let why) = $0 { "\(evse) \(why == nil ? "well" : "ill")" } else { nil } }
        }
        #expect(faults(bench.status("Faulted", at: 1, error: "GroundFailure")) == ["1 ill"])
        #expect(faults(bench.status("Available", at: 0)) == ["1 ill", "2 well"])
        #expect(faults(bench.status("Faulted", at: 0, error: "InternalError")) == ["1 ill", "2 ill"])
        #expect(faults(bench.status("Available", at: 2)) == ["2 ill"])
        #expect(faults(bench.status("Available", at: 1)) == ["1 ill"])
        #expect(faults(bench.status("Available", at: 0)) == ["1 well", "2 well"])
        #expect(bench.status("Unavailable", at: 0).events(2).contains(.unavailable(true)))
        #expect(bench.status("Available", at: 0).events(2).contains(.unavailable(false)))
        #expect(bench.status("Finishing", at: 1).events(1).contains(.occupied(true)))
        #expect(bench.status("Available", at: 1).events(1).contains(.occupied(false)))
        #expect(bench.status("Charging", at: 1).events(1).contains(.occupied(true)))
    }

    @Test("Out of order and back reach the station, if not now then in its next connection; Scheduled is its word", arguments: OCPPVersion.allCases)
    func availability(_ version: OCPPVersion) throws {
        var bench = StationBench(version)
        func wishes(_ actions: [StationCore.Action]) -> [String] {
            actions.calls.filter { $0.action == "ChangeAvailability" }.map { ($0.payload["type"] ?? $0.payload["operationalStatus"])?.string ?? "" }
        }
        let told = bench.feed(.order(1, .serve(false)))
        #expect(wishes(told) == ["Inoperative"])
        bench.answer(told.calls[0].id, #"{"status":"Scheduled"}"#)
        #expect(bench.status("Unavailable").events.contains(.unavailable(false)))
        // A station may forget it when it boots.
        #expect(wishes(bench.connect()) == ["Inoperative"])
        bench.disconnect()
        #expect(wishes(bench.feed(.order(1, .serve(true)))).isEmpty)
        let back = bench.connect()
        #expect(wishes(back) == ["Operative"])
        bench.answer(back.calls[0].id, #"{"status":"Accepted"}"#)
        #expect(wishes(bench.connect()).isEmpty)
        // No answer: it is told again.
        bench.feed(.order(1, .serve(false)))
        #expect(wishes(bench.pass(.seconds(31))) == ["Inoperative"])
    }

    @Test("Calls cross: both are answered")
    func crossed() throws {
        var bench = StationBench()
        let call = try #require(bench.feed(.call(.clearCache, question: 5)).calls.first)
        #expect(bench.call("Heartbeat").results.count == 1)
        let answered = bench.answer(call.id, #"{"status":"Accepted"}"#)
        #expect(answered.contains { if case .answered(5, .answered) = $0 { true } else { false } })
    }

    @Test("Replies to nothing are ignored; one call is out at a time, and only the one that timed out fails")
    func oneOut() throws {
        var bench = StationBench()
        bench.boot()
        let first = try #require(bench.feed(.call(.clearCache, question: 1)).calls.first)
        #expect(bench.feed(.call(.getLocalListVersion, question: 2)).calls.isEmpty)
        #expect(bench.answer("nothing", "{}").isEmpty && bench.text(#"[4,"nothing","InternalError","",{}]"#).isEmpty)
        let late = bench.pass(.seconds(30))
        #expect(late.contains { if case .answered(1, .noAnswer) = $0 { true } else { false } })
        let second = try #require(late.calls.first)
        #expect(second.action == "GetLocalListVersion")
        #expect(bench.answer(first.id, #"{"status":"Accepted"}"#).isEmpty)
        let answered = bench.answer(second.id, #"{"listVersion":3}"#)
        #expect(answered.contains { if case .answered(2, .answered) = $0 { true } else { false } })
        // A broken answer is a failed call.
        let third = try #require(bench.feed(.call(.clearCache, question: 3)).calls.first)
        let broken = bench.text("[3,\"\(third.id)\",{\"status\":\"Acc")
        #expect(broken.contains { if case .answered(3, .refused) = $0 { true } else { false } })
        bench.feed(.call(.clearCache, question: 4))
        bench.feed(.call(.clearCache, question: 6))
        let gone = bench.disconnect()
        #expect(gone.count { if case .answered(_, .notConnected) = $0 { true } else { false } } == 2)
        #expect(bench.feed(.call(.clearCache, question: 7)).contains { if case .answered(7, .notConnected) = $0 { true } else { false } })
    }

    @Test("What can't be read is refused in the words of its version, and costs nothing else")
    func broken() {
        for version in OCPPVersion.allCases {
            var bench = StationBench(version)
            #expect(bench.call("Nonsense").errors == ["NotImplemented"])
            #expect(bench.call("Heartbeat", #"[1]"#).errors == [version == .v16 ? "FormationViolation" : "FormatViolation"])
            #expect(bench.text("{").sent.count == (version == .v16 ? 0 : 1))
            #expect(bench.text("[9,\"x\"]").sent.count == (version == .v16 ? 0 : 1))
            #expect(bench.call("Heartbeat").results.count == 1)
        }
    }

    @Test("Two connectors charge at once, and neither's values, stops or loss touch the other")
    func twoConnectors() {
        var bench = StationBench(connectors: [1: .init(), 2: .init()])
        let first = bench.charge(s1, at: 1, from: 1000)
        let second = bench.charge(s2, at: 2, from: 7000)
        #expect(bench.meter("1100", of: first, at: 1).events(2).isEmpty)
        #expect(bench.meter("7100", at: 2).events(2).count == 1)
        bench.status("Available", at: 1)
        #expect(bench.pass(.seconds(61)).lost == [s1])
        #expect(bench.stop(second, register: "7500").ended.map(\.energy) == [wh(500)])
        #expect(bench.stop(first, register: "1900").ended.map(\.energy) == [wh(900)])
        bench.feed(.recorded(s2))
        bench.feed(.recorded(s1))
        #expect(bench.core.memory.open.isEmpty)
    }

    @Test("A connector that nobody knew is found by what the station says of it")
    func found() {
        var bench = StationBench(connectors: [:])
        #expect(bench.log.contains { if case .found(1) = $0 { true } else { false } })
        let said = bench.status("Available", at: 2)
        #expect(said.contains { if case .found(2) = $0 { true } else { false } } && said.events(2).contains(.reachable(true)))
        #expect(bench.status("Available", at: 65).events.isEmpty)
    }
}
