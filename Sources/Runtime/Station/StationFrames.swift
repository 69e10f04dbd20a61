internal import OCPP

/// The ways in which a station's frames are odd, on their text.
enum StationFrames {
    private static let quote = UInt8(ascii: "\"")

    /// A field that nobody knows, first in the payload.
    static func withUnknownField(_ bytes: [UInt8]) -> [UInt8] {
        guard let brace = bytes.firstIndex(of: UInt8(ascii: "{")) else { return bytes }
        let isEmpty = bytes.dropFirst(brace + 1).first == UInt8(ascii: "}")
        let field = #""vendorExtension":{"a":[1,2.5e3,null,true],"b":"é"}"# + (isEmpty ? "" : ",")
        return bytes[...brace] + Array(field.utf8) + bytes[(brace + 1)...]
    }

    /// 2.0.1: values that are numbers as texts; 1.6: those that are texts as numbers.
    static func withSwappedTypes(_ bytes: [UInt8], _ version: OCPPVersion) -> [UInt8] {
        let key = Array(#""value":"#.utf8)
        var out: [UInt8] = []
        var rest = bytes[...]
        while let range = rest.firstRange(of: key) {
            out += rest[..<range.upperBound]
            rest = rest[range.upperBound...]
            switch version {
            case .v201:
                let end = rest.firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? rest.endIndex
                out += rest.first == quote ? Array(rest[..<end]) : [quote] + rest[..<end] + [quote]
                rest = rest[end...]
            case .v16:
                guard rest.first == quote, let end = rest.dropFirst().firstIndex(of: quote) else { continue }
                let text = rest[rest.index(after: rest.startIndex)..<end]
                let isNumber = !text.isEmpty && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                out += isNumber ? Array(text) : Array(rest[...end])
                rest = rest[(end + 1)...]
            }
        }
        return out + rest
    }

    /// Times end with this in the place of `Z`.
    static func withZone(_ zone: String, _ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            let isZone = byte == UInt8(ascii: "Z") && index + 1 < bytes.count && bytes[index + 1] == quote && isInTime(bytes, index)
            if isZone { out += Array(zone.utf8) } else { out.append(byte) }
        }
        return out
    }

    private static func isInTime(_ bytes: [UInt8], _ index: Int) -> Bool {
        index >= 19 && bytes[..<index].suffix(13).contains(UInt8(ascii: "T")) && bytes[..<index].suffix(9).contains(UInt8(ascii: ":"))
    }

    /// A NUL in the station's name for itself.
    static func withNULs(_ bytes: [UInt8]) -> [UInt8] {
        let name = Array("Wattline\"".utf8)
        guard let range = bytes.firstRange(of: name) else { return bytes }
        return bytes[..<range.lowerBound] + Array(#"Watt\u0000line""#.utf8) + bytes[range.upperBound...]
    }

    /// The frame with white space before its end.
    static func withSpaces(_ bytes: [UInt8], upTo count: Int) -> [UInt8] {
        guard bytes.count < count else { return bytes }
        return bytes.dropLast() + [UInt8](repeating: UInt8(ascii: " "), count: count - bytes.count) + bytes.suffix(1)
    }
}
