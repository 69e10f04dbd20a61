internal import ChargingModel
internal import JSON

/// Fields of any JSON object, by their names as they are written; what does not fit is rejected by its name (P4).
struct NamedFields {
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

    func has(_ name: String) -> Bool { value(name) != nil }

    private func value(_ name: String) -> JSONValue? {
        guard let value = object[name], value.kind != .null else { return nil }
        return value
    }

    func missing(_ name: String, _ expected: @autoclosure () -> String) -> Rejection {
        Rejection(.missingField, field: path + name, expected: expected())
    }

    private enum Converted<Value> {
        case value(Value)
        case wrongType
        case outOfRange
    }

    private func read<Value>(
        _ name: String, _ expected: @autoclosure () -> String, _ convert: (JSONValue) -> Converted<Value>
    ) throws(Rejection) -> Value? {
        guard let value = value(name) else { return nil }
        switch convert(value) {
        case .value(let converted): return converted
        case .wrongType: throw Rejection(.wrongType, field: path + name, found: value.text, expected: expected())
        case .outOfRange: throw Rejection(.outOfRange, field: path + name, found: value.text, expected: expected())
        }
    }

    private func need<Value>(_ name: String, _ expected: @autoclosure () -> String, _ value: Value?) throws(Rejection) -> Value {
        guard let value else { throw missing(name, expected()) }
        return value
    }

    /// Checks that there are no other fields: for what a person writes, who may have mistaken a name.
    func allowOnly(_ names: [String]) throws(Rejection) {
        guard let other = object.all.first(where: { !names.contains($0.name) }) else { return }
        throw Rejection(
            .outOfRange, field: path + other.name.bounded(to: 60), found: other.value.text,
            expected: "no such field; known: \(names.joined(separator: ", "))")
    }

    // MARK: Values

    /// A text for people, cut and made harmless.
    func textIfPresent(_ name: String, to limit: Int = String.messageTextLimit) throws(Rejection) -> String? {
        try read(name, Expected.text) { $0.string.map { .value($0.bounded(to: limit)) } ?? .wrongType }
    }
    func text(_ name: String, to limit: Int = String.messageTextLimit) throws(Rejection) -> String {
        try need(name, Expected.text, try textIfPresent(name, to: limit))
    }

    /// A text that must be whole.
    func wholeIfPresent(_ name: String, most: Int) throws(Rejection) -> String? {
        try read(name, NamedFields.whole(most)) { value in
            guard let text = value.string else { return .wrongType }
            return text.utf8.count <= most ? .value(text) : .outOfRange
        }
    }
    func whole(_ name: String, most: Int) throws(Rejection) -> String {
        try need(name, NamedFields.whole(most), try wholeIfPresent(name, most: most))
    }
    private static func whole(_ most: Int) -> String { "a text of at most \(most) bytes" }

    func idIfPresent<Kind>(_ name: String) throws(Rejection) -> Identifier<Kind>? {
        try read(name, Expected.id) { value in
            guard let text = value.string else { return .wrongType }
            return Identifier<Kind>(text).map { .value($0) } ?? .outOfRange
        }
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
        try read(name, Expected.word(Word.self)) { value in
            guard let text = value.string else { return .wrongType }
            return Word(rawValue: text).map { .value($0) } ?? .outOfRange
        }
    }
    func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(Rejection) -> Word {
        try need(name, Expected.word(Word.self), try wordIfPresent(name))
    }

    func boolIfPresent(_ name: String) throws(Rejection) -> Bool? {
        try read(name, Expected.bool) { $0.bool.map { .value($0) } ?? .wrongType }
    }
    func bool(_ name: String) throws(Rejection) -> Bool { try need(name, Expected.bool, try boolIfPresent(name)) }

    func timeIfPresent(_ name: String) throws(Rejection) -> WallTime? {
        try read(name, Expected.time) { value in
            guard let text = value.string else { return .wrongType }
            return WallTime(text: text).map { .value($0) } ?? .outOfRange
        }
    }
    func time(_ name: String) throws(Rejection) -> WallTime { try need(name, Expected.time, try timeIfPresent(name)) }

