/// A word of OCPP's, as the standard spells it, by which a station named something: `EVDisconnected`. 1 to 40 letters and digits.
public struct StationWord: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// - Returns: `nil` for what is no word.
    public init?(_ text: String) {
        guard (1...40).contains(text.utf8.count), text.utf8.allSatisfy(StationWord.isAllowed) else { return nil }
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    public var description: String { text }
}
