/// Makes ULIDs: 48 bits of wall-clock milliseconds and 80 random bits, 26 characters of Crockford's base 32, sortable by time.
public enum ULID {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The time in a ULID; `nil` when the id is none.
    public static func time<Kind>(of id: Identifier<Kind>) -> WallTime? {
        let text = Array(id.text.utf8)
        guard text.count == 26 else { return nil }
        var milliseconds: Int64 = 0
        for (index, letter) in text.enumerated() {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            if index < 10 { milliseconds = milliseconds << 5 | Int64(value) }
        }
        return WallTime(milliseconds: milliseconds)
    }

    /// A new ULID's text; within P1's alphabet and length.
    public static func make(at wall: WallTime, using random: inout some RandomNumberGenerator) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(26)
        let time = UInt64(max(0, wall.milliseconds))
        for shift in stride(from: 45, through: 0, by: -5) { text.append(alphabet[Int(time >> UInt64(shift) & 31)]) }
        let high = random.next()
        let low = random.next()
        for shift in stride(from: 35, through: 0, by: -5) { text.append(alphabet[Int(high >> UInt64(shift) & 31)]) }
        for shift in stride(from: 35, through: 0, by: -5) { text.append(alphabet[Int(low >> UInt64(shift) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Identifier {
    /// True for an id that says when it was made.
    public var isULID: Bool { ULID.time(of: self) != nil }
}
