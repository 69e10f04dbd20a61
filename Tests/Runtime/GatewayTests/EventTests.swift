import ChargingModel
import Gateway
import OCPP
import Testing

/// Transactions of 2.0.1, in whatever order they are told.
@Suite struct EventTests {
    /// Events of one transaction from 1000 to 1500 Wh, as kind, number and register.
    static let whole: [(kind: String, seqNo: Int64, register: Int64)] = [("Started", 0, 1000), ("Updated", 1, 1200), ("Ended", 2, 1500)]

    @Test(
        "Any order, and events that come twice: one session, from its beginning to its end, when both are there",
        arguments: [
            [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0], [0, 2], [2, 0], [0, 0, 1, 1, 2, 2], [1, 1, 0, 0, 2], [2, 2, 0, 0, 1],
            [1, 0, 1, 2, 0, 1, 2],
        ])
    func orders(_ order: [Int]) throws {
        for isOffline in [false, true] {
            var bench = StationBench(.v201)
            bench.clock.advance(.seconds(60))
            var actions: [StationCore.Action] = []
            var request: RequestID?
            for index in order {
                let event = EventTests.whole[index]
                let said = bench.event(
                    event.kind, event.seqNo, at: 1, register: event.register, token: index == 0 ? "card-7" : nil, offline: isOffline,
                    time: isOffline ? "2026-11-20T0\(index):00:00Z" : nil)
                request = request ?? said.asked.first?.request
                actions += said
                #expect(said.results.count == (said.asked.isEmpty && !(index == 0 && request != nil) ? 1 : 0) || request != nil)
                for record in said.found { actions += bench.feed(.recorded(record.session)) }
            }
            #expect(actions.found.map(\.metered.energy) == [wh(500)], "\(order) \(isOffline)")
            #expect(actions.found.first?.token == TokenID(known: "card-7") && bench.core.memory.open.isEmpty)
            #expect(bench.pass(.seconds(600)).found.isEmpty)
        }
    }

