import ChargingModel
import Gateway
import OCPP
import Testing

@Suite struct ReplayTests {
    @Test("What was queued offline comes with its old times: nobody is asked, it is found once, by the station's clock")
    func queue() throws {
        var bench = StationBench()
        let began = bench.clock.now.wall.advanced(byMilliseconds: -7_200_000)
        let ended = bench.clock.now.wall.advanced(byMilliseconds: -3_600_000)
        let begun = bench.start("card-7", register: "1000", time: began.text)
        #expect(begun.asked.isEmpty && begun.start?.status == "Accepted" && begun.began.isEmpty)
        let number = try #require(begun.start?.number)
        bench.meter("1200", of: number)
        let record = try #require(bench.stop(number, register: "1400", time: ended.text).found.first)
        #expect(record.metered.energy == wh(400) && record.metered.started == began && record.metered.ended == ended)
        #expect(record.metered.clock == .station && record.token == TokenID(known: "card-7"))
    }

    @Test(
        "Times that say nothing: 1970, no zone, hours off, none; what is metered is found or charged, and never in the future",
        arguments: [
            "1970-01-01T00:00:05Z", "1970-01-01T00:00:05", "2026-11-23T08:00:00", "2019-01-01T00:00:00+02", "2099-01-01T00:00:00Z", "garbage",
        ])
    func times(_ time: String) throws {
        var bench = StationBench()
        let begun = bench.start("card-7", time: time)
        for ask in begun.asked { bench.feed(.order(1, .denied(ask.request, .tokenUnknown))) }
        let number = bench.core.memory.lastNumber
        let record = try #require(bench.stop(number, time: time).found.first)
        #expect(record.metered.energy == wh(500) && record.metered.ended >= record.metered.started)
        #expect(record.metered.ended <= bench.clock.now.wall)
    }

    @Test("A clock that is hours off is known by its status, and whoever stands there is asked about")
    func clockOff() throws {
        for ahead in [-7_200_000, 7_200_000, -1_795_400_000_000] as [Int64] {
            var bench = StationBench()
            let theirs = bench.clock.now.wall.advanced(byMilliseconds: ahead)
            bench.status("Available", time: theirs.text)
            #expect(bench.start("card-7", time: theirs.text).asked.count == 1, "\(ahead)")
            // An hour ago by that clock is offline.
            let before = theirs.advanced(byMilliseconds: -3_600_000)
            let begun = bench.start("card-8", register: "900", time: before.text)
            #expect(begun.asked.isEmpty, "\(ahead)")
            #expect(bench.core.memory.open.last?.began == bench.clock.now.wall.advanced(byMilliseconds: -3_600_000))
        }
    }

    @Test("A local time without zone is of now, as far as anybody knows")
    func localTime() {
        var bench = StationBench()
        let local = bench.clock.now.wall.advanced(byMilliseconds: 7_200_000).text.dropLast()
        #expect(bench.start("card-7", time: String(local)).asked.count == 1)
    }

    @Test("A start that comes again, under the same id or under a new one after a reconnect, is one transaction")
    func startAgain() throws {
        var bench = StationBench()
        let time = bench.time
        let asking = bench.start("card-7", time: time, id: "x")
        let ask = try #require(asking.asked.first)
        #expect(bench.start("card-7", time: time, id: "x").sent.isEmpty)
        // The connection is gone before Central answers; the answer goes to the call of the next one.
        bench.connect()
        bench.clock.advance(.seconds(2))
        let again = bench.start("CARD-7", time: time, id: "y")
        #expect(again.asked.isEmpty && again.sent.isEmpty)
        let admitted = bench.feed(.start(1, s1, answering: ask.request))
        #expect(admitted.start?.status == "Accepted" && admitted.began == [s1])
        let number = try #require(admitted.start?.number)
        #expect(bench.start("card-7", time: time, id: "y").start?.number == number)
        bench.connect()
        let third = bench.start("card-7", time: time)
        #expect(third.start?.number == number && third.began.isEmpty && third.asked.isEmpty)
        #expect(bench.core.memory.open.count == 1)
        bench.stop(number)
        #expect(bench.start("card-7", time: time).start?.number == number)
        bench.feed(.recorded(s1))
        #expect(bench.start("card-7", time: time).start?.number == number)
        #expect(bench.core.memory.open.isEmpty)
        // Another register, token, time or connector is another charge.
        #expect(bench.start("card-7", register: "1001", time: time).asked.count == 1)
        #expect(bench.start("card-8", time: time).asked.count == 1)
    }

