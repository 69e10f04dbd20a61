import ChargingModel
import Simulation
import Testing

@Suite("Networks in which not everybody is known (P15, S11)") struct NameTests {
    private func listed(_ seed: UInt64, _ trouble: Scenario.Trouble, seconds: Int64 = 90) -> Scenario {
        var scenario = Scenario(seed: seed, points: 4, drivers: 4, duration: .seconds(seconds), trouble: trouble)
        scenario.known = .listed
        scenario.stations = 0
        return scenario
    }

    @Test("who is in no list asks in vain and often, and costs the others nothing")
    func unknown() {
        let outcome = Simulation.run(listed(1, .none))
        #expect(outcome.violation == nil, "\(outcome.scenario.command)")
        #expect(outcome.counts.unknown > 20)
        #expect(outcome.counts.accepted > 10)
    }

    @Test("names come and go, whatever else goes wrong; what was metered with cards that do not count is kept, and owed by nobody")
    func wild() {
        var unowed = 0
        for seed in [1, 2, 9] as [UInt64] {
            let outcome = Simulation.run(listed(seed, .wild))
            #expect(outcome.violation == nil, "\(outcome.scenario.command)")
            let incidents = Simulation.plan(of: outcome.scenario).map(\.text)
            #expect(incidents.contains { $0.contains("is taken away") } && incidents.contains { $0.contains("the card of") })
            unowed += outcome.counts.unowed
        }
        #expect(unowed > 0)
    }

    @Test("where everybody is known nothing is drawn for it, and the command says which of the two it was")
    func everybody() {
        var scenario = listed(1, .wild)
        #expect(scenario.command.hasSuffix("--trouble wild --stations 0 --known listed"))
        let all = Simulation.plan(of: scenario).count
        scenario.known = .everybody
        #expect(Simulation.plan(of: scenario).count < all)
        let parties = Simulation.parties(of: scenario)
        #expect(!parties.contains { $0.contains("guest") })
        // What it had before there were names.
        #expect(Simulation.run(scenario).counts.unknown == 0)
    }
}
