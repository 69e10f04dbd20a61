internal import ChargingModel
internal import Demand

/// The visits of one driver, drawn a day at a time: a year of them need not be kept.
final class DriverVisits {
    private let demand: Demand
    private let number: Int
    private let seed: UInt64
    private let length: Duration
    /// The points near this driver, for each kind of current.
    private let points: [CurrentKind: [ChargePointID]]
    private var day = -1
    private var drawn: ArraySlice<Visit> = []
    private var busyUntil = Duration.zero

    static let dayLength = Duration.seconds(86_400)

    init(_ demand: Demand, of number: Int, _ scenario: Scenario, _ currents: [ChargePointID: CurrentKind]) {
        self.demand = demand
        self.number = number
        seed = scenario.seed
        length = scenario.duration
        var points: [CurrentKind: [ChargePointID]] = [:]
        for cp in scenario.roster.drivers[number].points ?? scenario.roster.points.map(\.cp) {
            if let current = currents[cp] { points[current, default: []].append(cp) }
        }
        // Each begins with another one: not everybody prefers the first.
        self.points = points.mapValues { Array($0[(number % $0.count)...] + $0[..<(number % $0.count)]) }
        draw()
    }

    /// The time at which the next vehicle comes, since the world began; `nil` when no more will.
    var next: Instant? { drawn.first.map { Instant(nanoseconds: 0) + $0.at } }

    func take() -> Visit? {
        let visit = drawn.popFirst()
        if let visit { busyUntil = visit.at + visit.stay }
        draw()
        return visit
    }

    func needs(for visit: Visit) -> ChargingNeeds { visit.needs(at: points[visit.current] ?? []) }

    private func draw() {
        while true {
            drawn = drawn.drop { $0.at < busyUntil || points[$0.current] == nil }
            guard drawn.isEmpty else { return }
            day += 1
            let begins = DriverVisits.dayLength * day
            guard begins < length else { return }
            let midnight = WallTime(milliseconds: MachineClock.beginning + begins.milliseconds)
            drawn =
                demand.visits(of: number, on: day, beginning: midnight, seed: seed).map { visit in
                    var visit = visit
                    visit.at += begins
                    return visit
                }.filter { $0.at < length }[...]
        }
    }
}

extension Roster.Point {
    /// The current that the point gives, by its kind: "Fast DC", "Standard AC".
    var current: CurrentKind { kind.hasSuffix("DC") ? .dc : .ac }
}
