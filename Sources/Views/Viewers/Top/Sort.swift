internal import ChargingModel

/// A key by which the rows can be sorted.
public enum SortKey: String, Hashable, Sendable, CaseIterable {
    case point, state, power, driver, energy, cost, price, time

    /// True when the largest comes first, unless somebody has said otherwise.
    var isDescending: Bool {
        switch self {
        case .point, .state, .driver: false
        case .power, .energy, .cost, .price, .time: true
        }
    }
}

/// The order of the rows.
struct Sort: Hashable, Sendable {
    typealias Key = SortKey

    var key = Key.point
    var isReversed = false

    var isDescending: Bool { key.isDescending != isReversed }

    mutating func next() {
        let keys = Key.allCases
        key = keys[((keys.firstIndex(of: key) ?? 0) + 1) % keys.count]
        isReversed = false
    }

    /// The rows in order. Equal rows stay in the order of their points; what is not there is last in any order.
    func sorted(_ rows: [Row]) -> [Row] {
        switch key {
        case .point: sorted(rows) { $0.cp.text }
        case .state: sorted(rows) { $0.rank }
        case .power: sorted(rows) { $0.power.watts == 0 ? nil : $0.power.watts }
        case .driver: sorted(rows) { $0.driver?.text }
        case .energy: sorted(rows) { $0.energy?.wattHours }
        case .cost: sorted(rows) { $0.cost?.microEuro }
        case .price: sorted(rows) { $0.price?.microEuroPerKilowattHour }
        case .time: sorted(rows) { $0.seconds }
        }
    }

    private func sorted<Value: Comparable>(_ rows: [Row], by value: (Row) -> Value?) -> [Row] {
        rows.map { ($0, value($0)) }.sorted { a, b in
            switch (a.1, b.1) {
            case (nil, nil): a.0.cp < b.0.cp
            case (nil, _): false
            case (_, nil): true
            case (let x?, let y?): x == y ? a.0.cp < b.0.cp : isDescending ? x > y : x < y
            }
        }.map(\.0)
    }
}
