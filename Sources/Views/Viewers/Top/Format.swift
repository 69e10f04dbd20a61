internal import ChargingModel

/// Texts of quantities for a table: without a unit, with as many decimals as one looks at.
enum Format {
    static func kilowatts(_ power: Power) -> String { roundedDecimalText(power.watts, decimals: 3, keeping: 1) }
    static func kilowattHours(_ energy: Energy) -> String { roundedDecimalText(energy.wattHours, decimals: 3, keeping: 3) }
    static func euro(_ money: Money) -> String { roundedDecimalText(money.microEuro, decimals: 6, keeping: 2) }
    static func price(_ price: Price) -> String { decimalText(price.microEuroPerKilowattHour, decimals: 6, minimum: 2) }

    /// A duration: `0:07`, `12:34`, `1:02:03`.
    static func time(_ seconds: Int64) -> String {
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let seconds = max(0, seconds)
        if seconds < 3600 { return "\(seconds / 60):\(two(seconds % 60))" }
        return "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// The time between two moments, roughly: `12 s`, `4 min`, `2 h`.
    static func age(_ from: WallTime, _ to: WallTime) -> String {
        let seconds = max(0, to.since(from).components.seconds)
        if seconds < 120 { return "\(seconds) s" }
        return seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
    }

    /// The time of day, UTC: `08:29:23`
    static func clock(_ time: WallTime) -> String { String(time.text.dropFirst(11).prefix(8)) }

    /// The last eight characters of an id longer than twelve, where ids differ.
    static func short(_ id: String) -> String { id.count > 12 ? "…" + id.suffix(8) : id }
}
