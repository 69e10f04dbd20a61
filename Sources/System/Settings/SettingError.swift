public import Platform

/// The error of a setting that was refused: its name, its value, and what was expected instead.
public struct SettingError: ProcessFailure, Hashable, CustomStringConvertible {
    /// The source of the value: `--mqtt-port`, `WATTLINE_MQTT_PORT`, `network.json:7 charge_points[2].power_kw`.
    public var place: String
    /// The value as it was given; `nil` when there was none.
    public var value: String?
    /// The values that would have been accepted, in words.
    public var expected: String
    /// The exit of the process that fails for it: `usage` for a flag, `configuration` for anything else.
    public var processExit: ProcessExit

    public init(_ place: String, value: String?, expected: String, processExit: ProcessExit? = nil) {
        self.place = place
        self.value = value
        self.expected = expected
        self.processExit = processExit ?? (place.hasPrefix("-") ? .usage : .configuration)
    }

    /// The error in words: `WATTLINE_MQTT_PORT="abc": expected a port, 1–65535`.
    public var description: String {
        guard let value else { return "\(place): expected \(expected)" }
        return "\(place)=\(quoted(value)): expected \(expected)"
    }
}

/// The text in quotes and on one line: control characters escaped, long ones cut.
public func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars.prefix(80) {
        // As ASCII: else those of C1, which move a terminal's cursor as well, would stay as they are.
        result += scalar == "\"" || scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return result + (text.unicodeScalars.count > 80 ? "…\"" : "\"")
}
