internal import JSON
internal import Platform

/// A value of a JSON file, with the lines on which its parts begin, so that whatever is wrong can be found.
package struct JSONTree: Sendable {
    package enum Value: Sendable {
        case object([(name: String, value: JSONTree)])
        case array([JSONTree])
        case string(String)
        /// A number, by its text: `22.0`.
        case number(String)
        case bool(Bool)
        case null
    }

    package let value: Value
    /// The line that it begins on, counted from 1.
    package let line: Int

    /// Reads a whole text; a name that is there twice is refused. The error's place is `file:line`.
    package static func read(_ bytes: [UInt8], file: String) throws(SettingError) -> JSONTree {
        let lines = Lines(bytes)
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(bytes)
        } catch {
            let found = bytes.dropFirst(error.offset).prefix(12).prefix { $0 != UInt8(ascii: "\n") }
            throw SettingError(
                "\(file):\(lines.line(of: error.offset))", value: error.offset == bytes.count ? nil : String(decoding: found, as: UTF8.self),
                expected: error.expected, processExit: .configuration)
        }
        return try JSONTree(value, lines, file)
    }

    private init(_ source: JSONValue, _ lines: Lines, _ file: String) throws(SettingError) {
        line = lines.line(of: source.offset)
        if let object = source.object {
            var members: [(name: String, value: JSONTree)] = []
            var names: Set<String> = []
            for (name, value) in object.all {
                if !names.insert(name).inserted {
                    let place = "\(file):\(lines.line(of: value.offset))"
                    throw SettingError(place, value: name, expected: "each name once", processExit: .configuration)
                }
                members.append((name, try JSONTree(value, lines, file)))
            }
            value = .object(members)
        } else if let elements = source.elements {
            var trees: [JSONTree] = []
            for element in elements { trees.append(try JSONTree(element, lines, file)) }
            value = .array(trees)
        } else if let string = source.string {
            value = .string(string)
        } else if let bool = source.bool {
            value = .bool(bool)
        } else {
            value = source.kind == .null ? .null : .number(source.text)
        }
    }

    /// The places at which the lines of a text begin.
    private struct Lines {
        private let breaks: [Int]

        init(_ bytes: [UInt8]) { breaks = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") } }

        func line(of offset: Int) -> Int {
            // Halved as often as needed: a network of ten thousand points has as many lines, and asks for each value's.
            var (low, high) = (0, breaks.count)
            while low < high {
                let middle = (low + high) / 2
                if breaks[middle] < offset { low = middle + 1 } else { high = middle }
            }
            return low + 1
        }
    }
}