    func integerIfPresent(_ name: String, _ range: ClosedRange<Int64>, _ expected: @autoclosure () -> String) throws(Rejection) -> Int64? {
        try read(name, expected()) { value in
            guard let number = value.number else { return .wrongType }
            guard let integer = number.integer else { return .outOfRange }
            return range.contains(integer) ? .value(integer) : .outOfRange
        }
    }

    func numberIfPresent(_ name: String, _ range: ClosedRange<Int64>) throws(Rejection) -> Int64? {
        try integerIfPresent(name, range, NamedFields.number(range))
    }
    func number(_ name: String, _ range: ClosedRange<Int64>) throws(Rejection) -> Int64 {
        try need(name, NamedFields.number(range), try numberIfPresent(name, range))
    }
    private static func number(_ range: ClosedRange<Int64>) -> String { "a whole number, \(range.lowerBound) to \(range.upperBound)" }

    func epoch() throws(Rejection) -> Epoch { Epoch(try number("epoch", 0...((1 << 53) - 2))) }
    func count(_ name: String) throws(Rejection) -> Int64 { try number(name, 0...((1 << 53) - 1)) }

    /// A quantity in decimal units, 0 to `limit`, rounded half-even to whole units of the type.
    func quantityIfPresent(_ name: String, decimals: Int, to limit: Int64, _ expected: @autoclosure () -> String) throws(Rejection) -> Int64? {
        try read(name, expected()) { value in
            guard let number = value.number else { return .wrongType }
            guard !number.isNegative, let count = number.rounded(decimals: decimals), count <= limit else { return .outOfRange }
            return .value(count)
        }
    }

    // MARK: Objects

    func objectIfPresent(_ name: String, _ expected: @autoclosure () -> String) throws(Rejection) -> NamedFields? {
        let object: JSONObject? = try read(name, expected()) { $0.object.map { .value($0) } ?? .wrongType }
        return object.map { NamedFields($0, path: "\(path)\(name).") }
    }

    // MARK: Lists

    private func elementsIfPresent(_ name: String, most: Int, _ kind: String) throws(Rejection) -> [JSONValue]? {
        try read(name, NamedFields.array(most, kind)) { value in
            guard let elements = value.elements else { return .wrongType }
            return elements.count <= most ? .value(elements) : .outOfRange
        }
    }
    static func array(_ most: Int, _ kind: String = "objects") -> String { "an array of at most \(most) \(kind)" }

    /// The objects of a list, all of which must be readable. An absent list is empty.
    func objects<Value>(_ name: String, most: Int, _ read: (NamedFields) throws(Rejection) -> Value) throws(Rejection) -> [Value] {
        var values: [Value] = []
        for (index, element) in (try elementsIfPresent(name, most: most, "objects") ?? []).enumerated() {
            let place = "\(path)\(name)[\(index)]"
            guard let object = element.object else { throw Rejection(.wrongType, field: place, found: element.text, expected: "an object") }
            values.append(try read(NamedFields(object, path: place + ".")))
        }
        return values
    }

    /// The objects of a list for people: one that can't be read costs the others nothing. `nil` where there is no list.
    func readableIfPresent<Value>(_ name: String, most: Int, _ read: (NamedFields) throws(Rejection) -> Value) throws(Rejection) -> [Value]? {
        try elementsIfPresent(name, most: most, "objects")?.enumerated().compactMap { index, element in
            element.object.flatMap { object in try? read(NamedFields(object, path: "\(path)\(name)[\(index)].")) }
        }
    }
    func readable<Value>(_ name: String, most: Int, _ read: (NamedFields) throws(Rejection) -> Value) throws(Rejection) -> [Value] {
        try readableIfPresent(name, most: most, read) ?? []
    }

    /// The texts of a list, all of which must be whole.
    func texts(_ name: String, most: Int, longest: Int) throws(Rejection) -> [String] {
        var texts: [String] = []
        for (index, element) in (try elementsIfPresent(name, most: most, "texts") ?? []).enumerated() {
            let expected = NamedFields.whole(longest)
            let field = "\(path)\(name)[\(index)]"
            guard let text = element.string else { throw Rejection(.wrongType, field: field, found: element.text, expected: expected) }
            guard text.utf8.count <= longest else { throw Rejection(.outOfRange, field: field, found: element.text, expected: expected) }
            texts.append(text)
        }
        return texts
    }
}
