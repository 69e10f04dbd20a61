public import ChargingModel

/// A vehicle that comes to charge, once.
public struct Visit: Hashable, Sendable {
    /// The time since the beginning of the day that it was drawn for.
    public var at: Duration
    public var current: CurrentKind
    /// The power that it takes, from its state of charge on arrival until it is full.
    public var load: Load
    /// The energy with which it has enough.
    public var wanted: Energy
    /// The longest time that it stays plugged in.
    public var stay: Duration
}

extension Visit {
    /// The time that a driver waits for a point to become available; assumed.
    public static let patience: [CurrentKind: Duration] = [.ac: .seconds(300), .dc: .seconds(900)]

    /// The purpose for which the vehicle has come, at one of these points that have its kind of current.
    public func needs(at points: [ChargePointID]) -> ChargingNeeds {
        // Alternating current is left until one comes back; with direct current one waits, and goes when there is enough.
        ChargingNeeds(points: points, energy: current == .dc ? wanted : nil, stay: stay, patience: Visit.patience[current] ?? .zero)
    }
}

/// The demand for public charging: drivers with one vehicle each, independent of each other, with their times, vehicles and stays.
public struct Demand: Hashable, Sendable {
    /// The mean number of a driver's visits in a thousand days.
    public var visitsPerThousandDays: Int

    /// The share of visits that go to points with direct current, in thousandths, by drivers whose vehicles can have it.
    static let shareOfDirectCurrent: UInt64 = 590

    public init(visitsPerThousandDays: Int) { self.visitsPerThousandDays = visitsPerThousandDays }

    /// The assumptions, as they stand under a report.
    public static let assumptions: [String] = [
        "Kind: nearly 60 % of public sessions are at rapid and ultra-rapid points (Zapmap data for the United Kingdom, current-news.co.uk, 2025).",
        "Arrivals, direct current: a Poisson process, most at noon, as at England's local authority rapid points (Department for Transport, Electric Chargepoint "
            + "Analysis 2017, 13 December 2018, as told by Cornwall Insight); the other hours are assumed.",
        "Arrivals, alternating current: most on working days at 8 to 9 and at weekends at 13 to 14 o'clock, as at EVnetNL's public points in the Netherlands in 2015 (08:51 and "
            + "13:45; nederlandelektrisch.nl); a second peak at the end of the working day and the other hours are assumed.",
        "Stays, alternating current: assumed, so that vehicles are full for about 60 % of the time that they are plugged in, as in 1.8 million sessions in the Netherlands "
            + "(61.4 %; study of the Joint Research Centre of the European Commission).",
        "Stays, direct current: until there is enough, mostly 80 % of the battery. The medians of over 4000 sessions at 50 to 350 kW were 28 to 36 minutes (Mahlberg, Desai, "
            + "Bullock, World Electric Vehicle Journal 14(11) 308, 2023); how empty vehicles come is assumed.",
        "Vehicles: eight models with batteries of 13 to 90 kWh; capacities, charging curves and shares are assumed. Cables carry 500 A of direct and 3 × 32 A of alternating "
            + "current.",
    ]

    /// The vehicle of a driver.
    public func vehicle(of driver: Int, seed: UInt64) -> VehicleModel {
        var random = SplitMix64(seed: mix(seed, UInt64(bitPattern: Int64(driver)), 0))
        var left = Int(random.next() % UInt64(VehicleModel.fleet.reduce(0) { $0 + $1.share }))
        for model in VehicleModel.fleet {
            if left < model.share { return model }
            left -= model.share
        }
        return VehicleModel.fleet[0]
    }

    /// The visits of a driver on one day, by time: at most one in a minute. They may overlap: a driver who is still plugged in does not come again.
    /// - Parameter beginning: midnight, by the clock on the wall there.
    public func visits(of driver: Int, on day: Int, beginning: WallTime, seed: UInt64) -> [Visit] {
        let model = vehicle(of: driver, seed: seed)
        var random = SplitMix64(seed: mix(seed, UInt64(bitPattern: Int64(driver)), UInt64(day) &+ 1))
        // 1 January 1970 was a Thursday.
        let weekday = (beginning.milliseconds / 86_400_000 + 3) % 7
        var visits: [Visit] = []
        for current in CurrentKind.allCases where model.takes(current) {
            let profile = Profile.of(current)
            let hours = weekday < 5 ? profile.weekday : profile.weekend
            // In millionths of a visit.
            let share = model.takes(.dc) ? (current == .dc ? Demand.shareOfDirectCurrent : 1000 - Demand.shareOfDirectCurrent) : 1000
            let ofDay = UInt64(visitsPerThousandDays) * share
            let sum = hours.reduce(0, +) * 60
            for minute in 0..<1440 {
                // The chance of this minute, of 2^32.
                let chance = (ofDay << 32) / 1_000_000 * hours[minute / 60] / sum
                guard random.next() >> 32 < chance else { continue }
                visits.append(visit(of: model, current, profile, at: .seconds(Int64(minute) * 60) + random.duration(below: .seconds(60)), &random))
            }
        }
        return visits.sorted { $0.at < $1.at }
    }

    private func visit(of model: VehicleModel, _ current: CurrentKind, _ profile: Profile, at: Duration, _ random: inout SplitMix64) -> Visit {
        func draw(_ line: Line) -> Int64 { line.y(at: Int64(random.next() % 1001)) }
        let charge = draw(profile.arrival)
        let enough = max(draw(profile.enough), charge + 50)
        return Visit(
            at: at, current: current, load: model.load(from: charge, current), wanted: model.energy(from: charge, to: min(1000, enough)),
            stay: .seconds(draw(profile.stay)))
    }
}

/// A number that differs when any of these does.
private func mix(_ seed: UInt64, _ a: UInt64, _ b: UInt64) -> UInt64 {
    var first = SplitMix64(seed: seed ^ 0xDE3A_17D5_0C0A_57E5)
    var second = SplitMix64(seed: first.next() ^ (a &* 0x9E37_79B9_7F4A_7C15))
    var third = SplitMix64(seed: second.next() ^ (b &* 0xBF58_476D_1CE4_E5B9))
    return third.next()
}
