import ChargingModel
import Platform
import Settings
import Testing

@testable import Supervisor

/// A network in a test: the broker 0, central 1, engine 2, monitor 3, driver 4; with the pids 100… in the order of their starts.
struct CoreBench {
    static let names = ["broker", "central", "CP-001 engine", "CP-001 monitor", "driver-alice"]
    static let roles: [Role] = [.broker, .central, .engine, .monitor, .driver]

    var core: SupervisorCore
    var now = Instant(nanoseconds: 0)
    var spawned: [Int] = []
    var signals: [String] = []
    var reports: [String] = []
    var finished: ProcessExit?
    /// The result of the wish to set aside what the broker remembers.
    var memory = SetAside.Result.nothing
    var putBack: [SetAside] = []
    private var nextPid: Int32 = 100

    init(ownBroker: Bool = true) {
        let specs = zip(CoreBench.names, CoreBench.roles).map { name, role in
            ProcessSpec(name: name, role: role, id: "", executable: "/x", arguments: [])
        }
        core = SupervisorCore(ownBroker ? specs : Array(specs.dropFirst()))
    }

    /// Does what the core wants, like the shell.
    mutating func perform(_ actions: [SupervisorCore.Action]) {
        for action in actions {
            switch action {
            case .spawn(let index):
                spawned.append(index)
                nextPid += 1
                perform(core.started(index, pid: nextPid - 1, at: now))
            case .signal(let index, _, let kill): signals.append("\(core.children[index].spec.name) \(kill ? "KILL" : "TERM")")
            case .report(let report): reports.append(report.message)
            case .setMemoryAside: perform(core.memory(memory, at: now))
            case .putMemoryBack(let aside): putBack.append(aside)
            case .finish(let status): finished = status
            }
        }
    }

    mutating func start() { perform(core.start(at: now)) }
    mutating func listen() { perform(core.brokerListens(at: now)) }
    mutating func exit(_ index: Int, _ end: ProcessEnd) { perform(core.exited(index, end, at: now)) }
    mutating func stop() { perform(core.stop(.signal(2), at: now)) }
    mutating func pass(_ duration: Duration) {
        let end = now + duration
        while let deadline = core.nextDeadline, deadline <= end {
            now = max(now, deadline)
            perform(core.tick(at: now))
        }
        now = end
    }

    static var running: CoreBench {
        var bench = CoreBench()
        bench.start()
        bench.listen()
        return bench
    }
}

@Suite struct SupervisorCoreTests {
    @Test func everythingWaitsForTheBroker() {
        var bench = CoreBench()
        bench.start()
        #expect(bench.spawned == [0])
        bench.listen()
        #expect(bench.spawned == [0, 1, 2, 3, 4] && bench.core.phase == .running)
    }

    @Test func withAnExternalBrokerNothingWaits() {
        var bench = CoreBench(ownBroker: false)
        bench.start()
        #expect(bench.spawned == [0, 1, 2, 3])
    }

    @Test func aBrokerThatEndsBeforeItListensEndsUp() {
        var bench = CoreBench()
        bench.start()
        bench.exit(0, .exited(1))
        #expect(bench.finished == .unavailable && bench.spawned == [0])
        #expect(bench.reports == ["✖ broker (pid 100) exited with status 1 before it listened: no broker, no network"])
    }

    @Test func aBrokerThatNeverListensIsKilled() {
        var bench = CoreBench()
        bench.start()
        bench.pass(.seconds(10))
        #expect(bench.signals == ["broker KILL"] && bench.finished == nil)
        bench.exit(0, .signalled(9))
        #expect(bench.finished == .unavailable)
    }

    @Test func whatDiesIsReportedAndComesBack() {
        var bench = CoreBench.running
        bench.pass(.seconds(60))
        bench.exit(2, .signalled(9))
        #expect(bench.reports == ["✖ CP-001 engine (pid 102) was killed by SIGKILL; restarting in 1 s"])
        bench.pass(.milliseconds(999))
        #expect(bench.spawned.count == 5)
        bench.pass(.milliseconds(1))
        #expect(bench.spawned.last == 2 && bench.reports.last == "↻ CP-001 engine restarted (pid 105)")
        #expect(bench.core.children[2].restarts == 1)
    }

    @Test func whoDiesYoungAgainAndAgainWaitsLonger() {
        var bench = CoreBench.running
        var delays: [Duration] = []
        for _ in 0..<8 {
            bench.exit(2, .exited(1))
            guard case .waiting(let until) = bench.core.children[2].state else { break }
            delays.append(until - bench.now)
            bench.pass(until - bench.now)
        }
        #expect(delays == [1, 2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
        #expect(bench.reports.contains("✖ CP-001 engine (pid 105) exited with status 1, early for the 2nd time; restarting in 2 s"))
        // Who lives for a while is forgiven.
        bench.pass(.seconds(5))
        bench.exit(2, .exited(1))
        #expect(bench.reports.last?.hasSuffix("exited with status 1; restarting in 1 s") == true)
    }

