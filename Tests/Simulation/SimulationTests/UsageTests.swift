import ChargingModel
import Demand
import Testing

@testable import Simulation

@Suite("What the points were used for") struct UsageTests {
    @Test("the sums of the slots are those of the kinds, and of the run", arguments: [Scenario.Trouble.none, .mild])
    func sums(trouble: Scenario.Trouble) throws {
        let (outcome, usage) = Simulation.use(of: Scenario(seed: 3, duration: .seconds(300), trouble: trouble))
        #expect(outcome.violation == nil)
        let report = try #require(usage)
        #expect(report.slots.count == 30 && report.slotLength == .seconds(10))
        let energy = report.slots.reduce(Energy.zero) { $0 + $1.energy }
        #expect(energy == report.kinds.reduce(Energy.zero) { $0 + $1.usage.energy })
        #expect(energy.wattHours <= outcome.counts.wattHours, "what came after the span is not in it")
        #expect(energy.wattHours > outcome.counts.wattHours * 9 / 10)
        #expect(report.slots.reduce(0) { $0 + $1.income.microEuro } == report.kinds.reduce(0) { $0 + $1.usage.income.microEuro })
        let occupied = report.slots.reduce(Duration.zero) { $0 + $1.occupied }
        #expect(occupied == report.kinds.reduce(Duration.zero) { $0 + $1.usage.occupied })
        #expect(report.slots.allSatisfy { $0.occupied <= .seconds(10 * 10) })
        #expect(report.slots.reduce(0) { $0 + $1.arrivals } == outcome.counts.requests)
        #expect(report.waits.count == report.slots.reduce(0) { $0 + $1.accepted })
        #expect(report.energies.count == report.kinds.reduce(0) { $0 + $1.usage.sessions })
        #expect(report.kinds.map(\.kind) == ["Standard AC", "Fast DC", "Ultra-Fast DC", "Slow AC", "Hyper-Fast DC"])
        #expect(report.kinds.map(\.usage.points) == [3, 4, 1, 1, 1])
        #expect((report.slots.map(\.peak).max() ?? Power(watts: 0)) <= Power(watts: 830_000), "no more than all points together")
    }

    @Test("people come, wait for a point or leave, charge as their vehicles do, and go; every rule holds", arguments: [Scenario.Trouble.none, .wild])
    func people(trouble: Scenario.Trouble) throws {
        let isCalm = trouble == .none
        let scenario = Scenario(
            seed: 5, roster: .synthetic(points: 10, drivers: 40), duration: .seconds(isCalm ? 36_000 : 1800), trouble: trouble,
            telemetryInterval: .seconds(300), checkInterval: .seconds(isCalm ? 300 : 30),
            demand: Demand(visitsPerThousandDays: isCalm ? 6000 : 20_000))
        let (outcome, usage) = Simulation.use(of: scenario)
        #expect(outcome.violation == nil, "\(scenario.command)")
        let report = try #require(usage)
        guard isCalm else { return }
        let arrivals = report.slots.reduce(0) { $0 + $1.arrivals }
        #expect(arrivals > 30)
        #expect(report.waits.count > arrivals / 4)
        let left = report.slots.reduce(0) { $0 + $1.unserved }
        #expect(arrivals == report.waits.count + left, "each is accepted or leaves")
        #expect(report.stays.allSatisfy { $0 > .zero && $0 <= .seconds(86_400) })
        for (_, usage) in report.kinds { #expect(usage.supplying <= usage.occupied) }
    }

    @Test("the same seed gives the same people, whoever else there is; a long run draws them day by day")
    func visits() {
        let demand = Demand(visitsPerThousandDays: 1500)
        func visits(_ drivers: Int, days: Int64) -> [Visit] {
            let scenario = Scenario(
                seed: 9, roster: .synthetic(points: 10, drivers: drivers), duration: .seconds(86_400 * days), demand: demand)
            let currents = Dictionary(uniqueKeysWithValues: scenario.roster.points.map { ($0.cp, $0.current) })
            let drawn = DriverVisits(demand, of: 3, scenario, currents)
            var found: [Visit] = []
            while let visit = drawn.take() { found.append(visit) }
            return found
        }
        let short = visits(5, days: 3)
        let long = visits(50, days: 30)
        #expect(short == long.prefix(short.count).filter { $0.at < .seconds(86_400 * 3) })
        #expect(long.count > 20)
        for (visit, next) in zip(long, long.dropFirst()) { #expect(visit.at + visit.stay <= next.at, "one vehicle is at one place") }
    }
}
