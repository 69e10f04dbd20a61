/// A scanner that checks a text by RFC 8259; nothing is copied. What it passes on has been checked to its end.
struct JSONScanner {
    /// The greatest number of objects and arrays within each other.
    static let deepest = 32

    let bytes: UnsafeBufferPointer<UInt8>
    var position: Int

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    func error(_ expected: String, at offset: Int? = nil) -> JSONError { JSONError(offset: offset ?? position, expected: expected) }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    mutating func eat(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Passes a value.
    mutating func value(depth: Int) throws(JSONError) -> JSONSpan {
        skipSpace()
        let start = position
        let kind = try skip(depth)
        return JSONSpan(kind: kind, start: start, end: position)
    }

    private mutating func skip(_ depth: Int) throws(JSONError) -> JSONKind {
        switch next {
        case UInt8(ascii: "{"):
            try object(depth: depth) { _, _ in }
            return .object
        case UInt8(ascii: "["):
            try array(depth: depth) { _ in }
            return .array
        case UInt8(ascii: "\""):
            try string("a JSON value")
            return .string
        case UInt8(ascii: "t"): return try word("true", .bool)
        case UInt8(ascii: "f"): return try word("false", .bool)
        case UInt8(ascii: "n"): return try word("null", .null)
        default:
            try number()
            return .number
        }
    }

    /// Passes an object and tells its members: the name with its quotes, and the value.
    mutating func object(depth: Int, _ member: (JSONSpan, JSONSpan) -> Void) throws(JSONError) {
        guard depth < JSONScanner.deepest else { throw error("no more than \(JSONScanner.deepest) levels") }
        guard eat("{") else { throw error("an object") }
        skipSpace()
        if eat("}") { return }
        repeat {
            skipSpace()
            let start = position
            try string("a name in quotes")
            let name = JSONSpan(kind: .string, start: start, end: position)
            skipSpace()
            guard eat(":") else { throw error("a colon after the name") }
            member(name, try value(depth: depth + 1))
            skipSpace()
        } while eat(",")
        guard eat("}") else { throw error("a comma or }") }
    }

    /// Passes an array and tells its elements.
    mutating func array(depth: Int, _ element: (JSONSpan) -> Void) throws(JSONError) {
        guard depth < JSONScanner.deepest else { throw error("no more than \(JSONScanner.deepest) levels") }
        guard eat("[") else { throw error("an array") }
        skipSpace()
        if eat("]") { return }
        repeat {
            element(try value(depth: depth + 1))
            skipSpace()
        } while eat(",")
        guard eat("]") else { throw error("a comma or ]") }
    }

    private mutating func word(_ word: StaticString, _ kind: JSONKind) throws(JSONError) -> JSONKind {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count, (0..<length).allSatisfy({ bytes[position + $0] == word.utf8Start[$0] }) else {
            throw error("a JSON value")
        }
        position += length
        return kind
    }

    private mutating func string(_ expected: String) throws(JSONError) {
        guard eat("\"") else { throw error(expected) }
        let start = position
        var isASCII = true
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw error("no control character in a string") }
            isASCII = isASCII && byte < 0x80
            position += 1
            if byte == UInt8(ascii: "\\") { try escape() }
        }
        let end = position
        guard eat("\"") else { throw error("a quote at the end of the string") }
        if !isASCII, String(validating: bytes[start..<end], as: UTF8.self) == nil { throw error("valid UTF-8", at: start) }
    }

    private mutating func escape() throws(JSONError) {
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
            UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            guard let unit = hexadecimal() else { throw error("four hexadecimal digits") }
            guard (0xD800..<0xE000).contains(unit) else { return }
            guard unit < 0xDC00, eat("\\"), eat("u"), let low = hexadecimal(), (0xDC00..<0xE000).contains(low) else {
                throw error("a whole pair of surrogates")
            }
        default: throw error("an escape of JSON after \\")
        }
    }

    /// Reads four hexadecimal digits; `nil` when they are none.
    mutating func hexadecimal() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    private mutating func number() throws(JSONError) {
        let start = position
        _ = eat("-")
        let first = next
        let whole = digits()
        guard whole > 0, whole == 1 || first != UInt8(ascii: "0") else { throw error("a JSON value", at: start) }
        if eat("."), digits() == 0 { throw error("digits after the point") }
        if eat("e") || eat("E") {
            if !eat("+") { _ = eat("-") }
            if digits() == 0 { throw error("digits after the e") }
        }
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }
}

/// The kind of a JSON value.
public enum JSONKind: Sendable, Hashable {
    case object, array, string, number, bool, null
}

/// The place of a value in its text.
struct JSONSpan: Sendable, Hashable {
    var kind: JSONKind
    var start: Int
    var end: Int
}
