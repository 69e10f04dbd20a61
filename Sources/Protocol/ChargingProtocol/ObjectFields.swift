internal import ChargingModel
internal import JSON

/// Fields of any JSON object; what does not fit is rejected by its name (P4).
struct ObjectFields: Fields {
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

    func has(_ name: FieldName) -> Bool { value(name) != nil }

    private func value(_ name: FieldName) -> JSONValue? {
        guard let value = object[name.text], value.kind != .null else { return nil }
        return value
    }

    func missing(_ name: FieldName, _ expected: @autoclosure () -> String) -> Rejection {
        Rejection(.missingField, field: path + name.text, expected: expected())
    }

    func contradiction(_ rejection: @autoclosure () -> Rejection) -> Rejection { rejection() }

    private enum Converted<Value> {
        case value(Value)
        case wrongType
        case outOfRange
    }

    private func read<Value>(
        _ name: FieldName, _ expected: @autoclosure () -> String, _ convert: (JSONValue) -> Converted<Value>
    ) throws(Rejection) -> Value? {
        guard let value = value(name) else { return nil }
        switch convert(value) {
        case .value(let converted): return converted
        case .wrongType: throw Rejection(.wrongType, field: path + name.text, found: value.text, expected: expected())
        case .outOfRange: throw Rejection(.outOfRange, field: path + name.text, found: value.text, expected: expected())
        }
    }

    func idIfPresent<Kind>(_ name: FieldName) throws(Rejection) -> Identifier<Kind>? {
        try read(name, Expected.id) { value in
            guard let text = value.string else { return .wrongType }
            return Identifier<Kind>(text).map { .value($0) } ?? .outOfRange
        }
    }

    func shown<Value>(_ read: () throws(Rejection) -> Value?) throws(Rejection) -> Value? {
        do throws(Rejection) { return try read() } catch { return nil }
    }

    func allowOnly(_ names: [FieldName]) throws(Rejection) {
        guard let other = object.all.first(where: { member in !names.contains { $0.text == member.name } }) else { return }
        throw Rejection(
            .outOfRange, field: path + other.name.bounded(to: 60), found: other.value.text,
            expected: "no such field; known: \(names.map(\.text).joined(separator: ", "))")
    }

    func require<Kind>(_ name: FieldName, _ id: Identifier<Kind>) throws(Rejection) {
        let found: Identifier<Kind> = try self.id(name)
        guard found == id else {
            throw Rejection(.idMismatch, field: path + name.text, found: "\"\(found)\"", expected: "\"\(id)\", as in the topic")
        }
    }

    func textIfPresent(_ name: FieldName) throws(Rejection) -> String? {
        try read(name, Expected.text) { $0.string.map { .value($0.bounded()) } ?? .wrongType }
    }

    func wordIfPresent<Word: RawRepresentable<String> & CaseIterable>(_ name: FieldName) throws(Rejection) -> Word? {
        try read(name, Expected.word(Word.self)) { value in
            guard let text = value.string else { return .wrongType }
            return Word(rawValue: text).map { .value($0) } ?? .outOfRange
        }
    }

    func timeIfPresent(_ name: FieldName) throws(Rejection) -> WallTime? {
        try read(name, Expected.time) { value in
            guard let text = value.string else { return .wrongType }
            return WallTime(text: text).map { .value($0) } ?? .outOfRange
        }
    }

    func boolIfPresent(_ name: FieldName) throws(Rejection) -> Bool? {
        try read(name, Expected.bool) { $0.bool.map { .value($0) } ?? .wrongType }
    }

    func integerIfPresent(_ name: FieldName, _ range: ClosedRange<Int64>, _ expected: @autoclosure () -> String) throws(Rejection) -> Int64? {
        try read(name, expected()) { value in
            guard let number = value.number else { return .wrongType }
            guard let integer = number.integer else { return .outOfRange }
            return range.contains(integer) ? .value(integer) : .outOfRange
        }
    }

    func quantityIfPresent(
        _ name: FieldName, decimals: Int, to limit: Int64, _ expected: @autoclosure () -> String
    ) throws(Rejection) -> Int64? {
        try read(name, expected()) { value in
            guard let number = value.number else { return .wrongType }
            guard !number.isNegative, let count = number.rounded(decimals: decimals), count <= limit else { return .outOfRange }
            return .value(count)
        }
    }

    func object<Value>(_ name: FieldName, _ body: (borrowing ObjectFields) throws(Rejection) -> Value) throws(Rejection) -> Value {
        let expected = "an object"
        guard let object: JSONObject = try read(name, expected, { $0.object.map { .value($0) } ?? .wrongType }) else {
            throw missing(name, expected)
        }
        return try body(ObjectFields(object, path: "\(path)\(name.text)."))
    }

    func readableObjects<Value>(
        _ name: FieldName, most: Int, _ body: (borrowing ObjectFields) throws(Rejection) -> Value
    ) throws(Rejection) -> [Value] {
        try elements(name, most: most).enumerated().compactMap { index, element in
            guard let object = element.object else { return nil }
            return try? body(ObjectFields(object, path: "\(path)\(name.text)[\(index)]."))
        }
    }

    private func elements(_ name: FieldName, most: Int) throws(Rejection) -> [JSONValue] {
        let expected = "an array of at most \(most) objects"
        let elements: [JSONValue]? = try read(name, expected) { value in
            guard let elements = value.elements else { return .wrongType }
            return elements.count <= most ? .value(elements) : .outOfRange
        }
        guard let elements else { throw missing(name, expected) }
        return elements
    }
}
