internal import ChargingModel
internal import Demand

extension Scenario {
    /// The command that runs it again.
    public var command: String {
        let usual = Scenario(seed: seed)
        var words = ["wattline simulate --seed \(seed)"]
        func add(_ flag: String, _ value: String, _ isUsual: Bool) { if !isUsual { words.append("--\(flag) \(value)") } }
        switch roster.source {
        case .file(let path): words.append("--network \(path)")
        case .synthetic(let interval, let vehicles):
            add("points", "\(roster.points.count)", roster.points.count == usual.roster.points.count)
            add("drivers", "\(roster.drivers.count)", roster.drivers.count == usual.roster.drivers.count)
            add("vehicles", "\(vehicles)", vehicles == 2)
            add("every", "\(interval.milliseconds)ms", interval == .seconds(5))
        }
        if let demand {
            words.append("--visits \(demand.visitsPerThousandDays / 1000).\(String(demand.visitsPerThousandDays % 1000 + 1000).dropFirst())")
        }
        add("duration", "\(duration.milliseconds)ms", duration == usual.duration)
        add("trouble", trouble.rawValue, trouble == usual.trouble)
        add("session", "\(sessionDuration.milliseconds)ms", sessionDuration == usual.sessionDuration)
        add("telemetry", "\(telemetryInterval.milliseconds)ms", telemetryInterval == usual.telemetryInterval)
        add("check", "\(checkInterval.milliseconds)ms", checkInterval == usual.checkInterval)
        if let only { words.append("--only \(only.isEmpty ? "none" : only.sorted().map(String.init).joined(separator: ","))") }
        if !without.isEmpty { words.append("--without \(without.sorted().joined(separator: ","))") }
        return words.joined(separator: " ")
    }
}
