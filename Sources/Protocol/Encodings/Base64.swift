/// Bytes as text (RFC 4648, section 4, with padding).
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    public static func text(of bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for offset in 0..<3 { word = word << 8 | (offset < group.count ? UInt32(group[start + offset]) : 0) }
            for digit in 0..<4 { text.append(digit <= group.count ? alphabet[Int(word >> (18 - 6 * UInt32(digit)) & 0x3F)] : padding) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `nil` for a text that is not base64.
    public static func bytes(of text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 4) else { return nil }
        let paddings = digits.reversed().prefix { $0 == padding }.count
        guard paddings <= 2 else { return nil }
        var bytes: [UInt8] = []
        var word: UInt32 = 0
        for (index, digit) in digits.enumerated() {
            let value = index < digits.count - paddings ? alphabet.firstIndex(of: digit) : 0
            guard let value else { return nil }
            word = word << 6 | UInt32(value)
            guard index % 4 == 3 else { continue }
            for shift in [16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(shift))) }
            word = 0
        }
        return Array(bytes.dropLast(paddings))
    }
}
