internal import JSON

/// A number in quotes, as stations write it: JSON's numbers, and also `+5`, `007`, `.5`, `5.`, `1,5`, with spaces or NULs around.
struct LenientNumber {
    /// The longest text that is taken for a number, in bytes.
    static let limit = 64

    let number: JSONNumber
    /// True when a comma stood for the point.
    let hasComma: Bool

    /// Reads a number; `nil` for what is none, as `NaN` and the empty text.
    init?(_ text: String) {
        guard text.utf8.count <= LenientNumber.limit else { return nil }
        var rest = Array(text.utf8)[...]
        while let first = rest.first, first <= 0x20 { rest.removeFirst() }
        while let last = rest.last, last <= 0x20 { rest.removeLast() }
        var sign: [UInt8] = []
        if rest.first == UInt8(ascii: "-") { sign = [UInt8(ascii: "-")] }
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        while rest.count > 1, rest.first == UInt8(ascii: "0"), rest[rest.startIndex + 1].isDigit { rest = rest.dropFirst() }
        let commas = rest.filter { $0 == UInt8(ascii: ",") }.count
        let isComma = commas == 1 && !rest.contains(UInt8(ascii: "."))
        var digits = rest.map { isComma && $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }
        if digits.first == UInt8(ascii: ".") { digits.insert(UInt8(ascii: "0"), at: 0) }
        if digits.last == UInt8(ascii: ".") { digits.removeLast() }
        guard digits.first?.isDigit ?? false, let number = (try? JSONValue(sign + digits))?.number else { return nil }
        self.number = number
        hasComma = isComma
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}
