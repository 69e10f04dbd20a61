internal import ChargingModel
internal import Demand

extension Scenario {
    /// The command that runs it again.
    public var command: String {
        let usual = Scenario(seed: seed)
        var words = ["wattline simulate --seed \(seed)"]
        func add(_ flag: String, _ value: String, _ isUsual: Bool) { if !isUsual { words.append("--\(flag) \(value)") } }
        var isOfFile = false
        switch roster.source {
        case .file(let path):
            isOfFile = true
            words.append("--network \(Scenario.quoted(path))")
        case .synthetic(let interval, let vehicles):
            add("points", "\(roster.points.count)", roster.points.count == usual.roster.points.count)
            add("drivers", "\(roster.drivers.count)", roster.drivers.count == usual.roster.drivers.count)
            add("vehicles", "\(vehicles)", vehicles == 2)
            add("every", Scenario.text(interval), interval == .seconds(5))
        }
        if let demand {
            words.append("--visits \(demand.visitsPerThousandDays / 1000).\(String(demand.visitsPerThousandDays % 1000 + 1000).dropFirst())")
        }
        add("duration", Scenario.text(duration), duration == usual.duration)
        add("trouble", trouble.rawValue, trouble == usual.trouble)
        // A network's file may say another one; people who come stay as long as they do.
        if demand == nil { add("session", Scenario.text(sessionDuration), !isOfFile && sessionDuration == usual.sessionDuration) }
        add("telemetry", Scenario.text(telemetryInterval), telemetryInterval == usual.telemetryInterval)
        add("check", Scenario.text(checkInterval), checkInterval == usual.checkInterval)
        if let stations { words.append("--stations \(stations)") }
        if centrals > 1 { words.append("--centrals \(centrals)") }
        if let known { words.append("--known \(known.rawValue)") }
        if let only { words.append("--only \(only.isEmpty ? "none" : only.sorted().map(String.init).joined(separator: ","))") }
        if !without.isEmpty { words.append("--without \(without.sorted().joined(separator: ","))") }
        return words.joined(separator: " ")
    }

    private static func text(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }

    /// As a shell reads it.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isPlain && !path.isEmpty ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
