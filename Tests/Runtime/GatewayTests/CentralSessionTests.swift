import ChargingModel
import Gateway
import OCPP
import Testing

@Suite struct CentralSessionTests {
    @Test("1.6: START becomes RemoteStart with a token of that session; the start that follows is the session, from its register on")
    func remote() throws {
        var bench = StationBench()
        let asked = bench.feed(.start(1, s1, answering: nil))
        guard case .vehicleAwaited(1, s1) = asked.first else {
            Issue.record("no vehicle is awaited")
            return
        }
        let call = try #require(asked.calls.first)
        let token = call.token
        #expect(call.action == "RemoteStartTransaction" && token.utf8.count <= 20 && call.number("connectorId") == 1)
        #expect(bench.answer(call.id, #"{"status":"Accepted"}"#).events.isEmpty)
        let begun = bench.start(token, register: "184220")
        #expect(begun.start?.status == "Accepted")
        #expect(begun.events.contains(.began(s1, register: wh(184_220), at: bench.clock.now.wall, clock: .gateway)))
        let number = try #require(begun.start?.number)
        bench.clock.advance(.seconds(60))
        let measured = bench.meter("184240", of: number)
        #expect(measured.events.contains(.metered(s1, StationReading(register: wh(184_240), power: Power(watts: 0)))))
        let stopped = bench.stop(number, register: "184260")
        #expect(stopped.ended.map(\.energy) == [wh(40)] && stopped.results.count == 1)
        bench.feed(.recorded(s1))
        #expect(bench.core.memory.open.isEmpty && bench.core.memory.ended.count == 1)
    }

