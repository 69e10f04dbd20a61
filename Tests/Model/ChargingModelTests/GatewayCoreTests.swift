import ChargingModel
import Testing

private let local = GatewayID(known: "local")
private let st1 = ChargePointID(known: "ST-1")
private let st2 = ChargePointID(known: "ST-2")

private func station(_ id: ChargePointID = st1, isConnected: Bool = true, quirks: [String] = []) -> StationAbout {
    var report = StationAbout(epoch: 0, gateway: local, station: id, name: id.text, isConnected: isConnected)
    report.quirks = quirks
    return report
}

private func asked(_ wish: StationWish, _ id: String = "c-1", epoch: Epoch = 5, gateway: GatewayID = local, of st: ChargePointID = st1)
    -> StationCommand
{
    StationCommand(epoch: epoch, gateway: gateway, station: st, id: CommandID(known: id), wish: wish)
}

private struct Bench {
    var clock = HandClock()
    var core = GatewayCore(gateway: local, software: "test")

    mutating func tell(_ event: GatewayCore.Event) -> [GatewayCore.Action] { core.handle(event, at: clock.now) }
    mutating func tell(_ news: GatewayCore.News) -> [GatewayCore.Action] { tell(.news(news)) }

    /// Lets the time pass, ticking whenever it is wanted, and gives receipts.
    mutating func pass(_ duration: Duration) -> [GatewayCore.Action] {
        let end = clock.now.monotonic + duration
        var actions: [GatewayCore.Action] = []
        while let due = core.deadline, due <= end {
            clock.advance(max(.zero, due - clock.now.monotonic))
            actions += tell(.tick)
        }
        clock.advance(end - clock.now.monotonic)
        return actions
    }

    mutating func online() -> [GatewayCore.Action] {
        _ = tell(.centralStatus(CentralStatus(epoch: 5, online: true, software: "c", protocolVersion: 2), retained: true))
        return tell(.online(3))
    }
}

extension [GatewayCore.Action] {
    fileprivate var gateways: [GatewayReport] { compactMap { if case .publish(.gateway(let report), _) = $0 { report } else { nil } } }
    fileprivate var stations: [StationAbout] { compactMap { if case .publish(.station(.report(let report)), _) = $0 { report } else { nil } } }
    fileprivate var replies: [StationReply] { compactMap { if case .publish(.station(.reply(let reply)), _) = $0 { reply } else { nil } } }
    fileprivate var frames: [StationFrame] { compactMap { if case .publish(.station(.frame(let frame)), _) = $0 { frame } else { nil } } }
    fileprivate var orders: [StationCommand] { compactMap { if case .carryOut(let command) = $0 { command } else { nil } } }
}

@Suite("A gateway on the bus") struct GatewayCoreTests {
    @Test("S13: it tells of itself first, then of its stations, under its epoch; and all again in the next connection") func births() {
        var bench = Bench()
        #expect(bench.tell(.station(station())).isEmpty)
        let first = bench.online()
        #expect(first.gateways.map(\.epoch) == [3] && first.gateways.first?.known == 1 && first.gateways.first?.connected == 1)
        #expect(first.stations.map(\.epoch) == [3])
        _ = bench.tell(.offline)
        let again = bench.tell(.online(4))
        #expect(again.gateways.map(\.epoch) == [4] && again.stations.map(\.epoch) == [4])
        #expect(bench.tell(.stop) == [.farewell(.gateway(GatewayReport(epoch: 4, gateway: local, online: false, reason: "stopped")))])
    }

    @Test("S13: a station that changes all the time is told of at most every five seconds, as it is then, and one that does not is not") func pace() {
        var bench = Bench()
        _ = bench.online()
        #expect(bench.tell(.station(station())).stations.count == 1)
        var told: [StationAbout] = []
        for turn in 0..<190 {
            told += bench.tell(.station(station(isConnected: turn % 2 == 0, quirks: ["q\(turn)"]))).stations
            told += bench.pass(.milliseconds(50)).stations
        }
        #expect(told.count == 1, "\(told.count)")
        #expect(bench.pass(.seconds(60)).stations.map(\.quirks) == [["q189"]])
        #expect(bench.tell(.station(station(isConnected: false, quirks: ["q189"]))).stations.isEmpty && bench.pass(.seconds(60)).stations.isEmpty)
    }

