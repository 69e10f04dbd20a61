import ChargingModel
import Gateway
import OCPP
import Testing

@Suite struct TokenTests {
    @Test("A card before the plug: Central is asked for the connector, and the start that follows is the session, in both versions")
    func authorize() throws {
        for version in OCPPVersion.allCases {
            var bench = StationBench(version)
            let asking = bench.authorize("card-7")
            let ask = try #require(asking.asked.first)
            #expect(ask.evse == 1 && ask.token == TokenID(known: "card-7") && asking.sent.isEmpty)
            let admitted = bench.feed(.start(1, s1, answering: ask.request))
            #expect(admitted.tokenStatus == "Accepted" && admitted.calls.isEmpty)
            let begun = version == .v16 ? bench.start("CARD-7") : bench.event("Started", 0, at: 1, register: 1000, token: "card-7")
            #expect(begun.began == [s1] && begun.asked.isEmpty && begun.tokenStatus == "Accepted")
        }
    }

    @Test(
        "A start without Authorize asks for the running charge: it is the session from its beginning on, and nobody is promised the place meanwhile")
    func startAlone() throws {
        for version in OCPPVersion.allCases {
            var bench = StationBench(version)
            let asking =
                version == .v16 ? bench.start("card-7", register: "500") : bench.event("Started", 0, at: 1, register: 500, token: "card-7")
            let ask = try #require(asking.asked.first)
            #expect(asking.sent.isEmpty && asking.events.contains(.occupied(false)))
            bench.clock.advance(.seconds(2))
            let admitted = bench.feed(.start(1, s1, answering: ask.request))
            #expect(admitted.tokenStatus == "Accepted")
            #expect(admitted.events.contains { if case .began(s1, wh(500), _, .gateway) = $0 { true } else { false } })
            let number = admitted.start?.number ?? 0
            let over = version == .v16 ? bench.stop(number, register: "700") : bench.event("Ended", 1, register: 700)
            #expect(over.ended.map(\.energy) == [wh(200)] && over.found.isEmpty)
        }
    }

    @Test("2.0.1: plugged in first, the card then, in an update: Central is asked for the running transaction")
    func cardInUpdate() throws {
        var bench = StationBench(.v201)
        bench.event("Started", 0, at: 1, register: 500, state: "EVConnected", trigger: "CablePluggedIn")
        let ask = try #require(bench.event("Updated", 1, token: "card-7", trigger: "Authorized").asked.first)
        #expect(bench.feed(.start(1, s1, answering: ask.request)).began == [s1])
        #expect(bench.core.memory.transaction("tx-1")?.token == "card-7")
        #expect(bench.event("Ended", 2, register: 600, token: "other", trigger: "StopAuthorized").tokenStatus == "Accepted")
    }

    @Test(
        "Each denial has its word; what was begun all the same is a fact",
        arguments: [
            (DenialCode.driverBusy, "ConcurrentTx", "ConcurrentTx"), (.busy, "ConcurrentTx", "ConcurrentTx"), (.tokenBlocked, "Blocked", "Blocked"),
            (.tokenExpired, "Expired", "Expired"), (.tokenUnknown, "Invalid", "Unknown"), (.unknownDriver, "Invalid", "Unknown"),
            (.breakerOpen, "Invalid", "NotAtThisTime"), (.stopped, "Invalid", "NotAtThisTime"), (.faulty, "Invalid", "NotAtThisTime"),
            (.centralStarting, "Invalid", "Invalid"), (.ledgerUnavailable, "Invalid", "Invalid"), (.tooManyRequests, "Invalid", "Invalid"),
        ])
    func denied(_ code: DenialCode, _ old: String, _ new: String) throws {
        for version in OCPPVersion.allCases {
            var bench = StationBench(version)
            let ask = try #require(bench.authorize("card-7").asked.first)
            let answer = bench.feed(.order(1, .denied(ask.request, code)))
            #expect(answer.tokenStatus == (version == .v16 ? old : new))
            let asking = version == .v16 ? bench.start("card-7") : bench.event("Started", 0, at: 1, register: 1000, token: "card-7")
            let second = try #require(asking.asked.first)
            let denied = bench.feed(.order(1, .denied(second.request, code)))
            #expect(denied.tokenStatus == (version == .v16 ? old : new))
            #expect(denied.events.contains(.occupied(true)))
            // It charges on: its meter counts, and its record is nobody's session.
            let number = denied.start?.number ?? 0
            let over = version == .v16 ? bench.stop(number) : bench.event("Ended", 1, register: 1500)
            #expect(over.found.map(\.metered.energy) == [wh(500)] && over.found.first?.token == TokenID(known: "card-7"))
        }
    }

