import ChargingModel
import Testing

@testable import Demand

/// Visits of many drivers on some days from a Monday on, with the hour and the weekday of each.
private let drawn: [(visit: Visit, model: VehicleModel, day: Int)] = {
    let demand = Demand(visitsPerThousandDays: 1000)
    var all: [(Visit, VehicleModel, Int)] = []
    for driver in 0..<3000 {
        for day in 0..<14 {
            let midnight = WallTime(milliseconds: 1_795_392_000_000 + Int64(day) * 86_400_000)
            for visit in demand.visits(of: driver, on: day, beginning: midnight, seed: 1) {
                all.append((visit, demand.vehicle(of: driver, seed: 1), day))
            }
        }
    }
    return all
}()

private func median(_ values: [Int64]) -> Int64 { values.sorted()[values.count / 2] }

extension Visit {
    fileprivate var hour: Int { Int(at.milliseconds / 3_600_000) }

    /// How long it charges at a point of this power.
    fileprivate func charging(at limit: Power) -> Duration {
        let wanted = current == .dc ? wanted : load.capacity
        return min(stay, load.time(toDeliver: wanted, limit: limit) ?? stay)
    }
}

@Suite("Who comes to charge") struct DemandTests {
    @Test("as many come as are asked for, by day, by hour and by the kind of current")
    func arrivals() {
        // 42 000 on average.
        #expect((41_000...43_000).contains(drawn.count), "\(drawn.count)")
        let dc = drawn.count { $0.visit.current == .dc } * 1000 / drawn.count
        #expect((520...560).contains(dc), "59 % of those who can, which 8 % can't: \(dc)")
        for current in CurrentKind.allCases {
            let ofDays = drawn.filter { $0.visit.current == current && $0.day % 7 < 5 }
            let hours = Profile.of(current).weekday
            for hour in 0..<24 {
                let expected = Double(hours[hour]) / Double(hours.reduce(0, +))
                let found = Double(ofDays.count { $0.visit.hour == hour }) / Double(ofDays.count)
                #expect(abs(found - expected) < 0.006, "\(current) at \(hour): \(found), not \(expected)")
            }
        }
    }

    @Test("the busiest hours are those of the sources")
    func peaks() {
        func busiest(_ current: CurrentKind, weekend: Bool) -> Int {
            let hours = drawn.filter { $0.visit.current == current && ($0.day % 7 >= 5) == weekend }.map(\.visit.hour)
            return (0..<24).max { a, b in hours.count { $0 == a } < hours.count { $0 == b } } ?? -1
        }
        #expect(busiest(.dc, weekend: false) == 12)
        #expect(busiest(.ac, weekend: false) == 8)
        #expect((12...14).contains(busiest(.ac, weekend: true)))
    }

    @Test("direct current: the median charge takes as long as was measured, 28 to 36 minutes")
    func directCurrent() {
        let points = [50_000, 150_000, 350_000].map { Power(watts: $0) }
        let times = drawn.filter { $0.visit.current == .dc }.enumerated().map { $1.visit.charging(at: points[$0 % 3]).milliseconds / 60_000 }
        #expect((24...36).contains(median(times)), "\(median(times)) minutes")
        let energies = drawn.filter { $0.visit.current == .dc }.map(\.visit.wanted.wattHours)
        #expect((15_000...40_000).contains(median(energies)), "\(median(energies)) Wh")
    }

    @Test("alternating current: vehicles are full for about 60 % of the time that they are plugged in")
    func alternatingCurrent() {
        var charging: Int64 = 0
        var plugged: Int64 = 0
        for (visit, _, _) in drawn where visit.current == .ac {
            charging += visit.charging(at: Power(watts: 22_000)).milliseconds
            plugged += visit.stay.milliseconds
        }
        let idle = (plugged - charging) * 1000 / plugged
        #expect((560...660).contains(idle), "\(idle)")
    }

    @Test("visits come by time, none goes beyond its vehicle")
    func plausible() {
        for (visit, model, _) in drawn {
            #expect(visit.at >= .zero && visit.at < .seconds(86_400))
            #expect(visit.wanted <= visit.load.capacity && visit.load.capacity <= model.capacity && visit.wanted > .zero)
            #expect(visit.stay >= .seconds(600))
            #expect(visit.load.steps.allSatisfy { $0.power <= (visit.current == .ac ? model.onBoard : Power(watts: 360_000)) })
        }
    }

    @Test("the same seed gives the same visits, another one others; drivers and days are independent of each other")
    func determined() {
        let demand = Demand(visitsPerThousandDays: 20_000)
        let midnight = WallTime(milliseconds: 1_795_392_000_000)
        func visits(_ driver: Int, _ day: Int, _ seed: UInt64) -> [Visit] { demand.visits(of: driver, on: day, beginning: midnight, seed: seed) }
        #expect(visits(1, 0, 7) == visits(1, 0, 7))
        #expect(Set([visits(1, 0, 7), visits(2, 0, 7), visits(1, 1, 7), visits(1, 0, 8)]).count == 4)
        #expect(visits(1, 0, 7).count > 5)
        #expect(zip(visits(1, 0, 7), visits(1, 0, 7).dropFirst()).allSatisfy { $0.at <= $1.at })
        let models = Dictionary(grouping: 0..<10_000) { demand.vehicle(of: $0, seed: 3).name }.mapValues(\.count)
        for model in VehicleModel.fleet { #expect(abs((models[model.name] ?? 0) - model.share * 10) < 150, "\(model.name)") }
    }
}
