import ChargingModel
import Testing

@testable import Fleet
@testable import Services

@Suite("a fleet: its plan, its limits, its figures") struct FleetTests {
    private func plan(
        points: Int, drivers: Int? = nil, supplying: FleetPlan.Supplying = .share(percent: 100), rate: Int64? = nil, processes: Int = 1
    ) -> FleetPlan {
        FleetPlan(
            name: "FLEET", points: points, drivers: drivers, supplying: supplying, requests: rate.map { .init(thousandths: $0 * 1000) },
            connects: .init(thousandths: 500_000), session: .seconds(10), check: .seconds(2), seed: 7, processes: processes)
    }

    @Test("every wanted point is one driver's, whatever their number; those of a process are disjoint", arguments: [1, 3, 7, 40, 100, 130])
    func everyPointIsAskedFor(drivers: Int) {
        let plan = plan(points: 100, drivers: drivers, supplying: .share(percent: 40), processes: 3)
        #expect(plan.wanted == 40)
        var asked: [ChargePointID: Int] = [:]
        for number in 1...drivers {
            let settings = plan.settings(of: number)
            #expect(settings.interval == nil && settings.points == plan.own(number))
            #expect(settings.vehicles == settings.points.count && settings.vehicles <= plan.vehiclesPerDriver)
            for cp in settings.points { asked[cp, default: 0] += 1 }
        }
        #expect(Set(asked.keys) == Set((1...40).map { plan.point($0) }))
        #expect(drivers > 40 || asked.values.allSatisfy { $0 == 1 })
        let shares = (0..<3).flatMap { plan.share(of: $0, among: 100) }
        #expect(shares.sorted() == Array(1...100))
        #expect(plan.share(of: 2, among: 2) == [])
    }

    @Test("who has no number of drivers gets one for each point that supplies, with a vehicle each") func usualDrivers() {
        #expect(plan(points: 50).drivers == 50 && plan(points: 50).vehiclesPerDriver == 1)
        #expect(plan(points: 50, supplying: .share(percent: 30)).drivers == 15)
        #expect(plan(points: 50, supplying: .share(percent: 0)).drivers == 0)
        #expect(plan(points: 50, supplying: .demand).drivers == 150)
        #expect(plan(points: 50, drivers: 10).vehiclesPerDriver == 5)
        #expect(plan(points: 50, supplying: .demand).settings(of: 3).interval == nil)
    }

    @Test("the requests of all drivers together are as many as was asked for") func rate() {
        #expect(plan(points: 400, rate: 100).requests?.interval(of: 4) == .milliseconds(40))
        #expect(FleetPlan.Rate(thousandths: 1).interval(of: 100_000) == .seconds(100_000_000))
    }

    @Test("ids are sorted as their numbers are, and are valid at the longest name") func ids() {
        var plan = plan(points: 100_000)
        plan.name = "a-name-of-20-letters"
        #expect(
            plan.point(7).text == "a-name-of-20-letters-000007" && self.plan(points: 5).point(7).text == "FLEET-000007"
                && plan.point(7) < plan.point(10))
        #expect(DriverID(plan.driver(100_000).text) != nil && ChargePointID(plan.point(100_000).text) != nil)
    }

    @Test("the processes have room for their descriptors, and are no more than they need") func processes() throws {
        #expect(try FleetLimits.processes(for: plan(points: 100), descriptors: 20_000, cores: 2, ports: 28_232) == 1)
        #expect(try FleetLimits.processes(for: plan(points: 1001), descriptors: 1 << 20, cores: 2, ports: 28_232) == 2)
        // Each has an address of its own, with so many ports.
        #expect(try FleetLimits.processes(for: plan(points: 100_000), descriptors: .max, cores: 2, ports: 28_232) == 12)
        for points in [1, 99, 1000, 4000, 30_000, 100_000] {
            for descriptors: UInt64 in [200, 1024, 20_000] {
                var plan = plan(points: points)
                plan.processes = try FleetLimits.processes(for: plan, descriptors: descriptors, cores: 2, ports: 28_232)
                let most = plan.share(of: 0, among: plan.points).count * 8 + plan.share(of: 0, among: plan.drivers).count * 3 + 96
                #expect(most <= descriptors, "\(points) points, \(descriptors) descriptors")
            }
        }
        #expect(throws: FleetLimits.TooLow.self) { try FleetLimits.processes(for: self.plan(points: 1), descriptors: 64, cores: 2, ports: 28_232) }
    }

    @Test("when the ports of one address are too few each process has an address of its own, if the broker is on this machine") func sources() throws
    {
        let large = plan(points: 30_000, processes: 12)
        #expect(try FleetLimits.sources(for: plan(points: 4000), ports: 28_232, isLoopback: true) == nil)
        let sources = try FleetLimits.sources(for: large, ports: 28_232, isLoopback: true) ?? []
        #expect(Set(sources).count == 12 && sources.first == "127.0.0.2")
        #expect(throws: FleetLimits.TooLow.self) { try FleetLimits.sources(for: large, ports: 28_232, isLoopback: false) }
    }

    @Test("percentiles are those of all times, to three percent; the counts of processes add up") func histogram() throws {
        var random = SplitMix64(seed: 1)
        var whole = Histogram()
        var parts = [Histogram(), Histogram()]
        var times: [UInt64] = []
        for number in 0..<5000 {
            let time = UInt64.random(in: 0..<(1 << UInt64.random(in: 0..<40, using: &random)), using: &random)
            times.append(time)
            whole.add(.nanoseconds(Int64(time) * 1000))
            parts[number % 2].add(.nanoseconds(Int64(time) * 1000))
        }
        parts[0].add(parts[1])
        #expect(parts[0] == whole && Histogram(numbers: whole.numbers) == whole)
        times.sort()
        for percent in [1.0, 50, 90, 99, 99.9, 100] {
            let exact = times[max(0, Int((Double(times.count) * percent / 100).rounded(.up)) - 1)]
            let found = try #require(whole.percentile(percent))
            #expect(found >= exact && Double(found) <= Double(exact) * 1.04 + 1, "\(percent) %")
        }
        #expect(Histogram().percentile(50) == nil && Histogram(numbers: [1]) == nil && Histogram(numbers: [1, .max]) == nil)
        var extreme = Histogram()
        extreme.add(.seconds(Int64.max))
        extreme.add(.seconds(-1))
        #expect(extreme.count == 2)
    }

    @Test("a line says what was counted; anything else is none") func lines() throws {
        var counts = FleetCounts()
        counts.connected = 3
        counts.readingsSent = 1 << 40
        counts.tooFewVehicles = 9
        counts.requestTimes.add(.milliseconds(3))
        let read = try #require(FleetCounts(line: counts.line))
        #expect(read == counts)
        var sum = read
        sum.add(counts)
        #expect(sum.connected == 6 && sum.readingsSent == 1 << 41 && sum.requestTimes.count == 2)
        for line in ["", "{}", "❌ something", #"{"connected":-1}"#, String(counts.line.dropLast())] { #expect(FleetCounts(line: line) == nil) }
    }
}
