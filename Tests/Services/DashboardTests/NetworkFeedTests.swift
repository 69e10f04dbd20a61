import ChargingModel
import Foundation
import NetworkView
import Services
import Testing

@testable import Dashboard

/// What Central would tell.
private struct Teller {
    var view = NetworkView()
    var seq: UInt64 = 0
    let now = Now(monotonic: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 1_795_845_600_000))

    mutating func birth(_ cp: ChargePointID) {
        view.hear(.centralStatus(CentralStatus(epoch: 5, online: true, software: "test", protocolVersion: 1)), retained: true, at: now)
        seq += 1
        view.hear(
            .state(StateReport(epoch: 2, seq: seq, cp: cp, state: .activated, register: .zero, reason: "test")), retained: false, at: now)
        view.hear(.health(HealthReport(epoch: 3, cp: cp, health: .ok, failures: 0, reason: "ok")), retained: false, at: now)
        view.hear(
            .verdict(VerdictReport(epoch: 5, cp: cp, verdict: .activated, available: true, why: "ready", breaker: .closed)), retained: false, at: now)
    }

    mutating func read(_ cp: ChargePointID, _ wattHours: Int64) {
        seq += 1
        view.hear(
            .verdict(
                VerdictReport(
                    epoch: 5, cp: cp, verdict: .supplying, available: false, why: "charging alice", session: "S-1", driver: "alice",
                    breaker: .closed)), retained: false, at: now)
        view.hear(
            .telemetry(
                Telemetry(
                    epoch: 2, seq: seq, cp: cp, session: "S-1", driver: "alice", power: Power(watts: 11_000), energy: Energy(wattHours: wattHours),
                    register: Energy(wattHours: wattHours), cost: .zero, elapsedSeconds: 1)), retained: false, at: now)
    }

    mutating func update(
        connected: Bool = true, ledger: Bool = true, outOfOrder: Set<ChargePointID> = [], stations: UInt64 = 0
    ) -> CentralUpdate {
        view.show(outOfOrder: outOfOrder)
        return CentralUpdate(
            changes: view.takeChanges(), counts: view.counts,
            condition: CentralUpdate.Condition(isConnected: connected, isLedgerWorking: ledger, stations: stations))
    }
}

@Suite("What is known on the HTTP side") struct NetworkFeedTests {
    private let now = WallTime(milliseconds: 1_795_845_600_000)

