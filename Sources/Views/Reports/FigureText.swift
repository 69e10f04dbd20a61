internal import ChargingModel

/// A style of numbers for people: grouped by thousands, rounded, with their units.
public struct FigureText: Sendable {
    /// The separator of groups of three digits.
    var group: String
    /// The space between a number and its unit.
    var space: String

    /// The style of the page, with narrow spaces that do not break.
    static let page = FigureText(group: "\u{202F}", space: "\u{A0}")
    public static let terminal = FigureText(group: " ", space: " ")

    /// The number with so many decimals; a value that is no number, or too large, is `–`.
    func number(_ value: Double, decimals: Int = 0) -> String {
        var scaled = value
        for _ in 0..<decimals { scaled *= 10 }
        guard let count = Int64(exactly: scaled.rounded(.toNearestOrEven)) else { return "–" }
        return grouped(decimalText(count, decimals: decimals, minimum: decimals))
    }

    public func number(_ count: Int) -> String { grouped(String(count)) }

    /// The number with three significant digits, or whole: `4.52`, `45.2`, `452`, `4 520`.
    func short(_ value: Double) -> String { number(value, decimals: value >= 99.95 || value == 0 ? 0 : value >= 9.995 ? 1 : 2) }

    /// The number with one decimal below ten, none above: `4.5`, `45`, `4 520`.
    func rough(_ value: Double) -> String { number(value, decimals: value < 9.95 ? 1 : 0) }

    func kilowattHours(_ energy: Energy, decimals: Int = 1) -> String {
        grouped(roundedDecimalText(energy.wattHours, decimals: 3, keeping: decimals))
    }

    func euro(_ money: Money, decimals: Int = 2) -> String { grouped(roundedDecimalText(money.microEuro, decimals: 6, keeping: decimals)) }

    /// The share, 0…1, as per cent; `–` without one.
    func percent(_ share: Double?, decimals: Int = 1) -> String { share.map { number($0 * 100, decimals: decimals) } ?? "–" }

    /// The energy in words: `45.2 kWh`, `4 520 kWh`, `452 MWh`.
    func words(_ energy: Energy) -> String {
        let kilowattHours = Double(energy.wattHours) / 1000
        return kilowattHours >= 100_000 ? short(kilowattHours / 1000) + space + "MWh" : short(kilowattHours) + space + "kWh"
    }

    /// The power in words: `7.20 kW`, `452 kW`, `12.5 MW`.
    func words(_ power: Power) -> String {
        let kilowatts = Double(power.watts) / 1000
        return kilowatts >= 10_000 ? short(kilowatts / 1000) + space + "MW" : short(kilowatts) + space + "kW"
    }

    /// The time in words: `12 s`, `4.5 min`, `45 min`, `2 h 05 min`, `3 d 4 h`.
    func words(_ time: Duration) -> String {
        let seconds = time / .seconds(1)
        if seconds < 59.5 { return number(seconds) + space + "s" }
        if seconds < 597 { return decimals(seconds / 60) + space + "min" }
        let minutes = Int((seconds / 60).rounded())
        if minutes < 90 { return "\(minutes)" + space + "min" }
        if minutes < 48 * 60 {
            let rest = minutes % 60
            return "\(minutes / 60)" + space + "h" + (rest == 0 ? "" : space + (rest < 10 ? "0" : "") + "\(rest)" + space + "min")
        }
        let hours = (minutes + 30) / 60
        return number(hours / 24) + space + "d" + (hours % 24 == 0 ? "" : space + "\(hours % 24)" + space + "h")
    }

    /// The number with one decimal, or none where that is 0.
    private func decimals(_ value: Double) -> String {
        let text = number(value, decimals: 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private func grouped(_ text: String) -> String {
        let digits = text.prefix { $0 != "." }
        let sign = digits.hasPrefix("-") ? "-" : ""
        var result = ""
        for (index, digit) in digits.dropFirst(sign.count).reversed().enumerated() {
            if index > 0, index % 3 == 0 { result = group + result }
            result = String(digit) + result
        }
        return (sign.isEmpty ? "" : "−") + result + text.dropFirst(digits.count)
    }
}

/// A coordinate with two decimals at most.
func coordinate(_ value: Double) -> Markup {
    Markup(stringLiteral: decimalText(Int64(exactly: (value * 100).rounded()) ?? 0, decimals: 2))
}
