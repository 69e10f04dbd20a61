extension Scenario {
    /// The points that are connectors of each station, by their numbers: stations have one or two.
    var stationConnectors: [[Int]] {
        let points = roster.points.count
        var random = SplitMix(seed, .connectors)
        let share = random.chance(333) ? Int.random(in: 1...max(1, points / 2), using: &random) : 0
        let drawn = trouble == .wild && demand == nil ? share : 0
        var left = (points - min(points, stations ?? drawn))..<points
        var connectors: [[Int]] = []
        while !left.isEmpty {
            let count = left.count > 1 && random.chance(400) ? 2 : 1
            connectors.append(Array(left.prefix(count)))
            left = left.dropFirst(count)
        }
        return connectors
    }
}