    @Test("Central's session, told out of order: its engine hears the true beginning, and only then")
    func agreedOutOfOrder() throws {
        var bench = StationBench(.v201)
        let call = try #require(bench.feed(.start(1, s1, answering: nil)).calls.first)
        bench.answer(call.id, #"{"status":"Accepted"}"#)
        let remoteStart = call.number("remoteStartId")
        #expect(bench.event("Updated", 1, at: 1, register: 1200, remoteStart: remoteStart).began.isEmpty)
        let begun = bench.event("Started", 0, at: 1, register: 1000, remoteStart: remoteStart)
        #expect(begun.events.contains { if case .began(s1, wh(1000), _, _) = $0 { true } else { false } })
        #expect(bench.event("Updated", 2, register: 1250).events.contains { if case .metered(s1, _) = $0 { true } else { false } })
        #expect(bench.event("Ended", 3, register: 1500).ended.map(\.energy) == [wh(500)])
    }

    @Test(
        "Ended without Started waits for it five minutes, answered meanwhile, also over a restart; then what is known is the record, and people hear")
    func endedAlone() throws {
        var bench = StationBench(.v201)
        bench.event("Updated", 4, at: 1, register: 1200, token: "card-7", offline: true)
        let ended = bench.event("Ended", 5, register: 1500)
        #expect(ended.results.count == 1 && ended.found.isEmpty)
        #expect(bench.pass(.seconds(290)).found.isEmpty)
        var killed = bench.restarted()
        // While the station is away it waits longer.
        #expect(killed.pass(.seconds(3600)).found.isEmpty)
        killed.connect()
        let over = killed.pass(.seconds(301))
        #expect(over.notices.contains(.beginningLost("tx-1")) && over.found.map(\.metered.energy) == [wh(300)])
        let known = bench.pass(.seconds(11))
        #expect(known.found.map(\.metered.energy) == [wh(300)] && known.notices.contains(.beginningLost("tx-1")))
        bench.feed(.recorded(known.found[0].session))
        // What comes then is confirmed, and changes nothing.
        let late = bench.event("Started", 0, at: 1, register: 1000)
        #expect(late.results.count == 1 && late.found.isEmpty && bench.core.memory.open.isEmpty)
    }

    @Test("The end first, then values that fall, then the beginning: the least is where it began, and nothing is counted twice")
    func backwards() {
        var bench = StationBench(.v201)
        bench.event("Ended", 5, at: 1, register: 1348, offline: true, time: "2026-01-01T02:00:00Z", context: "Transaction.End")
        for (seqNo, register) in [(4, 1317), (1, 1298), (2, 1310)] as [(Int64, Int64)] {
            bench.event("Updated", seqNo, register: register, offline: true, time: "2026-01-01T01:00:00Z")
        }
        let over = bench.event(
            "Started", 0, at: 1, register: 1236, token: "card-7", offline: true, time: "2026-01-01T00:00:00Z", context: "Transaction.Begin")
        #expect(over.found.map(\.metered.energy) == [wh(112)])
    }

    @Test("A station that never comes back is waited for a day")
    func never() {
        var bench = StationBench(.v201)
        bench.event("Ended", 5, at: 1, register: 1500)
        bench.disconnect()
        #expect(bench.pass(.seconds(80_000)).found.isEmpty)
        #expect(bench.pass(.seconds(7000)).found.count == 1)
    }

    @Test("The end without a register: at once when all events were heard, else when what is missing has come, or after five minutes")
    func endWithoutRegister() {
        var whole = StationBench(.v201)
        whole.charge(s1)
        whole.event("Updated", 1, register: 1400)
        #expect(whole.event("Ended", 2).ended.map(\.energy) == [wh(400)])
        var gap = StationBench(.v201)
        gap.charge(s1)
        #expect(gap.event("Ended", 2).ended.isEmpty)
        #expect(gap.event("Updated", 1, register: 1300).ended.map(\.energy) == [wh(300)])
        var lost = StationBench(.v201)
        lost.charge(s1)
        lost.event("Updated", 1, register: 1100)
        #expect(lost.event("Ended", 3).ended.isEmpty)
        #expect(lost.pass(.seconds(301)).ended.map(\.energy) == [wh(100)])
    }

    @Test(
        "Numbers that leave some out, begin at 1, or never change cost nothing while both registers are said",
        arguments: [[0, 7, 99], [1, 2, 3], [0, 0, 0]])
    func numbering(_ numbers: [Int64]) {
        var bench = StationBench(.v201)
        bench.event("Started", numbers[0], at: 1, register: 1000, token: "card-7", offline: true)
        bench.event("Updated", numbers[1], register: 1100)
        #expect(bench.event("Ended", numbers[2], register: 1500).found.map(\.metered.energy) == [wh(500)])
    }

    @Test("Events after the end are confirmed, tokens in them accepted, and change nothing")
    func afterTheEnd() {
        var bench = StationBench(.v201)
        bench.charge(s1)
        bench.event("Ended", 2, register: 1500)
        for isRecorded in [false, true] {
            if isRecorded { bench.feed(.recorded(s1)) }
            let again = bench.event("Ended", 2, register: 1600, token: "card-7")
            #expect(again.ended.isEmpty && again.tokenStatus == "Accepted")
            let update = bench.event("Updated", 1, register: 1700)
            #expect(update.ended.isEmpty && update.results.count == 1 && !update.events.contains { if case .metered = $0 { true } else { false } })
        }
    }

    @Test("A station that boots in the middle goes on with the same transaction: one session")
    func resumed() {
        var bench = StationBench(.v201)
        bench.charge(s1)
        bench.event("Updated", 1, register: 1200)
        bench.disconnect()
        bench.connect(saying: false)
        bench.boot()
        let resumed = bench.event("Updated", 2, register: 1200, state: "Charging", trigger: "TxResumed")
        #expect(resumed.began.isEmpty && resumed.lost.isEmpty)
        #expect(bench.event("Ended", 3, register: 1600).ended.map(\.energy) == [wh(600)])
    }

    @Test("A beginning without a register counts from the first that is said; the one that the end names is the better")
    func beginningWithoutRegister() throws {
        var bench = StationBench(.v201)
        let call = try #require(bench.feed(.start(1, s1, answering: nil)).calls.first)
        bench.answer(call.id, #"{"status":"Accepted"}"#)
        let begun = bench.event("Started", 0, at: 1, remoteStart: call.number("remoteStartId"), state: "Charging")
        #expect(begun.began.isEmpty && begun.events.contains(.phase(s1, .charging)))
        #expect(bench.event("Updated", 1, register: 2000).began == [s1])
        #expect(bench.event("Ended", 2, register: 2300).ended.map(\.energy) == [wh(300)])
    }

    @Test("A whole transaction in one event, with both registers")
    func inOne() {
        var bench = StationBench(.v201)
        let samples = [#"{"value":1000,"context":"Transaction.Begin"}"#, #"{"value":1500,"context":"Transaction.End"}"#].joined(separator: ",")
        let over = bench.call(
            "TransactionEvent",
            #"{"eventType":"Ended","timestamp":"\#(bench.time)","triggerReason":"EVDeparted","seqNo":9,"offline":true,"#
                + #""transactionInfo":{"transactionId":"tx-1"},"meterValue":[{"timestamp":"\#(bench.time)","sampledValue":[\#(samples)]}]}"#)
        #expect(over.found.map(\.metered.energy) == [wh(500)] && over.results.count == 1)
    }
}
