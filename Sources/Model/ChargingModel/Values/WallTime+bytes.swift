// Times as `text` spells them, `2026-11-24T08:29:23.042Z`, to and from bytes without a string. What is spelled otherwise goes through `init(text:)`.
extension WallTime {
    /// The time that an RFC 3339 text names, or `nil` when it names none; the same as `init(text:)`.
    public init?(utf8 text: Span<UInt8>) {
        if let time = WallTime(asWritten: text) {
            self = time
        } else {
            self.init(text: text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
        }
    }

    /// The time, if it is spelled as `text` does it; else `nil`.
    private init?(asWritten text: Span<UInt8>) {
        guard text.count == 24, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), text[10] == UInt8(ascii: "T"),
            text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"), text[19] == UInt8(ascii: "."), text[23] == UInt8(ascii: "Z"),
            let century = text.twoDigits(at: 0), let yearOfCentury = text.twoDigits(at: 2), let month = text.twoDigits(at: 5),
            let day = text.twoDigits(at: 8), let hour = text.twoDigits(at: 11), let minute = text.twoDigits(at: 14),
            let second = text.twoDigits(at: 17), let hundredths = text.twoDigits(at: 20), let thousandth = text.digit(at: 22),
            WallTime.isDay(century * 100 + yearOfCentury, month, day), hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = WallTime.days(fromCivil: century * 100 + yearOfCentury, month, day)
        self.init(
            milliseconds: days * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000 + hundredths * 10 + thousandth)
        // A leap second at the very end of 9999 is a second of 10000.
        guard self <= WallTime.latest else { return nil }
    }

    /// The bytes of `text`.
    public var bytes: InlineArray<24, UInt8> {
        let milliseconds = min(max(self, WallTime.earliest), WallTime.latest).milliseconds
        let days = milliseconds.flooredQuotient(86_400_000)
        let inDay = UInt32(truncatingIfNeeded: milliseconds - days * 86_400_000)
        let (year, month, day) = WallTime.civil(fromDays: days)
        var text = InlineArray<24, UInt8>(repeating: UInt8(ascii: "-"))
        text.write(UInt32(truncatingIfNeeded: year / 100), at: 0)
        text.write(UInt32(truncatingIfNeeded: year % 100), at: 2)
        text.write(UInt32(truncatingIfNeeded: month), at: 5)
        text.write(UInt32(truncatingIfNeeded: day), at: 8)
        text[10] = UInt8(ascii: "T")
        text.write(inDay / 3_600_000, at: 11)
        text[13] = UInt8(ascii: ":")
        text.write(inDay / 60_000 % 60, at: 14)
        text[16] = UInt8(ascii: ":")
        text.write(inDay / 1000 % 60, at: 17)
        text[19] = UInt8(ascii: ".")
        text.write(inDay % 1000 / 10, at: 20)
        text[22] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: inDay % 10)
        text[23] = UInt8(ascii: "Z")
        return text
    }
}

extension InlineArray where Element == UInt8 {
    /// Writes two digits.
    @inline(__always) fileprivate mutating func write(_ value: UInt32, at index: Int) {
        self[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10)
        self[index + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
    }
}

extension Span<UInt8> {
    @inline(__always) fileprivate func digit(at index: Int) -> Int64? {
        let digit = self[index] &- UInt8(ascii: "0")
        return digit < 10 ? Int64(digit) : nil
    }

    @inline(__always) fileprivate func twoDigits(at index: Int) -> Int64? {
        let (tens, ones) = (self[index] &- UInt8(ascii: "0"), self[index + 1] &- UInt8(ascii: "0"))
        return tens < 10 && ones < 10 ? Int64(tens) * 10 + Int64(ones) : nil
    }
}
