import ChargingModel
import Simulation
import Testing

@Suite("All cores against each other, seeded") struct WorldTests {
    @Test("untouched: every ACCEPTED is followed by COMPLETED, and many charge at once")
    func calm() {
        var world = World(World.Settings(points: 10, drivers: 5), seed: 1)
        world.run(for: .seconds(600))
        world.settle()
        #expect(world.violations == [])
        #expect(world.counts.accepted > 300)
        #expect(world.counts.denied > 0)
        #expect(world.counts.failed == 0)
        #expect(world.counts.completed == world.counts.accepted)
        #expect(world.counts.maxSupplying >= 7)
    }

    @Test("the same seed is the same run")
    func repeatable() {
        func run() -> World.Counts {
            var world = World(World.Settings(troubleEvery: .seconds(2), commitFailures: 0.02), seed: 42)
            world.run(for: .seconds(60))
            return world.counts
        }
        #expect(run() == run())
    }

    @Test("I1–I5, F1–F11: whatever dies in whatever order, nothing is lost, doubled or contradicted", arguments: 1...40)
    func trouble(seed: Int) {
        var world = World(World.Settings(troubleEvery: .milliseconds(1500), commitFailures: 0), seed: UInt64(seed))
        world.run(for: .seconds(200))
        world.settle()
        #expect(world.violations == [])
        #expect(world.counts.kills > 20)
        #expect(world.counts.accepted > 5)
    }

    @Test("S1, S7: and the same while the ledger's commits fail, half of them written all the same", arguments: 101...140)
    func ledgerTrouble(seed: Int) {
        var world = World(World.Settings(troubleEvery: .seconds(3), commitFailures: 0.05), seed: UInt64(seed))
        world.run(for: .seconds(200))
        world.settle()
        #expect(world.violations == [])
        #expect(world.counts.commitsFailed > 0)
    }
}
