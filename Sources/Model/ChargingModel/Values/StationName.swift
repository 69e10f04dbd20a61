/// A station's id, as it calls itself, and what is made of it: the name of its directory, and the ids of its charge points.
public struct StationName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The most bytes of an id.
    public static let limit = 255

    public let text: String

    /// - Returns: `nil` for an empty or an endless one.
    public init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= StationName.limit else { return nil }
        self.text = text
    }

    /// The id itself where P1 allows it; else what is legible of it, and a number that no other id has.
    public var directory: String {
        if let id = ChargePointID(text), id.text.utf8.count <= 33 { return id.text }
        let legible = text.utf8.prefix(16).map { StationName.isLegible($0) ? Character(UnicodeScalar($0)) : "-" }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return "x" + String(legible) + String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func isLegible(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    /// The id on the bus: that of its first point, where this has no alias.
    public var id: ChargePointID { ChargePointID(known: directory) }

    public var description: String { text }
    public static func < (a: StationName, b: StationName) -> Bool { a.text < b.text }
}
