/// The host and port of an address, as RFC 3986 spells them: `localhost`, `ev-central:8000`, `[::1]:80`.
struct Authority: Hashable {
    let text: String

    /// Reads an authority; `nil` when it is empty, has a user in it, or a port that can't be.
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        var host = bytes[...]
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")), end > 2, bytes[1..<end].allSatisfy(Authority.isInAddress) else { return nil }
            host = bytes[...end]
        } else {
            host = bytes.prefix { $0 != UInt8(ascii: ":") }
            guard !host.isEmpty, host.allSatisfy(Authority.isInName) else { return nil }
        }
        let rest = bytes[host.endIndex...]
        if let colon = rest.first {
            let port = String(decoding: rest.dropFirst(), as: UTF8.self)
            guard colon == UInt8(ascii: ":"), port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), port.isEmpty || UInt16(port) != nil else {
                return nil
            }
        }
        self.text = String(text)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static func isInName(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || "-._~%!$&'()*+,;=".utf8.contains(byte) }
    private static func isInAddress(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || ":.".utf8.contains(byte) }
}