    @Test("A clock that was never set tells no two charges of one register apart: each is kept")
    func neverSet() throws {
        var bench = StationBench()
        for round in 1...2 {
            let begun = bench.start("card-7", register: "0", time: "1970-01-01T00:00:30Z")
            let number = try #require(begun.start?.number)
            let found = try #require(bench.stop(number, register: "700", time: "1970-01-01T00:10:00Z").found.first)
            #expect(found.metered.energy == wh(700), "\(round)")
            bench.feed(.recorded(found.session))
        }
    }

    @Test("Numbers are never given twice: after a restart, after a lost journal, for starts of no connector that can be")
    func numbers() throws {
        var bench = StationBench()
        var given: [Int64] = []
        for round in 0..<5 { given.append(bench.start("card-\(round)", time: "2026-01-01T00:00:0\(round)Z").start?.number ?? 0) }
        given.append(bench.start("card-7", at: 0, time: "2026-01-01T00:01:00Z").start?.number ?? 0)
        given.append(bench.start("card-7", at: 700, time: "2026-01-01T00:02:00Z").start?.number ?? 0)
        var again = bench.restarted()
        again.connect()
        given.append(again.start("card-8", time: "2026-01-01T00:03:00Z").start?.number ?? 0)
        // The disk is gone: what is given now is above, since time went on.
        bench.clock.advance(.seconds(60))
        var lost = StationBench(clock: bench.clock)
        given.append(lost.start("card-9", time: "2026-01-01T00:04:00Z").start?.number ?? 0)
        #expect(!given.contains(0) && Set(given).count == given.count)
        #expect(given.allSatisfy { $0 <= Int64(Int32.max) })
    }

    @Test("Ids of 2.0.1 that look like numbers use up none, and end by their text")
    func numericText() throws {
        var bench = StationBench(.v201)
        bench.charge(s1, transaction: "99999999999")
        #expect(bench.core.memory.lastNumber == 0)
        let stop = try #require(bench.feed(.order(1, .end(s1))).calls.first)
        #expect(stop.action == "RequestStopTransaction" && stop.transaction == "99999999999")
    }

    @Test("A number is on the disk before it is said, and so is an end before it is confirmed")
    func journalFirst() throws {
        var bench = StationBench()
        bench.isHeld = true
        #expect(bench.start("card-7", time: "2026-01-01T00:00:00Z").sent.isEmpty)
        let number = try #require(bench.written().start?.number)
        #expect(bench.restarted().core.memory.lastNumber == number)
        #expect(bench.stop(number, time: "2026-01-01T01:00:00Z").isEmpty)
        let confirmed = bench.written()
        #expect(confirmed.found.count == 1 && confirmed.results.count == 1)
    }

    @Test("An old charge that is told while a new one runs moves nothing there, and its record comes when that is over")
    func past() throws {
        var bench = StationBench()
        let number = bench.charge(s1, from: 2000)
        let old = bench.start("card-7", register: "1000", time: "2026-01-01T00:00:00Z")
        #expect(old.lost.isEmpty && old.refused.isEmpty)
        let oldNumber = try #require(old.start?.number)
        #expect(bench.stop(oldNumber, register: "1500", time: "2026-01-01T01:00:00Z").found.isEmpty)
        #expect(bench.meter("2100", of: number).events.contains { if case .metered(s1, _) = $0 { true } else { false } })
        #expect(bench.stop(number, register: "2300").ended.map(\.energy) == [wh(300)])
        let record = try #require(bench.feed(.recorded(s1)).found.first)
        // On top of what the engine counted, so that no register is billed twice.
        #expect(record.metered.energy == wh(500) && record.metered.start == wh(2300))
        #expect(record.metered.ended < bench.clock.now.wall)
    }

    @Test("An old charge refuses no session that waits at its connector")
    func pastWhileWaiting() throws {
        var bench = StationBench()
        let call = try #require(bench.feed(.start(1, s1, answering: nil)).calls.first)
        let old = bench.start("card-7", register: "100", time: "2026-01-01T00:00:00Z")
        #expect(old.refused.isEmpty)
        bench.stop(old.start?.number ?? 0, register: "200", time: "2026-01-01T01:00:00Z")
        #expect(bench.start(call.token, register: "200").began == [s1])
    }
}
