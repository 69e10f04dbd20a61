internal import ChargingModel
internal import JSON

/// The fields of an object about stations and gateways, by their names as they are written. These messages are few: they are read in one way, and not
/// as fast as can be.
struct StationFields {
    private let object: JSONObject
    private let path: String

    init(_ payload: [UInt8]) throws(Rejection) {
        do throws(JSONError) {
            object = try JSONObject(payload)
        } catch {
            throw Rejection(.notAnObject, expected: "a JSON object (\(error))")
        }
        path = ""
    }

    private init(_ object: JSONObject, path: String) {
        self.object = object
        self.path = path
    }

    private func value(_ name: String) -> JSONValue? {
        guard let value = object[name], value.kind != .null else { return nil }
        return value
    }

    private func missing(_ name: String, _ expected: String) -> Rejection { Rejection(.missingField, field: path + name, expected: expected) }
    private func wrong(_ name: String, _ value: JSONValue, _ reason: Rejection.Reason, _ expected: String) -> Rejection {
        Rejection(reason, field: path + name, found: value.text, expected: expected)
    }

    /// Checks that there are no other fields: for what a person writes, who may have mistaken a name.
    func allowOnly(_ names: [String]) throws(Rejection) {
        guard let other = object.all.first(where: { !names.contains($0.name) }) else { return }
        throw Rejection(
            .outOfRange, field: path + other.name.bounded(to: 60), found: other.value.text,
            expected: "no such field; known: \(names.joined(separator: ", "))")
    }

    // MARK: Values

    private func need<Value>(_ name: String, _ expected: String, _ value: Value?) throws(Rejection) -> Value {
        guard let value else { throw missing(name, expected) }
        return value
    }

    /// A text as it is.
    private func rawIfPresent(_ name: String, _ expected: String) throws(Rejection) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw wrong(name, value, .wrongType, expected) }
        return text
    }

    /// A text for people, cut and made harmless.
    func textIfPresent(_ name: String, to limit: Int = String.messageTextLimit) throws(Rejection) -> String? {
        try rawIfPresent(name, Expected.text)?.bounded(to: limit)
    }
    func text(_ name: String, to limit: Int = String.messageTextLimit) throws(Rejection) -> String {
        try need(name, Expected.text, try textIfPresent(name, to: limit))
    }

    /// A text that must be whole.
    func wholeIfPresent(_ name: String, most: Int) throws(Rejection) -> String? {
        let expected = "a text of at most \(most) bytes"
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw wrong(name, value, .wrongType, expected) }
        guard text.utf8.count <= most else { throw wrong(name, value, .outOfRange, expected) }
        return text
    }
    func whole(_ name: String, most: Int) throws(Rejection) -> String {
        try need(name, "a text of at most \(most) bytes", try wholeIfPresent(name, most: most))
    }

    func idIfPresent<Kind>(_ name: String) throws(Rejection) -> Identifier<Kind>? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw wrong(name, value, .wrongType, Expected.id) }
        guard let id = Identifier<Kind>(text) else { throw wrong(name, value, .outOfRange, Expected.id) }
        return id
    }
    func id<Kind>(_ name: String) throws(Rejection) -> Identifier<Kind> { try need(name, Expected.id, try idIfPresent(name)) }

    /// Checks an id that is in the topic as well.
    func require<Kind>(_ name: String, _ id: Identifier<Kind>) throws(Rejection) {
        let found: Identifier<Kind> = try self.id(name)
        guard found == id else {
            throw Rejection(.idMismatch, field: path + name, found: "\"\(found)\"", expected: "\"\(id)\", as in the topic")
        }
    }

    func wordIfPresent<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(Rejection) -> Word? {
        guard let value = value(name) else { return nil }
        let expected = Expected.word(Word.self)
        guard let text = value.string else { throw wrong(name, value, .wrongType, expected) }
        guard let word = Word(rawValue: text) else { throw wrong(name, value, .outOfRange, expected) }
        return word
    }
    func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(Rejection) -> Word {
        try need(name, Expected.word(Word.self), try wordIfPresent(name))
    }

    func boolIfPresent(_ name: String) throws(Rejection) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let bool = value.bool else { throw wrong(name, value, .wrongType, Expected.bool) }
        return bool
    }
    func bool(_ name: String) throws(Rejection) -> Bool { try need(name, Expected.bool, try boolIfPresent(name)) }

    func timeIfPresent(_ name: String) throws(Rejection) -> WallTime? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw wrong(name, value, .wrongType, Expected.time) }
        guard let time = WallTime(text: text) else { throw wrong(name, value, .outOfRange, Expected.time) }
        return time
    }
    func time(_ name: String) throws(Rejection) -> WallTime { try need(name, Expected.time, try timeIfPresent(name)) }

    func numberIfPresent(_ name: String, _ range: ClosedRange<Int64>) throws(Rejection) -> Int64? {
        guard let value = value(name) else { return nil }
        let expected = StationFields.expected(range)
        guard let number = value.number else { throw wrong(name, value, .wrongType, expected) }
        guard let integer = number.integer, range.contains(integer) else { throw wrong(name, value, .outOfRange, expected) }
        return integer
    }
    func number(_ name: String, _ range: ClosedRange<Int64>) throws(Rejection) -> Int64 {
        try need(name, StationFields.expected(range), try numberIfPresent(name, range))
    }

    private static func expected(_ range: ClosedRange<Int64>) -> String { "a whole number, \(range.lowerBound) to \(range.upperBound)" }

    func epoch() throws(Rejection) -> Epoch { Epoch(try number("epoch", 0...((1 << 53) - 2))) }
    func count(_ name: String) throws(Rejection) -> Int64 { try number(name, 0...((1 << 53) - 1)) }

    // MARK: Lists

    private func elements(_ name: String, most: Int, _ kind: String) throws(Rejection) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        let expected = "an array of at most \(most) \(kind)"
        guard let elements = value.elements else { throw wrong(name, value, .wrongType, expected) }
        guard elements.count <= most else { throw wrong(name, value, .outOfRange, expected) }
        return elements
    }

    /// The objects of a list, all of which must be readable. An absent list is empty.
    func objects<Value>(_ name: String, most: Int, _ read: (StationFields) throws(Rejection) -> Value) throws(Rejection) -> [Value] {
        var values: [Value] = []
        for (index, element) in (try elements(name, most: most, "objects") ?? []).enumerated() {
            let place = "\(path)\(name)[\(index)]"
            guard let object = element.object else { throw Rejection(.wrongType, field: place, found: element.text, expected: "an object") }
            values.append(try read(StationFields(object, path: place + ".")))
        }
        return values
    }

    /// The objects of a list for people: one that can't be read costs the others nothing.
    func readable<Value>(_ name: String, most: Int, _ read: (StationFields) throws(Rejection) -> Value) throws(Rejection) -> [Value] {
        (try elements(name, most: most, "objects") ?? []).compactMap { element in
            element.object.flatMap { object in try? read(StationFields(object, path: "")) }
        }
    }

    /// The texts of a list, all of which must be whole.
    func texts(_ name: String, most: Int, longest: Int) throws(Rejection) -> [String] {
        var texts: [String] = []
        for (index, element) in (try elements(name, most: most, "texts") ?? []).enumerated() {
            let expected = "a text of at most \(longest) bytes"
            let field = "\(path)\(name)[\(index)]"
            guard let text = element.string else { throw Rejection(.wrongType, field: field, found: element.text, expected: expected) }
            guard text.utf8.count <= longest else { throw Rejection(.outOfRange, field: field, found: element.text, expected: expected) }
            texts.append(text)
        }
        return texts
    }
}
