import ChargingModel
import Demand
import Simulation
import Testing

@Suite("All programs against each other in virtual time") struct WorldTests {
    @Test("untouched: every ACCEPTED is followed by COMPLETED")
    func calm() {
        let outcome = Simulation.run(Scenario(seed: 1))
        #expect(outcome.violation == nil)
        #expect(outcome.counts.accepted > 300)
        #expect(outcome.counts.completed == outcome.counts.accepted)
        #expect(outcome.counts.failed == 0 && outcome.counts.strays == 0 && outcome.counts.incidents == 0)
        #expect(outcome.counts.readings > 3000)
    }

    @Test("the same seed is the same run; another one is not")
    func repeatable() {
        let scenario = Scenario(seed: 42, points: 4, drivers: 3, duration: .seconds(60), trouble: .wild)
        let first = Simulation.run(scenario)
        #expect(first == Simulation.run(scenario))
        #expect(Simulation.story(of: scenario) == Simulation.story(of: scenario))
        var other = scenario
        other.seed = 43
        #expect(first.digest != Simulation.run(other).digest)
    }

    @Test("I1–I5, F1–F11, liveness: whatever goes wrong", arguments: 1...4)
    func wild(seed: UInt64) {
        let outcome = Simulation.run(Scenario(seed: seed, duration: .seconds(90), trouble: .wild))
        #expect(outcome.violation == nil, "\(outcome.scenario.command)")
        #expect(outcome.counts.incidents > 15)
        #expect(outcome.counts.accepted > 5)
    }

