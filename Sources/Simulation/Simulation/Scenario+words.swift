internal import ChargingModel
internal import Demand

extension Scenario {
    /// For headings: `10 points and 5 drivers for 24 h`.
    var title: String {
        let hours = duration.milliseconds / 3_600_000
        let minutes = duration.milliseconds / 60_000 % 60
        let seconds = duration.milliseconds / 1000 % 60
        let parts = [(hours, "h"), (minutes, "min"), (seconds, "s")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let what = trouble == .none ? "" : ", with \(trouble.rawValue) trouble"
        return "\(roster.points.count) points and \(roster.drivers.count) drivers for \(parts.joined(separator: " "))\(what)"
    }

    /// What the numbers of a report stand on.
    var assumptions: [String] {
        guard demand != nil else {
            return ["Drivers ask at fixed intervals, vehicles take all that a point can give: this is a demonstration, not a forecast."]
        }
        return Demand.assumptions + [
            "A driver waits for an available point up to \(Visit.patience[.dc]?.minutes ?? 0) minutes for direct current and "
                + "\(Visit.patience[.ac]?.minutes ?? 0) for alternating current, then leaves (assumed).",
            "A point that gives direct current is left when the vehicle has what it wants, one that gives alternating current when its driver comes back.",
        ]
    }
}

extension Duration {
    fileprivate var minutes: Int64 { milliseconds / 60_000 }
}