    @Test("A Central that is silent: the station is answered in time, and whoever is let in later is too late")
    func silent() throws {
        var bench = StationBench()
        let ask = try #require(bench.authorize("card-7").asked.first)
        #expect(bench.pass(.seconds(7)).tokenStatus == nil)
        #expect(bench.pass(.seconds(2)).tokenStatus == "Invalid")
        #expect(bench.feed(.start(1, s1, answering: ask.request)).refused == [s1])
        #expect(bench.connect().calls.isEmpty)
    }

    @Test("A charge that is over before Central lets it in is found, and the session that comes for it is refused")
    func overBefore() throws {
        for connection in ["same", "new"] {
            var bench = StationBench()
            let ask = try #require(bench.start("card-7").asked.first)
            if connection == "new" { bench.connect() }
            #expect(bench.stop(0, token: "card-7").found.count == 1)
            #expect(bench.feed(.start(1, s1, answering: ask.request)).refused == [s1])
            #expect(bench.core.memory.open.count { $0.isAgreed } == 0, "\(connection)")
        }
    }

    @Test("The wrong connector was guessed: the session there is given up, and Central is asked anew until it has heard of that")
    func wrongConnector() throws {
        var bench = StationBench(connectors: [1: .init(), 2: .init()])
        let ask = try #require(bench.authorize("card-7").asked.first)
        #expect(ask.evse == 1)
        bench.feed(.start(1, s1, answering: ask.request))
        let begun = bench.start("card-7", at: 2)
        #expect(begun.events(1).contains { if case .refused(s1, _) = $0 { true } else { false } } && begun.asked.isEmpty)
        let first = try #require(bench.pass(.seconds(1)).asked.first)
        #expect(first.evse == 2)
        #expect(bench.feed(.order(2, .denied(first.request, .driverBusy))).sent.isEmpty)
        let second = try #require(bench.pass(.seconds(1)).asked.first)
        let admitted = bench.feed(.start(2, s2, answering: second.request))
        #expect(admitted.began == [s2] && admitted.start?.status == "Accepted")
    }

    @Test("The connector where a vehicle waits is the one that is meant; a faulty or a busy one is not")
    func likely() {
        var bench = StationBench(connectors: [1: .init(), 2: .init(), 3: .init()])
        bench.status("Faulted", at: 1, error: "GroundFailure")
        bench.status("Available", at: 2)
        bench.status("Available", at: 3)
        #expect(bench.authorize("a").asked.map(\.evse) == [2])
        bench.status("Preparing", at: 3)
        #expect(bench.authorize("b").asked.map(\.evse) == [3])
    }

    @Test("A card asked about again under another call is one question, and both calls are answered")
    func twice() throws {
        var bench = StationBench()
        let ask = try #require(bench.authorize("card-7").asked.first)
        #expect(bench.authorize("card-7").asked.isEmpty)
        #expect(bench.feed(.start(1, s1, answering: ask.request)).results.count == 2)
        // Whoever ends what he began, and whom a session was promised.
        #expect(bench.authorize("card-7").tokenStatus == "Accepted")
        bench.start("card-7")
        #expect(bench.authorize("Card-7").tokenStatus == "Accepted")
    }

    @Test("A token that no account can have, and an empty one, are turned away without asking", arguments: ["", "äöü", "a b", "-x"])
    func impossible(_ token: String) {
        var bench = StationBench()
        let answer = bench.authorize(token)
        #expect(answer.asked.isEmpty && answer.tokenStatus == "Invalid")
    }

    @Test("A call of an earlier connection gets no answer in a later one, though that has a call of the same id")
    func otherConnection() throws {
        var bench = StationBench()
        let ask = try #require(bench.call("Authorize", #"{"idTag":"card-7"}"#, id: "1").asked.first)
        bench.connect()
        let second = try #require(bench.call("Authorize", #"{"idTag":"card-8"}"#, id: "1").asked.first)
        #expect(bench.feed(.order(1, .denied(ask.request, .tokenBlocked))).sent.isEmpty)
        #expect(bench.feed(.order(1, .denied(second.request, .tokenExpired))).tokenStatus == "Expired")
    }

    @Test("A card whose transaction was never ended is asked about again")
    func oldTransaction() {
        var bench = StationBench()
        let begun = bench.start("card-7")
        bench.feed(.order(1, .denied(begun.asked[0].request, .tokenBlocked)))
        #expect(bench.authorize("card-7").asked.count == 1)
    }
}
