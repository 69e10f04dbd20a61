/// A JSON text as a tree that knows its lines, for files that people write: strict (RFC 8259, no duplicate names), numbers as they were written.
package struct JSONTree: Sendable {
    package enum Value: Sendable {
        case object([(name: String, value: JSONTree)])
        case array([JSONTree])
        case string(String)
        /// Its text: `22.0`.
        case number(String)
        case bool(Bool)
        case null
    }

    package let value: Value
    /// The line that it begins on, counted from 1.
    package let line: Int

    /// Reads a whole text. The error's place is `file:line`.
    package static func read(_ bytes: [UInt8], file: String) throws(SettingError) -> JSONTree {
        var reader = Reader(bytes: bytes, file: file)
        let tree = try reader.value(depth: 0)
        reader.skipSpace()
        if reader.position < bytes.count { throw reader.error("nothing after the end of the JSON value") }
        return tree
    }

    private struct Reader {
        let bytes: [UInt8]
        let file: String
        var position = 0
        var line = 1

        var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        func error(_ expected: String) -> SettingError {
            let found = next == nil ? nil : String(decoding: bytes[position..<min(bytes.count, position + 12)].prefix { $0 != 0x0A }, as: UTF8.self)
            return SettingError("\(file):\(line)", value: found, expected: expected, processExit: .configuration)
        }

        mutating func skipSpace() {
            while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                if byte == 0x0A { line += 1 }
                position += 1
            }
        }

        mutating func eat(_ character: Unicode.Scalar) -> Bool {
            guard next == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        mutating func value(depth: Int) throws(SettingError) -> JSONTree {
            skipSpace()
            let start = line
            guard depth < 32 else { throw error("no more than 32 levels") }
            if eat("{") { return JSONTree(value: try object(depth), line: start) }
            if eat("[") { return JSONTree(value: try array(depth), line: start) }
            if eat("\"") { return JSONTree(value: .string(try string()), line: start) }
            let words = [("true", Value.bool(true)), ("false", .bool(false)), ("null", .null)]
            for (word, value) in words where bytes[position...].starts(with: word.utf8) {
                position += word.utf8.count
                return JSONTree(value: value, line: start)
            }
            return JSONTree(value: .number(try number()), line: start)
        }

        mutating func object(_ depth: Int) throws(SettingError) -> Value {
            var members: [(name: String, value: JSONTree)] = []
            skipSpace()
            if eat("}") { return .object([]) }
            repeat {
                skipSpace()
                guard eat("\"") else { throw error("a name in quotes") }
                let name = try string()
                if members.contains(where: { $0.name == name }) {
                    throw SettingError("\(file):\(line)", value: name, expected: "each name once", processExit: .configuration)
                }
                skipSpace()
                guard eat(":") else { throw error("a colon after the name") }
                members.append((name, try value(depth: depth + 1)))
                skipSpace()
            } while eat(",")
            guard eat("}") else { throw error("a comma or }") }
            return .object(members)
        }

        mutating func array(_ depth: Int) throws(SettingError) -> Value {
            var elements: [JSONTree] = []
            skipSpace()
            if eat("]") { return .array([]) }
            repeat {
                elements.append(try value(depth: depth + 1))
                skipSpace()
            } while eat(",")
            guard eat("]") else { throw error("a comma or ]") }
            return .array(elements)
        }

        mutating func number() throws(SettingError) -> String {
            let start = position
            _ = eat("-")
            let whole = digits()
            guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else {
                position = start
                throw error("a JSON value")
            }
            if eat("."), digits() == 0 { throw error("digits after the point") }
            if eat("e") || eat("E") {
                if !eat("+") { _ = eat("-") }
                if digits() == 0 { throw error("digits after the e") }
            }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        mutating func digits() -> Int {
            let count = bytes[position...].prefix(while: isDigit).count
            position += count
            return count
        }

        mutating func string() throws(SettingError) -> String {
            var text: [UInt8] = []
            while let byte = next, byte != UInt8(ascii: "\"") {
                guard byte >= 0x20 else { throw error("no control character in a string") }
                position += 1
                guard byte == UInt8(ascii: "\\") else {
                    text.append(byte)
                    continue
                }
                guard let escape = next else { break }
                position += 1
                let plain: [UInt8: UInt8] = [0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9]
                if let byte = plain[escape] { text.append(byte) } else { text += Array(String(try unicode(escape)).utf8) }
            }
            guard eat("\"") else { throw error("a quote at the end of the string") }
            guard let valid = String(validating: text, as: UTF8.self) else { throw error("valid UTF-8") }
            return valid
        }

        mutating func unicode(_ escape: UInt8) throws(SettingError) -> Character {
            guard escape == UInt8(ascii: "u"), var code = hexadecimal() else { throw error("an escape of JSON after \\") }
            if (0xD800..<0xDC00).contains(code), eat("\\"), eat("u"), let low = hexadecimal(), (0xDC00..<0xE000).contains(low) {
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("a whole pair of surrogates") }
            return Character(scalar)
        }

        mutating func hexadecimal() -> UInt32? {
            let text = bytes[position...].prefix(4)
            guard text.count == 4, text.allSatisfy({ isDigit($0) || (0x61...0x66).contains($0 | 0x20) }) else { return nil }
            position += 4
            return UInt32(String(decoding: text, as: UTF8.self), radix: 16)
        }
    }
}
