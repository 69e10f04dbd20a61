/// A scanner that goes over a text as long as it is plain JSON, as `JSONOutput` writes it: no white space, ASCII without escapes, numbers of at most
/// 18 digits without minus sign and exponent, objects two deep, arrays of objects in the outer one. What it passes is JSON by RFC 8259; what it does
/// not pass may be JSON or not, which `JSONScanner` knows.
struct PlainScanner: ~Copyable {
    var position: Int

    @inline(__always) mutating func eat(_ text: RawSpan, _ character: Unicode.Scalar) -> Bool {
        guard text.byte(at: position) == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Passes what stands before the closing quote, and the quote; the opening one has been passed. Returns the place of the closing quote.
    @inline(__always) mutating func string(_ text: RawSpan) -> Int? {
        while true {
            let plain = text.word(at: position).plainBytes
            position += plain
            guard plain < 8 else { continue }
            let end = position
            guard eat(text, "\"") else { return nil }
            return end
        }
    }

    @inline(__always) mutating func word(_ text: RawSpan, _ bytes: UInt64, _ length: Int) -> Bool {
        guard text.word(at: position).first(length) == bytes else { return false }
        position += length
        return true
    }

    static let trueBytes: UInt64 = 0x6575_7274
    static let falseBytes: UInt64 = 0x65_736C_6166
    static let nullBytes: UInt64 = 0x6C6C_756E

    /// Passes a number, which is `digits` × 10^−`decimals`; what follows is not part of one.
    @inline(__always) mutating func number(_ text: RawSpan) -> (digits: Int64, decimals: Int)? {
        let start = position
        var digits: UInt64 = 0
        if let eight = text.word(at: position).eightDigits {
            digits = eight
            position += 8
        }
        var next = passDigits(text, &digits, start + 18)
        let whole = position - start
        guard whole > 0, whole == 1 || text.byte(at: start) != UInt8(ascii: "0") else { return nil }
        var decimals = 0
        if next == UInt8(ascii: ".") {
            position += 1
            let fraction = position
            next = passDigits(text, &digits, start + 19)
            decimals = position - fraction
            guard decimals > 0 else { return nil }
        }
        guard !next.isDigit, next != UInt8(ascii: "e"), next != UInt8(ascii: "E") else { return nil }
        return (Int64(truncatingIfNeeded: digits), decimals)
    }

    /// Passes digits up to the limit; returns the byte that comes then.
    @inline(__always) private mutating func passDigits(_ text: RawSpan, _ digits: inout UInt64, _ limit: Int) -> UInt8 {
        var next = text.byte(at: position)
        while next.isDigit, position < limit {
            digits = digits &* 10 &+ UInt64(next &- UInt8(ascii: "0"))
            position += 1
            next = text.byte(at: position)
        }
        return next
    }

    /// Passes an object whose members nobody asks for yet.
    mutating func object(_ text: RawSpan, levels: Int) -> Bool {
        guard levels > 0, eat(text, "{") else { return false }
        if eat(text, "}") { return true }
        repeat {
            guard eat(text, "\""), string(text) != nil, eat(text, ":"), value(text, levels: levels - 1) else { return false }
        } while eat(text, ",")
        return eat(text, "}")
    }

    /// Passes an array of objects.
    mutating func objects(_ text: RawSpan) -> Bool {
        guard eat(text, "[") else { return false }
        if eat(text, "]") { return true }
        repeat {
            guard object(text, levels: 1) else { return false }
        } while eat(text, ",")
        return eat(text, "]")
    }

    private mutating func value(_ text: RawSpan, levels: Int) -> Bool {
        switch text.byte(at: position) {
        case UInt8(ascii: "\""):
            position += 1
            return string(text) != nil
        case UInt8(ascii: "{"): return object(text, levels: levels)
        case UInt8(ascii: "t"): return word(text, PlainScanner.trueBytes, 4)
        case UInt8(ascii: "f"): return word(text, PlainScanner.falseBytes, 5)
        case UInt8(ascii: "n"): return word(text, PlainScanner.nullBytes, 4)
        default: return number(text) != nil
        }
    }
}
