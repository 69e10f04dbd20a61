/// A count of 10^−`decimals` units as decimal text, without binary fractions: 22000 with 3 decimals is `22.0`, 5400 with 6 is `0.0054`.
///
/// At least `minimum` decimals are written, and no more than are needed.
public func decimalText(_ count: Int64, decimals: Int, minimum: Int = 0) -> String {
    var digits = String(count.magnitude)
    if digits.count <= decimals { digits = String(repeating: "0", count: decimals - digits.count + 1) + digits }
    let whole = digits.dropLast(decimals)
    var fraction = digits.suffix(decimals)
    while fraction.count > minimum, fraction.last == "0" { fraction = fraction.dropLast() }
    return (count < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
}

/// The number with zeros in front, in so many digits at least: 7 in three is `007`. Not below 0.
public func zeroPadded(_ number: some BinaryInteger, to digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// The count rounded half-even to `keeping` decimals and written with exactly so many.
public func roundedDecimalText(_ count: Int64, decimals: Int, keeping: Int) -> String {
    var unit: Int64 = 1
    for _ in keeping..<max(keeping, decimals) { unit *= 10 }
    let (quotient, remainder) = count.quotientAndRemainder(dividingBy: unit)
    let twice = remainder.magnitude * 2
    let up = twice > unit || (twice == unit && quotient % 2 != 0)
    let rounded = quotient + (up ? (count < 0 ? -1 : 1) : 0)
    return decimalText(rounded, decimals: keeping, minimum: keeping)
}

extension Power: CustomStringConvertible {
    /// The power in kilowatts: `22.0 kW`.
    public var description: String { decimalText(watts, decimals: 3, minimum: 1) + " kW" }
}

extension Energy: CustomStringConvertible {
    /// The energy in kilowatt-hours: `0.061 kWh`.
    public var description: String { decimalText(wattHours, decimals: 3, minimum: 3) + " kWh" }
}

extension Money: CustomStringConvertible {
    /// The amount in euro, rounded to cents: `€0.02`.
    public var description: String { "€" + roundedDecimalText(microEuro, decimals: 6, keeping: 2) }
}

extension Price: CustomStringConvertible {
    /// The price in euro: `0.30 €/kWh`.
    public var description: String { decimalText(microEuroPerKilowattHour, decimals: 6, minimum: 2) + " €/kWh" }
}