    @Test("S13: it tells of itself at most once a second; twenty strangers at most, each once, the last first") func strangers() {
        var bench = Bench()
        _ = bench.online()
        var told = 0
        for turn in 0..<95 {
            let stranger = GatewayReport.Stranger(
                name: "X\(turn % 30)", address: "a", status: turn % 2 == 0 ? 404 : 401, why: "w", at: bench.clock.now.wall)
            told += bench.tell(.turnedAway(stranger)).gateways.count + bench.pass(.milliseconds(30)).gateways.count
        }
        #expect(told <= 4, "\(told)")
        let last = bench.pass(.seconds(2)).gateways.last
        #expect(last?.wantsIn.map(\.name) == (0..<20).map { "X\((94 - $0) % 30)" })
        #expect(last?.refusals.unknown == 48 && last?.refusals.unauthorized == 47)
        // Turns 4, 34, 64 and 94; those who were forgotten meanwhile begin anew.
        #expect(last?.wantsIn.first?.times == 1)
    }

    @Test("S13: who was turned away is told with how often, until it came in; not who was turned away since") func cameIn() {
        var bench = Bench()
        _ = bench.online()
        func tell(_ news: GatewayCore.News) -> [GatewayReport.Stranger]? { (bench.tell(news) + bench.pass(.seconds(2))).gateways.last?.wantsIn }
        func turnAway(_ name: String) -> [GatewayReport.Stranger]? {
            tell(.turnedAway(GatewayReport.Stranger(name: name, address: "a", status: 404, why: "w", at: bench.clock.now.wall)))
        }
        for _ in 0..<3 { _ = turnAway("ST-1") }
        #expect(turnAway("ST-9")?.map(\.times) == [1, 3])
        var report = station()
        report.since = bench.clock.now.wall
        #expect(tell(.station(report))?.map(\.name) == ["ST-9"])
        // Another device under its name, with a wrong password: news of the station take nothing of that away.
        #expect(turnAway("ST-1")?.map(\.name) == ["ST-1", "ST-9"])
        report.quirks = ["number-as-text"]
        _ = tell(.station(report))
        #expect(turnAway("ST-8")?.map(\.name) == ["ST-8", "ST-1", "ST-9"])
    }

    @Test("S13: two thousand stations are told as fast as the broker takes them") func many() {
        var bench = Bench()
        for index in 0..<2000 { _ = bench.tell(.station(station(ChargePointID(known: "ST-\(index)")))) }
        var told = bench.online().stations
        #expect(told.count == 64)
        while told.count < 2000 {
            let more = bench.tell(.concluded).stations
            #expect(more.count == 1)
            told += more
        }
        #expect(Set(told.map(\.station)).count == 2000)
        for _ in 0..<64 { #expect(bench.tell(.concluded).stations.isEmpty) }
    }

    @Test("P6, P12, S13: a command counts live, of the Central that is believed, for this gateway, and once") func commands() {
        var bench = Bench()
        _ = bench.tell(.station(station()))
        #expect(bench.tell(.command(asked(.clearCache), retained: false)).orders.isEmpty)
        _ = bench.online()
        #expect(bench.tell(.command(asked(.clearCache), retained: true)).orders.isEmpty)
        #expect(bench.tell(.command(asked(.clearCache, epoch: 4), retained: false)).orders.isEmpty)
        #expect(bench.tell(.command(asked(.clearCache, epoch: 6), retained: false)).orders.isEmpty)
        #expect(bench.tell(.command(asked(.clearCache, gateway: GatewayID(known: "other")), retained: false)).isEmpty)
        #expect(bench.tell(.command(asked(.clearCache), retained: false)).orders == [asked(.clearCache)])
        #expect(bench.tell(.command(asked(.clearCache), retained: false)).isEmpty)
        let unknown = bench.tell(.command(asked(.clearCache, "c-2", of: st2), retained: false))
        #expect(unknown.replies.map(\.outcome) == [.notConnected] && unknown.orders.isEmpty)
    }

    @Test("S13: frames are told for thirty seconds after each tail, and of a flood only how many there were") func frames() {
        var bench = Bench()
        _ = bench.tell(.station(station()))
        _ = bench.online()
        let frame = StationFrame(
            epoch: 0, gateway: local, station: st1, direction: .fromStation, at: bench.clock.now.wall, bytes: 2, missed: 0, text: "[]")
        #expect(bench.tell(.frame(frame)).isEmpty)
        #expect(bench.tell(.command(asked(.tail), retained: false)) == [.listen([st1])])
        #expect(bench.tell(.frame(frame)).frames.map(\.epoch) == [3])
        _ = bench.pass(.seconds(20))
        #expect(bench.tell(.command(asked(.tail, "c-2"), retained: false)).isEmpty)
        #expect(!bench.pass(.seconds(20)).contains(.listen([])))
        let flood = (0..<2000).reduce(0) { count, _ in count + bench.tell(.frame(frame)).frames.count }
        #expect(flood == 500)
        _ = bench.pass(.seconds(1))
        #expect(bench.tell(.frame(frame)).frames.map(\.missed) == [1500])
        #expect(bench.pass(.seconds(20)).contains(.listen([])))
        #expect(bench.tell(.frame(frame)).frames.isEmpty)
    }
}
