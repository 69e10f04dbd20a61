/// A JSON number as it is written: exact, without binary fractions, whatever its length and exponent.
public struct JSONNumber: Sendable, Hashable {
    /// True when it has a minus sign and is not zero.
    public let isNegative: Bool
    /// The first significant digits, at most 18 of them.
    private let digits: Int64
    /// The power of ten: the number is `digits` × 10^`exponent`, and a little more if `isCut`.
    private let exponent: Int
    private let isCut: Bool

    /// Makes a number of a text that has been checked.
    init(_ text: ArraySlice<UInt8>) {
        var digits: Int64 = 0
        var exponent = 0
        var isCut = false
        var written = 0
        var isFraction = false
        var isExponent = false
        var isExponentNegative = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): if isExponent { isExponentNegative = true }
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): isExponent = true
            case UInt8(ascii: "+"): break
            case _ where isExponent:
                // Beyond a million it is out of any range, whichever way.
                written = min(1_000_000, written * 10 + Int(byte - UInt8(ascii: "0")))
            case _ where digits < 100_000_000_000_000_000:
                digits = digits * 10 + Int64(byte - UInt8(ascii: "0"))
                if isFraction { exponent -= 1 }
            default:
                if byte != UInt8(ascii: "0") { isCut = true }
                if !isFraction { exponent += 1 }
            }
        }
        self.digits = digits
        self.exponent = digits == 0 ? 0 : exponent + (isExponentNegative ? -written : written)
        self.isCut = isCut
        isNegative = text.first == UInt8(ascii: "-") && (digits != 0 || isCut)
    }

    /// The number as a count of 10^−`decimals` units, rounded half-even; `nil` when it is too large for one.
    public func rounded(decimals: Int) -> Int64? { scaled(decimals)?.count }

    /// The number as a whole number; `nil` when it is none (`1.0` and `1e3` are) or too large for one.
    public var integer: Int64? {
        guard let (count, isExact) = scaled(0), isExact else { return nil }
        return count
    }

    private func scaled(_ decimals: Int) -> (count: Int64, isExact: Bool)? {
        let shift = exponent + decimals
        guard shift < 0 else {
            guard digits != 0 else { return (0, !isCut) }
            guard shift <= 18, !isCut || shift == 0 else { return nil }
            let (count, overflow) = digits.multipliedReportingOverflow(by: JSONNumber.powers[shift])
            return overflow ? nil : (signed(count), !isCut)
        }
        guard shift >= -18 else { return (0, digits == 0) }
        let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: JSONNumber.powers[-shift])
        let half = JSONNumber.powers[-shift] / 2
        let isUp = remainder > half || (remainder == half && (isCut || quotient % 2 == 1))
        return (signed(quotient + (isUp ? 1 : 0)), remainder == 0 && !isCut)
    }

    private func signed(_ count: Int64) -> Int64 { isNegative ? -count : count }

    /// 10^`exponent`, for 0 to 18.
    static func power(_ exponent: Int) -> Int64 { powers[exponent] }

    private static let powers: [Int64] = (0...18).reduce(into: []) { powers, _ in powers.append((powers.last ?? 0) == 0 ? 1 : (powers.last ?? 1) * 10)
    }
}
