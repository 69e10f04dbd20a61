public import ChargingModel

extension ValueParser where Value == UInt16 {
    /// A parser of a TCP port.
    public static let port = ValueParser(expected: "a port, 1–65535") { text in
        guard text.utf8.allSatisfy(isDigit), let port = UInt16(text), port > 0 else { return nil }
        return port
    }

    /// A parser of a TCP port, or 0 for one that the system picks.
    public static let portOrZero = ValueParser(expected: "a port, 1–65535, or 0 for any free one") { text in
        text.utf8.allSatisfy(isDigit) ? UInt16(text) : nil
    }
}

extension ValueParser where Value == Int {
    /// A parser of a whole number in a range.
    public static func integer(in range: ClosedRange<Int>, of what: String) -> ValueParser {
        ValueParser(expected: "\(what), \(range.lowerBound)–\(range.upperBound)") { text in
            guard text.utf8.allSatisfy(isDigit), let value = Int(text), range.contains(value) else { return nil }
            return value
        }
    }
}

extension ValueParser where Value == UInt64 {
    /// A parser of a number from which what is random is drawn.
    public static let seed = ValueParser(expected: "a whole number from 0 to 2^64 − 1") { UInt64($0) }
}

extension ValueParser where Value == Int64 {
    /// A parser of a number with up to three decimals, in thousandths.
    public static func thousandths(in range: ClosedRange<Int64>, expected: String) -> ValueParser {
        ValueParser(expected: expected) { text in
            guard let value = fixedPoint(text[...].utf8, decimals: 3), range.contains(value) else { return nil }
            return value
        }
    }
}

extension ValueParser where Value == Duration {
    /// A parser of a duration with a unit (`ms`, `s`, `m`, `h`, `d`), or in plain seconds.
    public static func duration(from least: Duration = .zero, to most: Duration = .seconds(366 * 86_400)) -> ValueParser {
        let limits = "from \(text(of: least)) to \(text(of: most))"
        return ValueParser(expected: "a duration like 5s, 500ms, 2m, 1h or 4.5 (seconds), \(limits)") { text in
            guard let value = duration(text), least <= value, value <= most else { return nil }
            return value
        }
    }

    private static func duration(_ text: String) -> Duration? {
        let number = text.utf8.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
        guard let nanoseconds = fixedPoint(number, decimals: 9) else { return nil }
        let unit = text[number.endIndex...]
        switch unit {
        case "", "s": return .nanoseconds(nanoseconds)
        case "ms": return .nanoseconds(nanoseconds / 1000)
        case "m", "min": return product(nanoseconds, 60)
        case "h": return product(nanoseconds, 3600)
        case "d": return product(nanoseconds, 86_400)
        default: return nil
        }
    }

    private static func product(_ nanoseconds: Int64, _ factor: Int64) -> Duration? {
        let (value, overflow) = nanoseconds.multipliedReportingOverflow(by: factor)
        return overflow ? nil : .nanoseconds(value)
    }

    private static func text(of duration: Duration) -> String {
        let nanoseconds = duration.nanoseconds
        if nanoseconds >= 86_400_000_000_000, nanoseconds % 86_400_000_000_000 == 0 { return "\(nanoseconds / 86_400_000_000_000)d" }
        if nanoseconds >= 3_600_000_000_000, nanoseconds % 3_600_000_000_000 == 0 { return "\(nanoseconds / 3_600_000_000_000)h" }
        return decimalText(nanoseconds, decimals: 9) + "s"
    }
}

extension ValueParser where Value == Power {
    /// A parser of a rated power in kilowatts, with or without the unit.
    public static let power = ValueParser(expected: "a power in kilowatts like 22 or 22.5kW, above 0, at most 1000, in whole watts") { text in
        let number = text.hasSuffix("kW") || text.hasSuffix("kw") ? text.dropLast(2).trimmedOfSpaces : text[...]
        guard let watts = fixedPoint(number.utf8[...], decimals: 3), watts > 0, watts <= 1_000_000 else { return nil }
        return Power(watts: watts)
    }
}

extension ValueParser where Value == Energy {
    /// A parser of an energy in kilowatt-hours, with or without the unit.
    public static let energy = ValueParser(expected: "an energy in kilowatt-hours like 5 or 0.5kWh, above 0, at most 1000000, in whole watt-hours") {
        text in
        let number = text.hasSuffix("kWh") || text.hasSuffix("kwh") ? text.dropLast(3).trimmedOfSpaces : text[...]
        guard let wattHours = fixedPoint(number.utf8[...], decimals: 3), wattHours > 0, wattHours <= 1_000_000_000 else { return nil }
        return Energy(wattHours: wattHours)
    }
}

extension ValueParser where Value == Price {
    /// A parser of a price in euro per kilowatt-hour.
    public static let price = ValueParser(expected: "a price in €/kWh like 0.30, from 0 to 100, with at most six decimals") { text in
        guard let microEuro = fixedPoint(text.utf8[...], decimals: 6), microEuro <= 100_000_000 else { return nil }
        return Price(microEuroPerKilowattHour: microEuro)
    }
}

extension Substring {
    fileprivate var trimmedOfSpaces: Substring {
        var rest = self
        while rest.last == " " { rest = rest.dropLast() }
        return rest
    }
}

/// True for an ASCII digit.
func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

/// The count of 10^−`decimals` units in a text like `12.5`, exactly; `nil` for anything else, digits beyond the last unit and what overflows
/// included.
func fixedPoint(_ text: Substring.UTF8View, decimals: Int) -> Int64? {
    var count: Int64 = 0
    var digits = 0
    var fraction: Int?
    for byte in text {
        if byte == UInt8(ascii: "."), fraction == nil, digits > 0 {
            fraction = 0
            continue
        }
        guard isDigit(byte) else { return nil }
        digits += 1
        if let written = fraction {
            fraction = written + 1
            if written >= decimals {
                if byte != UInt8(ascii: "0") { return nil }
                continue
            }
        }
        let (tenfold, overflow) = count.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tenfold.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
        guard !overflow, !carry else { return nil }
        count = sum
    }
    guard digits > 0, fraction != 0 else { return nil }
    for _ in min(fraction ?? 0, decimals)..<decimals {
        let (tenfold, overflow) = count.multipliedReportingOverflow(by: 10)
        if overflow { return nil }
        count = tenfold
    }
    return count
}
