/// Finds the blank line that ends the head of a request or an answer, looking at each byte once.
struct HeadEnd {
    private static let line = Array("\r\n\r\n".utf8)
    /// The number of its bytes that have come in a row.
    private var matched = 0

    /// True when this byte is its last.
    mutating func isReached(by byte: UInt8) -> Bool {
        matched = byte == HeadEnd.line[matched] ? matched + 1 : byte == HeadEnd.line[0] ? 1 : 0
        guard matched == HeadEnd.line.count else { return false }
        matched = 0
        return true
    }
}