    private func events(_ bytes: [UInt8]) -> [(kind: String, id: String?, data: String)] {
        String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n\n").filter { !$0.isEmpty }.map { event in
            var fields: [String: String] = [:]
            for line in event.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                fields[String(parts[0])] = String(parts[1].dropFirst())
            }
            return (fields["event"] ?? "", fields["id"], fields["data"] ?? "")
        }
    }

    /// Tells of a first point.
    private func firstPoint(of feed: NetworkFeed) async -> Teller {
        var teller = Teller()
        teller.birth("CP-001")
        await feed.take(teller.update(), at: now)
        return teller
    }

    @Test("a reader begins with everything, goes on with what changes, and comes back without missing or hearing anything twice")
    func stream() async throws {
        let feed = NetworkFeed(instance: "run")
        var teller = await firstPoint(of: feed)
        let (first, position) = await feed.news(after: feed.position(after: nil))
        let snapshot = try #require(events(first).first)
        #expect(events(first).count == 1 && snapshot.kind == "snapshot" && snapshot.id == "run-1")
        #expect(snapshot.data.contains("\"cp\":\"CP-001\"") && snapshot.data.contains("\"status\":\"ready\""))
        teller.birth("CP-002")
        await feed.take(teller.update(), at: now)
        teller.read("CP-001", 5)
        await feed.take(teller.update(), at: now)
        let (second, last) = await feed.news(after: position)
        #expect(events(second).map(\.kind) == ["change", "change"] && events(second).map(\.id) == ["run-2", "run-3"])
        #expect(events(second)[0].data.contains("CP-002") && !events(second)[0].data.contains("\"cp\":\"CP-001\",\"state\""))
        #expect(events(second)[0].data.contains("\"totals\""))
        // Only the session's beginning changes more than the reading.
        teller.read("CP-001", 6)
        await feed.take(teller.update(), at: now)
        let (third, _) = await feed.news(after: last)
        #expect(events(third)[0].data.contains("\"telemetry\":[{\"cp\":\"CP-001\"") && !events(third)[0].data.contains("\"points\":["))
        // Back after the second.
        let again = try #require(await feed.position(after: "run-2"))
        let (rest, _) = await feed.news(after: again)
        #expect(events(rest).map(\.id) == ["run-3", "run-4"])
        #expect(await feed.position(after: "other-2") == nil)
        #expect(await feed.position(after: "run-99") == nil)
        #expect(await feed.position(after: "nonsense") == nil)
        #expect(await feed.news(after: again + 2).bytes.isEmpty)
    }

    @Test("who is one event behind gets that event, however much changed in it; who is far behind gets everything anew")
    func largeEvents() async throws {
        let feed = NetworkFeed(instance: "run")
        var teller = await firstPoint(of: feed)
        let (_, position) = await feed.news(after: nil)
        for number in 1000..<2500 { teller.birth(ChargePointID(known: "CP-\(number)")) }
        await feed.take(teller.update(), at: now)
        let (bytes, last) = await feed.news(after: position)
        #expect(events(bytes).map(\.kind) == ["change"] && bytes.count > NetworkFeed.backlogLimit)
        for _ in 0..<3 {
            for number in 1000..<2500 { teller.read(ChargePointID(known: "CP-\(number)"), 5) }
            await feed.take(teller.update(), at: now)
        }
        #expect(events(await feed.news(after: last).bytes).map(\.kind) == ["snapshot"])
    }

    @Test("without a reader for thirty seconds no event is made; whoever comes gets everything, and whoever stays misses nothing")
    func unread() async throws {
        let feed = NetworkFeed(instance: "run")
        var teller = await firstPoint(of: feed)
        let (_, position) = await feed.news(after: nil)
        for _ in 0..<NetworkFeed.patience { await feed.beat() }
        teller.birth("CP-002")
        await feed.take(teller.update(), at: now)
        // Away for exactly that long: nothing is missed.
        let (kept, last) = await feed.news(after: position)
        #expect(events(kept).map(\.kind) == ["change"])
        for _ in 0...NetworkFeed.patience { await feed.beat() }
        teller.birth("CP-003")
        await feed.take(teller.update(), at: now)
        #expect(await feed.position(after: "run-\(last)") == nil, "it is not kept")
        let (anew, next) = await feed.news(after: last)
        #expect(events(anew).map(\.kind) == ["snapshot"] && events(anew)[0].data.contains("CP-003"))
        teller.birth("CP-004")
        await feed.take(teller.update(), at: now)
        #expect(events(await feed.news(after: next).bytes).map(\.kind) == ["change"])
    }

    @Test("whoever waits is woken by news, by a beat, by the end, and by its own cancellation")
    func waiting() async throws {
        let feed = NetworkFeed(instance: "run")
        var teller = Teller()
        let reader = Task { await feed.wait(behind: 0, beats: 0) }
        teller.birth("CP-001")
        await feed.take(teller.update(), at: now)
        await reader.value
        let beaten = Task { await feed.wait(behind: 1, beats: 0) }
        await feed.beat()
        await beaten.value
        let cancelled = Task { await feed.wait(behind: 1, beats: 1) }
        cancelled.cancel()
        await cancelled.value
        let ended = Task { await feed.wait(behind: 1, beats: 1) }
        await feed.close()
        await ended.value
        await feed.wait(behind: 1, beats: 1)
        #expect(await feed.isOver)
    }

    @Test("what is wrong with Central is told, with its reason")
    func health() async {
        let feed = NetworkFeed(instance: "run")
        #expect(await !feed.health.isReady)
        var teller = Teller()
        teller.birth("CP-001")
        await feed.take(teller.update(), at: now)
        #expect(await feed.health.isReady)
        await feed.take(teller.update(connected: false, ledger: false), at: now)
        let body = String(decoding: await feed.health.body(at: now), as: UTF8.self)
        #expect(body.contains("\"status\":\"not ready\"") && body.contains("not connected to the broker; the ledger can't be used"))
        let (bytes, _) = await feed.news(after: 1)
        #expect(events(bytes).last?.data.contains("\"health\":{\"status\":\"degraded\"") == true)
    }

    @Test("the end of a certificate is told as soon as it is another, with the health and the days until then")
    func certificates() async {
        let feed = NetworkFeed(instance: "run")
        var teller = await firstPoint(of: feed)
        let (_, position) = await feed.news(after: nil)
        let end = WallTime(milliseconds: now.milliseconds + 86_400_000 * 12 + 5)
        await feed.take(certificates: ["https": end], at: now)
        let (told, next) = await feed.news(after: position)
        #expect(events(told).count == 1 && events(told)[0].data.contains(#""certificates":{"https":"\#(end.text)"}"#))
        let body = String(decoding: await feed.health.body(at: now), as: UTF8.self)
        #expect(body.contains(#""certificate_days":{"https":12}"#))
        await feed.take(certificates: ["https": end], at: now)
        #expect(await feed.news(after: next).bytes.isEmpty)
        // What is wrong with Central takes nothing of it away.
        await feed.take(teller.update(connected: false), at: now)
        let (health, _) = await feed.news(after: next)
        #expect(events(health)[0].data.contains("certificates"))
    }

    @Test("S13: everybody hears that stations are others, by a number alone")
    func stations() async {
        let feed = NetworkFeed(instance: "run")
        var teller = await firstPoint(of: feed)
        let (first, position) = await feed.news(after: nil)
        #expect(events(first)[0].data.contains("\"stations\":0"))
        await feed.take(teller.update(stations: 3), at: now)
        let (second, next) = await feed.news(after: position)
        #expect(events(second)[0].data.contains("\"stations\":3"))
        teller.birth("CP-002")
        await feed.take(teller.update(stations: 3), at: now)
        let (third, _) = await feed.news(after: next)
        #expect(!events(third)[0].data.contains("\"stations\""))
    }

    @Test("tables are filtered, and written anew when something changed")
    func tables() async throws {
        let feed = NetworkFeed(instance: "run")
        var teller = Teller()
        teller.birth("CP-002")
        teller.birth("CP-001")
        await feed.take(teller.update(), at: now)
        let all = String(decoding: await feed.pointTable(), as: UTF8.self)
        #expect(all.components(separatedBy: "\"cp\":").count == 3)
        #expect(all.firstRange(of: "CP-001")!.lowerBound < all.firstRange(of: "CP-002")!.lowerBound)
        var query = try Query("state=FAULTY")
        let filter = try PointFilter(&query)
        #expect(String(decoding: await feed.pointTable(where: filter.fits), as: UTF8.self) == "[]\n")
        teller.birth("CP-003")
        await feed.take(teller.update(), at: now)
        #expect(String(decoding: await feed.pointTable(), as: UTF8.self).contains("CP-003"))
    }

    @Test("S8: whom the operator wants out of order is shown, also before it is heard and while it is read, until it is resumed")
    func outOfOrder() async throws {
        let feed = NetworkFeed(instance: "run")
        var teller = Teller()
        teller.birth("CP-001")
        await feed.take(teller.update(outOfOrder: ["CP-002"]), at: now)
        #expect(await feed.points["CP-001"]?.isOutOfOrder == false)
        teller.birth("CP-002")
        await feed.take(teller.update(outOfOrder: ["CP-002"]), at: now)
        #expect(await feed.points["CP-002"]?.isOutOfOrder == true)
        await feed.take(teller.update(outOfOrder: ["CP-001", "CP-002"]), at: now)
        let told = events(await feed.news(after: 2).bytes)
        #expect(told.count == 1 && told[0].data.contains("\"cp\":\"CP-001\",\"state\"") && told[0].data.contains("\"out_of_order\":true"))
        teller.read("CP-001", 5)
        await feed.take(teller.update(outOfOrder: ["CP-001", "CP-002"]), at: now)
        #expect(await feed.points["CP-001"]?.isOutOfOrder == true)
        await feed.take(teller.update(outOfOrder: ["CP-002"]), at: now)
        #expect(await feed.points["CP-001"]?.isOutOfOrder == false)
        #expect(events(await feed.news(after: 4).bytes)[0].data.contains("\"out_of_order\":false"))
    }

    @Test("closed sessions and the log are kept in bounds")
    func bounds() async {
        let feed = NetworkFeed(instance: "run")
        var teller = Teller()
        for number in 0..<300 {
            let kind = DriverStatus.Kind.completed(
                session: SessionID(known: "S-\(1000 + number)"), energy: Energy(wattHours: 1), cost: .zero, complete: true)
            teller.view.hear(
                .status(DriverStatus(epoch: 5, driver: "alice", request: RequestID(known: "r-\(number)"), cp: "CP-001", kind: kind)), retained: false,
                at: teller.now)
        }
        await feed.take(teller.update(), at: now)
        #expect(await feed.closed.count == NetworkFeed.closedLimit)
        #expect(await feed.closed.last?.session == "S-1299")
        #expect(await feed.log.count == NetworkFeed.logLimit)
    }
}