    @Test("2.0.1: RequestStart; the event that names it, or its token, or the transaction that was promised, is the session")
    func requested() throws {
        for way in ["remoteStart", "token", "promised"] {
            var bench = StationBench(.v201)
            let call = try #require(bench.feed(.start(1, s1, answering: nil)).calls.first)
            #expect(call.action == "RequestStartTransaction" && call.number("evseId") == 1)
            let remoteStart = try #require(call.number("remoteStartId"))
            let token = call.token
            bench.answer(call.id, way == "promised" ? #"{"status":"Accepted","transactionId":"tx-1"}"# : #"{"status":"Accepted"}"#)
            let begun =
                switch way {
                case "remoteStart": bench.event("Started", 0, at: 1, register: 500, remoteStart: remoteStart)
                case "token": bench.event("Started", 0, at: 1, register: 500, token: token)
                default: bench.event("Started", 0, at: 1, register: 500)
                }
            #expect(begun.began == [s1], "\(way)")
            #expect(way != "token" || begun.tokenStatus == "Accepted")
            #expect(bench.event("Updated", 1, register: 520, state: "Charging").events.contains(.phase(s1, .charging)))
            #expect(bench.event("Ended", 2, register: 540).ended.map(\.energy) == [wh(40)], "\(way)")
        }
    }

    @Test("2.0.1: a vehicle that is plugged in before is no charge, keeps nobody away, and its transaction becomes the session")
    func pluggedInBefore() throws {
        var bench = StationBench(.v201)
        bench.status("Occupied")
        let plugged = bench.event("Started", 0, at: 1, register: 500, state: "EVConnected", trigger: "CablePluggedIn")
        #expect(plugged.events.contains(.occupied(false)) && plugged.asked.isEmpty)
        let call = try #require(bench.feed(.start(1, s1, answering: nil)).calls.first)
        let promised = bench.answer(call.id, #"{"status":"Accepted","transactionId":"tx-1"}"#)
        #expect(promised.began == [s1])
        let remoteStart = call.number("remoteStartId")
        bench.event("Updated", 1, token: call.token, remoteStart: remoteStart, trigger: "RemoteStart")
        #expect(bench.event("Ended", 2, register: 600).ended.map(\.energy) == [wh(100)])
        // A vehicle that was charged and stays is nobody's.
        #expect(bench.status("Occupied").events.contains(.occupied(true)))
        #expect(bench.status("Available").events.contains(.occupied(false)))
    }

    @Test("A vehicle that comes late: RemoteStart is asked once, and the start counts as long as the engine waits")
    func late() throws {
        var bench = StationBench()
        let call = try #require(bench.feed(.start(1, s1, answering: nil)).calls.first)
        bench.answer(call.id, #"{"status":"Accepted"}"#)
        #expect(bench.pass(.seconds(55)).calls.filter { $0.action == "RemoteStartTransaction" }.isEmpty)
        #expect(bench.start(call.token).began == [s1])
        // After the engine has given it up it is nobody's.
        var later = StationBench()
        let second = try #require(later.feed(.start(1, s2, answering: nil)).calls.first)
        later.answer(second.id, #"{"status":"Accepted"}"#)
        later.feed(.order(1, .end(s2)))
        #expect(later.start(second.token).began.isEmpty)
    }

    @Test(
        "Refused, in a word or by a CALLERROR: the engine hears why",
        arguments: [#"[3,"ID",{"status":"Rejected"}]"#, #"[4,"ID","NotSupported","",{}]"#, #"[4,"ID","InternalError","it is hot",{}]"#])
    func refused(_ frame: String) throws {
        for version in OCPPVersion.allCases {
            var bench = StationBench(version)
            let call = try #require(bench.feed(.start(1, s1, answering: nil)).calls.first)
            #expect(bench.text(frame.replacing("ID", with: call.id)).refused == [s1])
            #expect(bench.feed(.start(1, s2, answering: nil)).calls.count == 1)
        }
    }

    @Test("No answer: the call fails alone, the session waits for its engine's time-out, and begins if the station begins it")
    func silent() throws {
        var bench = StationBench()
        let call = try #require(bench.feed(.start(1, s1, answering: nil)).calls.first)
        let passed = bench.pass(.seconds(31))
        #expect(passed.refused.isEmpty && passed.notices.contains(.callFailed("RemoteStartTransaction", "no answer")))
        // The answer that comes too late is one to nothing.
        #expect(bench.answer(call.id, #"{"status":"Rejected"}"#).refused.isEmpty)
        #expect(bench.start(call.token).began == [s1])
    }

    @Test("What is wanted while the station is away is asked when it comes, once it has spoken, and again in each connection until it promises")
    func away() throws {
        var bench = StationBench(isConnected: false)
        #expect(bench.feed(.start(1, s1, answering: nil)).calls.isEmpty)
        #expect(bench.connect(saying: false).calls.isEmpty)
        let first = try #require(bench.boot().calls.first)
        let again = bench.connect()
        #expect(again.calls.map(\.action) == ["RemoteStartTransaction"] && again.calls.first?.id != first.id)
        // It may have heard the first: its refusal of the second says nothing.
        let second = try #require(again.calls.first)
        #expect(bench.answer(second.id, #"{"status":"Rejected"}"#).refused.isEmpty)
        let third = try #require(bench.connect().calls.first)
        bench.answer(third.id, #"{"status":"Accepted"}"#)
        #expect(bench.connect().calls.isEmpty)
        // One that boots has forgotten it.
        #expect(bench.boot().calls.map(\.action) == ["RemoteStartTransaction"])
    }

    @Test("A session that is given up before its call went out is not asked for")
    func givenUpBefore() {
        var bench = StationBench()
        bench.feed(.call(.clearCache, question: 1))
        #expect(bench.feed(.start(1, s1, answering: nil)).calls.isEmpty)
        bench.feed(.order(1, .end(s1)))
        #expect(!bench.pass(.seconds(31)).calls.contains { $0.action == "RemoteStartTransaction" })
    }

    @Test("The end that an engine wants is asked for in both versions, again every minute, and in the next connection")
    func ends() throws {
        for version in OCPPVersion.allCases {
            var bench = StationBench(version)
            let number = bench.charge(s1, transaction: "12345")
            let call = try #require(bench.feed(.order(1, .end(s1))).calls.first)
            #expect(call.action == (version == .v16 ? "RemoteStopTransaction" : "RequestStopTransaction"))
            #expect(call.transaction == (version == .v16 ? String(number) : "12345"))
            bench.answer(call.id, #"{"status":"Rejected"}"#)
            #expect(bench.pass(.seconds(61)).calls.count { $0.action == call.action } == 1)
            bench.disconnect()
            #expect(bench.feed(.order(1, .end(s1))).sent.isEmpty)
            #expect(bench.connect().calls.map(\.action) == [call.action])
            let over = version == .v16 ? bench.stop(number) : bench.event("Ended", 1, of: "12345", register: 1500)
            #expect(over.ended.count == 1)
            #expect(bench.pass(.seconds(600)).calls.filter { $0.action == call.action }.isEmpty)
        }
    }
}
