public import ChargingModel

/// A time as a station or a backend says it (1.6 3.13; 2.0.1 part 2, 1.1): by its own clock, which may be wrong. Nothing is billed by it.
public struct OCPPTime: Hashable, Sendable {
    public let wall: WallTime
    /// False when the text named no zone; it was taken for UTC then.
    public let hasZone: Bool

    public init(_ wall: WallTime, hasZone: Bool = true) {
        self.wall = wall
        self.hasZone = hasZone
    }

    /// The first time that a station of OCPP 1.6 can mean, 2015-01-01: what is before is of a clock that was never set.
    static let earliest = WallTime(milliseconds: 1_420_070_400_000)

    /// The longest text that is taken for a time, in bytes.
    private static let limit = 64

    /// Reads RFC 3339, and also without zone, with the zone as `+02` or `+0200`, without seconds, with a comma for the point, with spaces around.
    static func read(_ text: String, _ remarks: RemarkList, _ field: @autoclosure () -> String) -> OCPPTime? {
        let time = spelled(text)
        guard let time else {
            remarks.add(.timeUnreadable, field())
            return nil
        }
        if time.isOdd { remarks.add(.timeSpelling, field()) }
        if !time.value.hasZone { remarks.add(.timeWithoutZone, field()) }
        if time.value.wall < earliest { remarks.add(.timeLongPast, field()) }
        return time.value
    }

    private static func spelled(_ text: String) -> (value: OCPPTime, isOdd: Bool)? {
        if let wall = WallTime(text: text) { return (OCPPTime(wall), false) }
        guard text.utf8.count <= limit else { return nil }
        let bytes = text.utf8.filter { $0 != 0 }.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }
        let trimmed = bytes.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed()
        guard trimmed.count > 10 else { return nil }
        let characters = Array(trimmed)
        // Behind the day a minus sign begins a zone.
        let sign = characters.indices.dropFirst(11).last { characters[$0] == UInt8(ascii: "+") || characters[$0] == UInt8(ascii: "-") }
        let isUTC = characters.last == UInt8(ascii: "Z") || characters.last == UInt8(ascii: "z")
        var time = characters[..<(sign ?? (isUTC ? characters.count - 1 : characters.count))]
        while time.last == 0x20 { time.removeLast() }
        // 2026-11-24T08:29 has no seconds.
        let seconds: [UInt8] = time.count == 16 ? Array(":00".utf8) : []
        var zone: [UInt8] = [UInt8(ascii: "Z")]
        if let sign {
            guard let offset = offset(characters[(sign + 1)...]) else { return nil }
            zone = [characters[sign]] + offset
        }
        guard let wall = WallTime(text: String(decoding: time + seconds + zone, as: UTF8.self)) else { return nil }
        let hasZone = sign != nil || isUTC
        // The zone that is missing is not a matter of spelling.
        let isOdd = hasZone || !seconds.isEmpty || characters.count != text.utf8.count || bytes != Array(text.utf8)
        return (OCPPTime(wall, hasZone: hasZone), isOdd)
    }

    /// `2`, `02`, `0200` and `02:00` as `02:00`.
    private static func offset(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let digits = text.filter { $0 != UInt8(ascii: ":") }
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        let zero = UInt8(ascii: "0")
        switch digits.count {
        case 1: return [zero, digits[0], UInt8(ascii: ":"), zero, zero]
        case 2: return digits + [UInt8(ascii: ":"), zero, zero]
        case 4: return digits[..<2] + [UInt8(ascii: ":")] + digits[2...]
        default: return nil
        }
    }
}