    @Test(
        "seeds that found something",
        arguments: [
            // S6: the record of a second engine shut out that of the first.
            Scenario(seed: 157, duration: .seconds(180), trouble: .wild),
            // S8: accepted while the operator's wish was on its way to the ledger.
            Scenario(seed: 51, points: 3, drivers: 4, duration: .seconds(60), trouble: .wild),
            // S8: a wish that was never written was told to an engine that was born meanwhile, and never taken back.
            Scenario(seed: 21977, duration: .seconds(210), trouble: .wild),
            // P12: a START acted on after a slow disk and a long stop.
            Scenario(seed: 21978, duration: .seconds(60), trouble: .wild),
            // S4: an engine took the ACK of its copy's record for its own.
            Scenario(seed: 46421, duration: .seconds(210), trouble: .wild),
            // I5: an accepting decision written after the connection in which it was taken, and its request heard again meanwhile.
            Scenario(seed: 42361, duration: .seconds(210), trouble: .wild),
            // S8: accepted while a wish was written behind an older one to resume.
            Scenario(seed: 103202, duration: .seconds(210), trouble: .wild),
            // P12: a wish of the operator came again after a newer one.
            Scenario(seed: 61142, duration: .seconds(210), trouble: .wild),
            // P8: tickets that had been read before Central was online overwrote newer ones.
            Scenario(seed: 200035, duration: .seconds(210), trouble: .wild),
            // The overseer's mistake: a reading overtook the birth of its connection, and its epoch counted for Central alone.
            Scenario(seed: 208977, duration: .seconds(210), trouble: .wild),
            // The overseer's mistake: the connection of a copy that had gone counted for ever, and for Central ten seconds.
            Scenario(seed: 1557, duration: .seconds(180), trouble: .wild),
            // P11: a point was available again when a stranger's claim was over, and its verdict was not said.
            Scenario(seed: 2438, duration: .seconds(180), trouble: .wild),
            // S5: after a stranger's will an epoch of seventy years ahead was believed at once.
            Scenario(seed: 309, duration: .seconds(210), trouble: .stranger),
            // S5: while nobody was established yet, an owner's contest of a stranger's claim counted for nothing.
            Scenario(seed: 101_126, duration: .seconds(12), trouble: .stranger),
            // P8: an engine that was asked for a birth while it was connecting did nothing else any more until it was online.
            Scenario(seed: 106_642, duration: .seconds(210), trouble: .stranger),
            // P9: an engine that was stopped between two connections said goodbye on the second one, under no epoch.
            WorldTests.longSessions(Scenario(seed: 27691, points: 8, drivers: 5, duration: .seconds(60), trouble: .wild)),
        ])
    func found(scenario: Scenario) { #expect(Simulation.run(scenario).violation == nil, "\(scenario.command)") }

    private static func longSessions(_ scenario: Scenario) -> Scenario {
        var scenario = scenario
        scenario.sessionDuration = .seconds(30)
        return scenario
    }

    /// With two Centrals.
    private static func two(_ seed: UInt64, points: Int = 10, drivers: Int = 5, lasts duration: Duration = .seconds(120)) -> Scenario {
        var scenario = Scenario(seed: seed, points: points, drivers: drivers, duration: duration, trouble: .wild)
        scenario.centrals = 2
        return scenario
    }

    @Test(
        "F12: of two Centrals that share a ledger one is at work, whatever goes wrong",
        arguments: (1...4).map { two($0) } + [
            // P6: one that stood still took an answer of before for its turn, and went on the bus below the other's epoch.
            two(46),
            // The overseer's mistake: what was decided by a commit that came late was held against what was known later.
            {
                var scenario = two(1932, points: 3, drivers: 4, lasts: .seconds(60))
                scenario.sessionDuration = .seconds(30)
                return scenario
            }(),
        ])
    func twoCentrals(_ scenario: Scenario) {
        let outcome = Simulation.run(scenario)
        #expect(outcome.violation == nil, "\(outcome.scenario.command)")
        #expect(outcome.counts.accepted > 5)
    }

    @Test("F12: a Central that is killed, hangs, or can't reach the ledger is followed by the other one")
    func follows() {
        let story = Simulation.story(of: WorldTests.two(2, lasts: .seconds(180)), most: .max)
        let turns = story.filter { $0.hasSuffix("has the turn") }
        #expect(turns.contains { $0.contains(" central has") } && turns.contains { $0.contains(" central-2 has") } && turns.count > 3, "\(turns)")
    }

    @Test("the same with fresh seeds", arguments: (0..<1).map { _ in UInt64.random(in: 1_000_000...999_999_999) })
    func fresh(seed: UInt64) {
        let scenario = Scenario(seed: seed, points: 4, drivers: 3, duration: .seconds(90), trouble: .wild)
        print("a fresh seed: \(scenario.command)")
        #expect(Simulation.run(scenario).violation == nil, "\(scenario.command)")
    }

    @Test("mild trouble: nearly everything is served", arguments: 1...1)
    func mild(seed: UInt64) {
        let outcome = Simulation.run(Scenario(seed: seed, duration: .seconds(300), trouble: .mild))
        #expect(outcome.violation == nil, "\(outcome.scenario.command)")
        #expect(outcome.counts.completed > 100)
        #expect(outcome.counts.incidents > 5)
    }

    @Test("an incident can be left out, and the others stay as they are")
    func partsOfAPlan() {
        var scenario = Scenario(seed: 5, duration: .seconds(60), trouble: .wild)
        let all = Simulation.plan(of: scenario)
        #expect(all.count > 10)
        scenario.only = [all[1].number, all[3].number]
        #expect(Simulation.plan(of: scenario).map(\.text) == [all[1].text, all[3].text])
        #expect(Simulation.run(scenario).counts.incidents == 2)
        scenario.only = []
        #expect(Simulation.run(scenario).counts.incidents == 0)
    }

    @Test("the command that runs it again says all that is not usual, as a shell and the command itself read it")
    func command() {
        var scenario = Scenario(seed: 7)
        #expect(scenario.command == "wattline simulate --seed 7")
        scenario.duration = .seconds(366 * 86_400)
        scenario.telemetryInterval = .milliseconds(500)
        #expect(scenario.command == "wattline simulate --seed 7 --duration 31622400s --telemetry 500ms")
        let roster = Roster(points: Scenario(seed: 1).roster.points, drivers: [], file: "my network's.json")
        // The file may say another length of a session than the usual one.
        #expect(Scenario(seed: 7, roster: roster).command == "wattline simulate --seed 7 --network 'my network'\\''s.json' --session 10s")
        let visited = Scenario(seed: 7, roster: roster, demand: Demand(visitsPerThousandDays: 400))
        #expect(visited.command == "wattline simulate --seed 7 --network 'my network'\\''s.json' --visits 0.400")
    }

    @Test("who is left out is not there")
    func withoutSome() {
        var scenario = Scenario(seed: 5, points: 2, drivers: 2, duration: .seconds(60))
        scenario.without = ["driver:driver-002", "monitor:CP-002"]
        let outcome = Simulation.run(scenario)
        #expect(outcome.violation == nil)
        #expect(outcome.counts.accepted > 0)
        #expect(Simulation.story(of: scenario, most: 10_000).allSatisfy { !$0.contains("driver-002") })
        #expect(scenario.command == "wattline simulate --seed 5 --points 2 --drivers 2 --duration 60s --without driver:driver-002,monitor:CP-002")
    }
}
