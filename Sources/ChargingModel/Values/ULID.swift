/// Makes ULIDs: 48 bits of wall-clock milliseconds and 80 random bits, 26 characters of Crockford's base 32, sortable by time.
public enum ULID {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

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
