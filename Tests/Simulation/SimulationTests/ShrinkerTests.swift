import ChargingModel
import Testing

@testable import Simulation

@Suite("Making a failing run smaller") struct ShrinkerTests {
    private func violation(_ rule: String) -> Violation { Violation(rule: rule, what: "", at: Instant(nanoseconds: 40_000_000_000)) }

    @Test("what is not needed for the same rule to break is left out: time, incidents, parties")
    func smaller() throws {
        let scenario = Scenario(seed: 3, points: 4, drivers: 3, duration: .seconds(100), trouble: .wild)
        let numbers = Simulation.plan(of: scenario).map(\.number)
        let needed: Set<Int> = [numbers[1], numbers[3]]
        var runs = 0
        let small = try #require(
            Shrinker.shrink(
                scenario, budget: 400,
                judge: { tried in
                    runs += 1
                    let hasAll = tried.only.map { needed.isSubset(of: $0) } ?? true
                    // Another rule breaks when nobody is left: that is another story.
                    guard tried.without.isDisjoint(with: ["driver:driver-002", "engine:CP-003"]) else { return violation("I1") }
                    return hasAll && tried.duration >= .seconds(17) ? violation("I3") : nil
                }, progress: { _ in }))
        #expect(small.only == needed)
        #expect(small.duration >= .seconds(17) && small.duration < .seconds(40))
        #expect(Set(Simulation.parties(of: small)).subtracting(small.without) == ["central", "driver:driver-002", "engine:CP-003"])
        #expect(runs < 200)
    }

    @Test("a rule that breaks when all is at rest needs less time, too; and a budget that is used up is told")
    func shorter() throws {
        let scenario = Scenario(seed: 3, points: 2, drivers: 1, duration: .seconds(240), trouble: .wild)
        var told: [String] = []
        func shrink(budget: Int) -> Scenario? {
            told = []
            return Shrinker.shrink(
                scenario, budget: budget,
                judge: { tried in
                    let atRest = Instant(nanoseconds: (tried.duration + .seconds(30)).nanoseconds)
                    return tried.duration >= .seconds(9) ? Violation(rule: "I3", what: "", at: atRest) : nil
                }, progress: { told.append($0) })
        }
        let small = try #require(shrink(budget: 100))
        #expect(small.duration >= .seconds(9) && small.duration <= .seconds(12))
        #expect(!told.contains { $0.contains("runs were made") })
        #expect(shrink(budget: 3) != nil)
        #expect(told.last == "3 runs were made: with more it might get smaller")
    }

    @Test("what holds is not made smaller; a budget is kept")
    func limits() {
        let scenario = Scenario(seed: 3, points: 2, drivers: 1, duration: .seconds(30), trouble: .wild)
        #expect(Shrinker.shrink(scenario, budget: 10, judge: { _ in nil }, progress: { _ in }) == nil)
        var runs = 0
        let small = Shrinker.shrink(
            scenario, budget: 5,
            judge: { _ in
                runs += 1
                return violation("I2")
            }, progress: { _ in })
        #expect(small != nil)
        #expect(runs <= 6)
    }
}
