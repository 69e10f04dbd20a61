public import ChargingModel
public import Demand

/// A run of a scenario and what came of it.
public struct Simulation: Sendable {
    /// What came of a run.
    public struct Outcome: Hashable, Sendable {
        public var scenario: Scenario
        public var counts: Counts
        public var violation: Violation?
        /// How long everything took to come to rest, when all trouble was over.
        public var settled: Duration
        /// Two runs with the same digest were the same.
        public var digest: UInt64
        /// The incidents that were drawn, by their numbers.
        public var incidents: [Int]
    }

    /// Runs a scenario to its end, or to the first rule that is broken.
    /// - Parameter progress: called after each virtual minute with the virtual time that has passed, and what was seen so far.
    public static func run(_ scenario: Scenario, progress: ((Duration, Counts) -> Void)? = nil) -> Outcome {
        let world = World(scenario)
        return finish(world, progress)
    }

    /// The same, with what the points were used for.
    public static func use(of scenario: Scenario, progress: ((Duration, Counts) -> Void)? = nil) -> (outcome: Outcome, usage: UsageReport?) {
        let world = World(scenario)
        world.usage = UsageLog(scenario)
        let outcome = finish(world, progress)
        return (outcome, world.usage?.report(of: world))
    }

    /// Runs it again and tells it in words: the last lines before its end.
    public static func story(of scenario: Scenario, most: Int = 200) -> [String] {
        let narrator = Narrator(most: most)
        _ = finish(World(scenario, narrator: narrator), nil)
        return narrator.story
    }

    /// What goes wrong in a scenario, in words.
    public static func plan(of scenario: Scenario) -> [(number: Int, text: String)] {
        let world = World(scenario)
        return world.troubles.incidents.filter { scenario.only?.contains($0.number) ?? true }.map { incident in
            (incident.number, "\(Narrator.clockText(incident.at))  \(incident.text(world.name))")
        }
    }

    /// Since the world began: `01:02:03.456`.
    public static func clockText(_ time: Instant) -> String { Narrator.clockText(time) }

    /// Who takes part, by the names that clients have on the bus.
    public static func parties(of scenario: Scenario) -> [String] { World(scenario).processes.map(\.name) }

    private static func finish(_ world: World, _ progress: ((Duration, Counts) -> Void)?) -> Outcome {
        let end = Instant(nanoseconds: world.scenario.duration.nanoseconds)
        while world.clock < end, world.violation == nil {
            world.run(until: min(end, world.clock + .seconds(60)))
            progress?(.nanoseconds(world.clock.nanoseconds), world.counts)
        }
        let settled = world.violation == nil ? world.settle() : .zero
        return Outcome(
            scenario: world.scenario, counts: world.counts, violation: world.violation, settled: settled, digest: world.digest,
            incidents: world.troubles.incidents.map(\.number).filter { world.scenario.only?.contains($0) ?? true })
    }
}
