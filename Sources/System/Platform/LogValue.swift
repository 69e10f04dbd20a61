public import ChargingModel

/// A value beside a log line's text, for machines.
public enum LogValue: Sendable, Hashable {
    case text(String)
    case integer(Int64)
    case bool(Bool)
    /// A decimal number as it is to be written: `22.0`. Exact, as quantities are.
    case decimal(String)
    case null
}

extension LogValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
}

extension LogValue {
    public static func id<Kind>(_ id: Identifier<Kind>?) -> LogValue { id.map { .text($0.text) } ?? .null }
    public static func integer(_ value: some BinaryInteger) -> LogValue { .integer(Int64(clamping: value)) }
    /// A power in kilowatts, as P5 says.
    public static func power(_ power: Power) -> LogValue { .decimal(decimalText(power.watts, decimals: 3, minimum: 1)) }
    /// An energy in kilowatt-hours.
    public static func energy(_ energy: Energy) -> LogValue { .decimal(decimalText(energy.wattHours, decimals: 3, minimum: 1)) }
    /// An amount in euro.
    public static func money(_ money: Money) -> LogValue { .decimal(decimalText(money.microEuro, decimals: 6, minimum: 2)) }
    /// A duration in seconds.
    public static func seconds(_ duration: Duration) -> LogValue { .decimal(decimalText(duration.milliseconds, decimals: 3)) }
}
