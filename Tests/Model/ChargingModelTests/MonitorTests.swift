import ChargingModel
import Testing

private struct Bench {
    var clock = HandClock()
    var monitor: Monitor

    init() {
        monitor = Monitor(cp: cp1, seed: 1, now: clock.now)
    }

    mutating func tell(_ event: Monitor.Event) -> [Monitor.Action] { monitor.handle(event, at: clock.now) }

    /// Waits for the next check and answers it.
    mutating func check(_ result: Monitor.CheckResult, taking time: Duration = .zero) -> [Monitor.Action] {
        var actions: [Monitor.Action] = []
        while !actions.contains(.check) {
            guard let due = monitor.deadline else { break }
            clock.advance(max(.zero, due - clock.now.monotonic))
            actions = tell(.tick)
        }
        clock.advance(time)
        return tell(.checked(result))
    }
}

extension [Monitor.Action] {
    fileprivate var health: [HealthReport] { compactMap { if case .publish(.health(let health)) = $0 { health } else { nil } } }
}

@Suite struct MonitorTests {
    @Test("P8, P13: UNMONITORED until the first check is done, then OK; after a reconnect the last result")
    func birth() {
        var bench = Bench()
        #expect(bench.tell(.online(7)).health.map(\.health) == [.unmonitored])
        #expect(bench.check(.passed).health.map(\.health) == [.ok])
        #expect(bench.check(.passed).health.isEmpty)
        _ = bench.tell(.offline)
        #expect(bench.tell(.online(8)).health.map(\.health) == [.ok])
    }

    @Test("P13: three failures in a row are FAULTY, one success is OK")
    func three() {
        var bench = Bench()
        _ = bench.tell(.online(7))
        _ = bench.check(.passed)
        #expect(bench.check(.failed("refused")).health.isEmpty)
        #expect(bench.check(.failed("refused")).health.isEmpty)
        #expect(bench.check(.passed).health.isEmpty)
        for _ in 0..<2 { #expect(bench.check(.failed("refused")).health.isEmpty) }
        let faulty = bench.check(.failed("refused"))
        #expect(faulty.health.map(\.health) == [.faulty])
        #expect(faulty.health.first?.failures == 3)
        #expect(faulty.contains(.notice(.faulty(failures: 3))))
        #expect(bench.check(.failed("refused")).health.isEmpty)
        let back = bench.check(.passed)
        #expect(back.health.map(\.health) == [.ok])
        #expect(back.contains(.notice(.recovered)))
    }

    @Test("P13, F3: three time-outs of 1 s after a passed check are over in 5 s")
    func time() {
        var bench = Bench()
        _ = bench.tell(.online(7))
        _ = bench.check(.passed)
        let passed = bench.clock.now.monotonic
        for _ in 0..<3 { _ = bench.check(.failed("no answer in 1 s"), taking: .seconds(1)) }
        #expect(bench.monitor.health == .faulty)
        #expect(bench.clock.now.monotonic - passed == .seconds(5))
    }

    @Test("P8: REBIRTH and a new Central epoch make it say its health again; an old epoch's REBIRTH does not")
    func again() {
        var bench = Bench()
        _ = bench.tell(.online(7))
        _ = bench.check(.passed)
        _ = bench.tell(.centralStatus(CentralStatus(epoch: 50, online: true)))
        bench.clock.advance(.milliseconds(500))
        #expect(bench.tell(.tick).health.count == 1)
        #expect(bench.tell(.command(command(.rebirth, epoch: 50))).health.count == 1)
        #expect(bench.tell(.command(command(.rebirth, epoch: 49))).health.isEmpty)
        _ = bench.tell(.offline)
        for _ in 0..<5 { #expect(bench.tell(.command(command(.rebirth, epoch: nil))).health.isEmpty) }
        #expect(bench.tell(.online(8)).health.count == 1)
    }

    @Test("P10: its farewell is UNMONITORED, stopped")
    func farewell() {
        var bench = Bench()
        _ = bench.tell(.online(7))
        let actions = bench.tell(.stop)
        #expect(actions == [.farewell(.health(HealthReport(epoch: 7, cp: cp1, health: .unmonitored, failures: nil, reason: "stopped")))])
        #expect(bench.monitor.deadline == nil)
    }
}
