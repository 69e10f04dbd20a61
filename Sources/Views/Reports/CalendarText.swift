internal import ChargingModel

/// Days and times of the calendar (UTC), for axes and headings.
extension WallTime {
    static let dayMilliseconds: Int64 = 86_400_000

    /// Milliseconds since midnight.
    var inDay: Int64 {
        let rest = milliseconds % Self.dayMilliseconds
        return rest < 0 ? rest + Self.dayMilliseconds : rest
    }

    var midnight: WallTime { WallTime(milliseconds: milliseconds - inDay) }
    var nextMidnight: WallTime { WallTime(milliseconds: midnight.milliseconds + Self.dayMilliseconds) }

    /// The time of day: `18:15`.
    var clock: String { String(text.dropFirst(11).prefix(5)) }
    /// The time of day, with seconds where they are not 0: `18:15`.
    var exactClock: String { milliseconds % 60_000 == 0 ? clock : String(text.dropFirst(11).prefix(8)) }
    /// The day of the week: `Fri`.
    var weekday: String {
        // 1970-01-01 was a Thursday.
        let day = (midnight.milliseconds / Self.dayMilliseconds + 3) % 7
        return ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][Int(day < 0 ? day + 7 : day)]
    }
    /// The day of the month: `27`.
    var day: String {
        let digits = text.dropFirst(8).prefix(2)
        return String(digits.first == "0" ? digits.dropFirst() : digits)
    }
    /// The index of the month: 0…11.
    var monthIndex: Int { (Int(text.dropFirst(5).prefix(2)) ?? 1) - 1 }
    /// The month: `Nov`.
    var month: String { ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][monthIndex] }
    /// The year: `2026`.
    var year: String { String(text.prefix(4)) }
    /// The date: `Fri 27 Nov 2026`.
    var date: String { "\(weekday) \(day) \(month) \(year)" }
}
