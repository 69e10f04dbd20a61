internal import Platform

/// An object of a JSON file, read name by name; whatever is wrong is said with file, line, path, value and what was expected.
package struct JSONFields: Sendable {
    package let file: String
    /// The path to the object within the file: empty for the outermost, `charge_points[2]`.
    package let path: String
    private let members: [(name: String, value: JSONTree)]
    private let line: Int

    package init(_ tree: JSONTree, file: String, path: String = "") throws(SettingError) {
        guard case .object(let members) = tree.value else { throw JSONFields.error(file, path, tree, expected: "an object") }
        self.file = file
        self.path = path
        self.members = members
        line = tree.line
    }

    /// Refuses names that are not among these.
    package func allowOnly(_ names: String...) throws(SettingError) {
        guard let (name, tree) = members.first(where: { !names.contains($0.name) }) else { return }
        throw SettingError("\(file):\(tree.line) \(place(name))", value: nil, expected: "no such name; known: \(names.joined(separator: ", "))")
    }

    /// The value of a name; `null` counts as absent.
    package func tree(_ name: String) -> JSONTree? {
        guard let tree = members.first(where: { $0.name == name })?.value else { return nil }
        if case .null = tree.value { return nil }
        return tree
    }

    /// The parsed value of a string or a number (by its text); `nil` when it is absent.
    package func optional<Value>(
        _ name: String, _ kind: Kind, _ parser: ValueParser<Value>, expected: String? = nil
    ) throws(SettingError) -> Value? {
        guard let tree = tree(name) else { return nil }
        return try JSONFields.value(tree, kind, parser, expected: expected, file: file, path: place(name))
    }

    package func required<Value>(
        _ name: String, _ kind: Kind, _ parser: ValueParser<Value>, expected: String? = nil
    ) throws(SettingError) -> Value {
        guard let value = try optional(name, kind, parser, expected: expected) else { throw missing(name, expected ?? parser.expected) }
        return value
    }

    /// The elements of an array with their paths; `nil` when it is absent.
    package func array(_ name: String) throws(SettingError) -> [(tree: JSONTree, path: String)]? {
        guard let tree = tree(name) else { return nil }
        guard case .array(let elements) = tree.value else { throw JSONFields.error(file, place(name), tree, expected: "an array") }
        return elements.enumerated().map { ($1, "\(place(name))[\($0)]") }
    }

    package func missing(_ name: String, _ expected: String) -> SettingError {
        SettingError("\(file):\(line) \(place(name))", value: nil, expected: expected + ", but it is missing")
    }

    package func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// The kind that a JSON value must have before a parser looks at it.
    package enum Kind: Sendable { case string, number }

    package static func value<Value>(
        _ tree: JSONTree, _ kind: Kind, _ parser: ValueParser<Value>, expected: String? = nil, file: String, path: String
    ) throws(SettingError) -> Value {
        let text: String? =
            switch (tree.value, kind) {
            case (.string(let text), .string), (.number(let text), .number): text
            default: nil
            }
        guard let text, let value = parser(text) else { throw error(file, path, tree, expected: expected ?? parser.expected) }
        return value
    }

    package static func error(_ file: String, _ path: String, _ tree: JSONTree, expected: String) -> SettingError {
        let shown =
            switch tree.value {
            case .string(let text), .number(let text): text
            case .bool(let bool): "\(bool)"
            case .null: "null"
            case .object: "{…}"
            case .array: "[…]"
            }
        return SettingError("\(file):\(tree.line)" + (path.isEmpty ? "" : " \(path)"), value: shown, expected: expected, processExit: .configuration)
    }
}
