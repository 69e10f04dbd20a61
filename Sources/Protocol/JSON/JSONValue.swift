/// A JSON value in its text, which has been checked as a whole: its contents are taken out when they are asked for.
public struct JSONValue: Sendable {
    let source: [UInt8]
    let span: JSONSpan

    /// Checks a whole text (RFC 8259): UTF-8, no more than 32 levels, nothing after the value.
    /// - Throws: the place at which it is wrong, and what was expected.
    public init(_ bytes: [UInt8]) throws(JSONError) {
        source = bytes
        span = try bytes.scan(from: 0) { (scanner) throws(JSONError) in
            let span = try scanner.value(depth: 0)
            scanner.skipSpace()
            guard scanner.next == nil else { throw scanner.error("nothing after the end of the JSON value") }
            return span
        }
    }

    init(source: [UInt8], span: JSONSpan) {
        self.source = source
        self.span = span
    }

    public var kind: JSONKind { span.kind }

    /// The byte of the text at which it begins.
    public var offset: Int { span.start }

    /// The value's own text.
    public var text: String { String(decoding: source[span.start..<span.end], as: UTF8.self) }

    /// The string between the quotes; `nil` unless it is a string.
    public var string: String? { kind == .string ? JSONText.string(source, span) : nil }

    /// The bool; `nil` unless it is one.
    public var bool: Bool? { kind == .bool ? source[span.start] == UInt8(ascii: "t") : nil }

    /// The number; `nil` unless it is one.
    public var number: JSONNumber? { kind == .number ? JSONNumber(source[span.start..<span.end]) : nil }

    /// The object; `nil` unless it is one.
    public var object: JSONObject? {
        guard kind == .object else { return nil }
        var members: [JSONObject.Member] = []
        scan { (scanner) throws(JSONError) in try scanner.object(depth: 0) { members.append(JSONObject.Member(name: $0, value: $1)) } }
        return JSONObject(source: source, members: members)
    }

    /// The elements; `nil` unless it is an array.
    public var elements: [JSONValue]? {
        guard kind == .array else { return nil }
        var elements: [JSONValue] = []
        scan { (scanner) throws(JSONError) in try scanner.array(depth: 0) { elements.append(JSONValue(source: source, span: $0)) } }
        return elements
    }

    private func scan(_ body: (inout JSONScanner) throws(JSONError) -> Void) {
        do throws(JSONError) {
            try source.scan(from: span.start, body)
        } catch {
            preconditionFailure("a text that was checked is wrong at \(error)")
        }
    }
}

/// An object of a JSON text, whose members can be asked for by name.
public struct JSONObject: Sendable {
    struct Member: Sendable {
        var name: JSONSpan
        var value: JSONSpan
    }

    let source: [UInt8]
    let members: [Member]

    /// Checks a whole text that must be one object.
    /// - Throws: the place at which it is wrong, and what was expected.
    public init(_ bytes: [UInt8]) throws(JSONError) {
        var members: [Member] = []
        members.reserveCapacity(12)
        try bytes.scan(from: 0) { (scanner) throws(JSONError) in
            scanner.skipSpace()
            try scanner.object(depth: 0) { members.append(Member(name: $0, value: $1)) }
            scanner.skipSpace()
            guard scanner.next == nil else { throw scanner.error("nothing after the end of the JSON value") }
        }
        source = bytes
        self.members = members
    }

    init(source: [UInt8], members: [Member]) {
        self.source = source
        self.members = members
    }

    /// The value of a name; of the last one, if it is there more than once (as most readers do it).
    public subscript(name: String) -> JSONValue? {
        guard let member = members.last(where: { isNamed($0, name) }) else { return nil }
        return JSONValue(source: source, span: member.value)
    }

    /// All members in their order.
    public var all: [(name: String, value: JSONValue)] {
        members.map { (JSONText.string(source, $0.name), JSONValue(source: source, span: $0.value)) }
    }

    private func isNamed(_ member: Member, _ name: String) -> Bool {
        let written = source[(member.name.start + 1)..<(member.name.end - 1)]
        if written.contains(UInt8(ascii: "\\")) { return JSONText.string(source, member.name) == name }
        return written.elementsEqual(name.utf8)
    }
}

extension [UInt8] {
    fileprivate func scan<Result>(
        from start: Int, _ body: (inout JSONScanner) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        try withUnsafeBufferPointer { (buffer) throws(JSONError) in
            var scanner = JSONScanner(bytes: buffer, position: start)
            return try body(&scanner)
        }
    }
}