    @Test(arguments: [64, 78] as [Int32]) func wrongSettingsAreTriedSlowly(status: Int32) {
        var bench = CoreBench.running
        bench.exit(4, .exited(status))
        #expect(
            bench.reports == [
                "✖ driver-alice (pid 104) exited with status \(status): its settings or files can't be accepted (see above); trying again in 30 s all the same"
            ])
        bench.pass(.seconds(30))
        #expect(bench.spawned.last == 4)
    }

    @Test func whatCannotBeStartedIsTriedAgain() {
        var bench = CoreBench.running
        bench.exit(2, .exited(0))
        bench.now = bench.now + .seconds(1)
        #expect(bench.core.tick(at: bench.now) == [.spawn(2)])
        bench.perform(bench.core.notStarted(2, reason: "No such file or directory", at: bench.now))
        #expect(bench.reports.last?.hasPrefix("✖ CP-001 engine could not be started: No such file or directory") == true)
        #expect(bench.core.nextDeadline != nil)
    }

    @Test func itStopsInOrder() {
        var bench = CoreBench.running
        bench.stop()
        #expect(bench.signals == ["driver-alice TERM"])
        bench.exit(4, .exited(0))
        #expect(bench.signals.suffix(2) == ["CP-001 engine TERM", "CP-001 monitor TERM"])
        bench.exit(3, .exited(0))
        #expect(bench.signals.count == 3)
        bench.exit(2, .signalled(15))
        #expect(bench.signals.last == "central TERM")
        bench.exit(1, .exited(0))
        #expect(bench.signals.last == "broker TERM" && bench.finished == nil)
        bench.exit(0, .exited(0))
        #expect(bench.finished == .ok && bench.core.phase == .finished && bench.core.nextDeadline == nil)
        #expect(bench.reports == ["■ Stopping 5 processes (Ctrl-C); once more to kill them"])
    }

    @Test func whoDoesNotStopIsKilledAndItGoesOn() {
        var bench = CoreBench.running
        bench.stop()
        bench.pass(.seconds(5))
        #expect(bench.signals == ["driver-alice TERM", "driver-alice KILL"])
        #expect(bench.reports.last == "⚠ driver-alice (pid 104) did not stop within 5 s: killed")
        bench.exit(4, .signalled(9))
        #expect(bench.signals.count == 4 && bench.reports.count == 2)
    }

    @Test func theSecondTimeAllAreKilled() {
        var bench = CoreBench.running
        bench.stop()
        bench.stop()
        #expect(bench.signals == ["driver-alice TERM"], "the same signal, delivered twice")
        bench.pass(.milliseconds(300))
        bench.stop()
        #expect(bench.signals.count { $0.hasSuffix("KILL") } == 5)
        for index in [2, 0, 4, 1, 3] { bench.exit(index, .signalled(9)) }
        #expect(bench.finished == .ok && bench.signals.count == 6)
    }

    @Test func whatWaitsForItsRestartIsNotStartedWhileStopping() {
        var bench = CoreBench.running
        bench.exit(2, .signalled(9))
        bench.stop()
        bench.pass(.seconds(2))
        #expect(bench.spawned.count == 5)
        // Who dies out of turn is told of, and not started either.
        bench.exit(3, .exited(1))
        #expect(bench.reports.last == "⚠ CP-001 monitor (pid 103) exited with status 1 while stopping")
        for index in [4, 1, 0] { bench.exit(index, .exited(0)) }
        #expect(bench.finished == .ok && bench.spawned.count == 5)
    }

    @Test func itStopsBeforeTheBrokerIsThere() {
        var bench = CoreBench()
        bench.start()
        bench.stop()
        bench.exit(0, .exited(0))
        #expect(bench.finished == .ok)
        bench.listen()
        #expect(bench.spawned == [0])
    }

    /// Random events, many times: it always ends when it is stopped, with nothing running, and never starts anything twice.
    @Test(arguments: UInt64(0)..<200) func anyOrderOfEventsEndsWell(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bench = CoreBench()
        if seed % 2 == 0 { bench.memory = .moved(SetAside(file: "/b/db", keptAs: "/b/db.old")) }
        bench.start()
        for step in 0..<200 {
            let running = bench.core.children.indices.filter { bench.core.children[$0].pid != nil }
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                if let index = running.randomElement(using: &random) {
                    let ends: [ProcessEnd] = [.exited(0), .exited(1), .exited(78), .signalled(9), .signalled(11), .signalled(15)]
                    bench.exit(index, ends.randomElement(using: &random) ?? .exited(0))
                }
            case 2: bench.pass(random.duration(below: .seconds(20)))
            case 3: bench.listen()
            case 4 where step > 150: bench.stop()
            default: break
            }
        }
        if bench.finished == nil { bench.stop() }
        for _ in 0..<20 where bench.finished == nil {
            bench.pass(.seconds(5))
            for index in bench.core.children.indices where bench.core.children[index].pid != nil { bench.exit(index, .signalled(9)) }
        }
        #expect(bench.finished != nil && bench.core.children.allSatisfy { $0.state == .idle })
    }
}
