internal import Platform

/// A setting: given by a flag, over an environment variable, over `network.json`, over a default.
///
/// A malformed value is refused by name, value and what was expected, wherever it came from: it never falls back to the next source.
public struct Setting<Value: Sendable>: NamedSetting {
    /// The flag's name: `--mqtt-port`.
    public let flag: String
    /// The variable's name: `WATTLINE_MQTT_PORT`.
    public let variable: String
    /// The parser of the setting's text.
    public let parser: ValueParser<Value>

    public init(_ flag: String, variable: String, _ parser: ValueParser<Value>) {
        self.flag = flag
        self.variable = variable
        self.parser = parser
    }

    /// The value that was set, or `nil` when nobody set it. An empty variable counts as not set; an empty flag does not.
    public func resolve(flag text: String?, in environment: Environment, network: Value? = nil) throws(SettingError) -> Value? {
        if let text { return try parser.value(of: text, from: flag) }
        if let text = environment[variable] { return try parser.value(of: text, from: variable) }
        return network
    }

    /// The value that was set, or the default.
    public func resolve(flag text: String?, in environment: Environment, network: Value? = nil, default: Value) throws(SettingError) -> Value {
        try resolve(flag: text, in: environment, network: network) ?? `default`
    }

    /// The value that was set; refused when nobody set it.
    public func require(flag text: String?, in environment: Environment, network: Value? = nil) throws(SettingError) -> Value {
        guard let value = try resolve(flag: text, in: environment, network: network) else {
            throw SettingError("\(flag) (or \(variable))", value: nil, expected: parser.expected + ", but it is not set", processExit: .usage)
        }
        return value
    }
}

/// A setting of any type, by its name in the environment.
public protocol NamedSetting: Sendable {
    /// The name of the environment variable: `WATTLINE_MQTT_PORT`.
    var variable: String { get }
}

/// A parser that turns a text into a value, or says what it expected.
public struct ValueParser<Value>: Sendable {
    /// The texts that it accepts, in words that complete "expected …".
    public let expected: String
    private let parse: @Sendable (String) -> Value?

    public init(expected: String, parse: @escaping @Sendable (String) -> Value?) {
        self.expected = expected
        self.parse = parse
    }

    /// The value of the text, or `nil` when it is not one.
    public func callAsFunction(_ text: String) -> Value? { parse(text) }

    /// The value of the text.
    /// - Throws: an error that names the place.
    public func value(of text: String, from place: String) throws(SettingError) -> Value {
        guard let value = parse(text) else { throw SettingError(place, value: text, expected: expected) }
        return value
    }
}
