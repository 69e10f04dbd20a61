extension WallTime {
    /// The first and the last time that have a text: 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z (P5).
    public static let earliest = WallTime(milliseconds: -62_167_219_200_000)
    public static let latest = WallTime(milliseconds: 253_402_300_799_999)

    /// The time as RFC 3339 in UTC with milliseconds: `2026-11-24T08:29:23.042Z` (P5). A time outside of the years 0000 to 9999 is written as their
    /// end, so that whatever is written can be read again.
    public var text: String {
        let milliseconds = min(max(self, WallTime.earliest), WallTime.latest).milliseconds
        let days = milliseconds.flooredQuotient(86_400_000)
        let inDay = milliseconds - days * 86_400_000
        let (year, month, day) = WallTime.civil(fromDays: days)
        func padded(_ value: Int64, _ width: Int) -> String { zeroPadded(value, to: width) }
        let time = "\(padded(inDay / 3_600_000, 2)):\(padded(inDay / 60_000 % 60, 2)):\(padded(inDay / 1000 % 60, 2)).\(padded(inDay % 1000, 3))"
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(time)Z"
    }

    /// The time that an RFC 3339 text names, or `nil` when it names none: no day of the calendar, or one that UTC has outside of the years 0000 to
    /// 9999. Any offset up to 23:59 and any number of decimals are read.
    public init?(text: String) {
        var rest = Array(text.utf8)[...]
        func digits(_ count: Int) -> Int64? {
            guard rest.count >= count else { return nil }
            var value: Int64 = 0
            for byte in rest.prefix(count) {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            rest = rest.dropFirst(count)
            return value
        }
        func eat(_ characters: String) -> UInt8? {
            guard let first = rest.first, characters.utf8.contains(first) else { return nil }
            rest = rest.dropFirst()
            return first
        }
        guard let year = digits(4), eat("-") != nil, let month = digits(2), eat("-") != nil, let day = digits(2), eat("Tt ") != nil,
            let hour = digits(2), eat(":") != nil, let minute = digits(2), eat(":") != nil, let second = digits(2),
            WallTime.isDay(year, month, day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var milliseconds: Int64 = 0
        if eat(".") != nil {
            var unit: Int64 = 100
            var count = 0
            while let digit = digits(1) {
                milliseconds += digit * unit
                unit /= 10
                count += 1
            }
            guard count > 0 else { return nil }
        }
        var offset: Int64 = 0
        if eat("Zz") == nil {
            guard let sign = eat("+-"), let hours = digits(2), eat(":") != nil, let minutes = digits(2), hours < 24, minutes < 60 else { return nil }
            offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "+") ? 60_000 : -60_000)
        }
        guard rest.isEmpty else { return nil }
        let days = WallTime.days(fromCivil: year, month, day)
        self.init(milliseconds: days * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000 + milliseconds - offset)
        guard self >= WallTime.earliest, self <= WallTime.latest else { return nil }
    }

    /// True for a day of the calendar.
    static func isDay(_ year: Int64, _ month: Int64, _ day: Int64) -> Bool {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        switch month {
        case 2: return (1...(isLeap ? 29 : 28)).contains(day)
        case 4, 6, 9, 11: return (1...30).contains(day)
        case 1...12: return (1...31).contains(day)
        default: return false
        }
    }

    // The days of the proleptic Gregorian calendar, counted in eras of 400 years that begin in March, so that leap days come last.
    static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    static func days(fromCivil year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = y.flooredQuotient(400)
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int64 {
    func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
