internal import ChargingModel

extension Scenario {
    /// The command that runs it again.
    public var command: String {
        let usual = Scenario(seed: seed)
        var words = ["wattline simulate --seed \(seed)"]
        func add(_ flag: String, _ value: String, _ isUsual: Bool) { if !isUsual { words.append("--\(flag) \(value)") } }
        add("points", "\(points)", points == usual.points)
        add("drivers", "\(drivers)", drivers == usual.drivers)
        add("vehicles", "\(vehicles)", vehicles == usual.vehicles)
        add("duration", "\(duration.milliseconds)ms", duration == usual.duration)
        add("trouble", trouble.rawValue, trouble == usual.trouble)
        add("every", "\(requestInterval.milliseconds)ms", requestInterval == usual.requestInterval)
        add("session", "\(sessionDuration.milliseconds)ms", sessionDuration == usual.sessionDuration)
        add("telemetry", "\(telemetryInterval.milliseconds)ms", telemetryInterval == usual.telemetryInterval)
        add("check", "\(checkInterval.milliseconds)ms", checkInterval == usual.checkInterval)
        if let only { words.append("--only \(only.isEmpty ? "none" : only.sorted().map(String.init).joined(separator: ","))") }
        if !without.isEmpty { words.append("--without \(without.sorted().joined(separator: ","))") }
        return words.joined(separator: " ")
    }
}
