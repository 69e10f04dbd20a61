internal import ChargingModel
internal import JSON

/// Something that only `ObjectFields` reads, or rejects.
struct Unusual: Error {}

/// Fields of plain JSON, straight from the payload's bytes: what a program of ours writes, and nothing that is wrong.
struct PlainFields: Fields, ~Copyable {
    private let object: PlainObject

    init(_ payload: [UInt8]) throws(Unusual) {
        guard let object = PlainObject(payload, FieldName.all) else { throw Unusual() }
        self.object = object
    }

    private init(_ object: consuming PlainObject) { self.object = object }

    func has(_ name: FieldName) -> Bool { isThere(name) }

    @inline(__always) private func isThere(_ name: FieldName) -> Bool {
        switch object.kind(name.rawValue) {
        case nil, .null?: false
        case .object?, .array?, .string?, .number?, .bool?: true
        }
    }

    func missing(_ name: FieldName, _ expected: @autoclosure () -> String) -> Unusual { Unusual() }
    func contradiction(_ rejection: @autoclosure () -> Rejection) -> Unusual { Unusual() }

    func idIfPresent<Kind>(_ name: FieldName) throws(Unusual) -> Identifier<Kind>? {
        guard isThere(name) else { return nil }
        guard let place = object.string(name.rawValue), let id = Identifier<Kind>(utf8: object.source.span.extracting(place)) else {
            throw Unusual()
        }
        return id
    }

    func require<Kind>(_ name: FieldName, _ id: Identifier<Kind>) throws(Unusual) {
        guard let place = object.string(name.rawValue), place.count == id.text.utf8.count else { throw Unusual() }
        let found = object.source.span.extracting(place)
        let expected = id.text.utf8.span
        for index in 0..<found.count where found[index] != expected[index] { throw Unusual() }
    }

    func textIfPresent(_ name: FieldName) throws(Unusual) -> String? {
        guard isThere(name) else { return nil }
        guard let place = object.string(name.rawValue) else { throw Unusual() }
        return object.source.span.extracting(place).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    func wordIfPresent<Word: RawRepresentable<String> & CaseIterable>(_ name: FieldName) throws(Unusual) -> Word? {
        guard let text = try textIfPresent(name) else { return nil }
        guard let word = Word(rawValue: text) else { throw Unusual() }
        return word
    }

    func timeIfPresent(_ name: FieldName) throws(Unusual) -> WallTime? {
        guard isThere(name) else { return nil }
        guard let place = object.string(name.rawValue), let time = WallTime(utf8: object.source.span.extracting(place)) else { throw Unusual() }
        return time
    }

    func boolIfPresent(_ name: FieldName) throws(Unusual) -> Bool? {
        guard isThere(name) else { return nil }
        guard let bool = object.bool(name.rawValue) else { throw Unusual() }
        return bool
    }

    func integerIfPresent(_ name: FieldName, _ range: ClosedRange<Int64>, _ expected: @autoclosure () -> String) throws(Unusual) -> Int64? {
        guard isThere(name) else { return nil }
        guard let integer = object.count(name.rawValue, decimals: 0), range.contains(integer) else { throw Unusual() }
        return integer
    }

    func quantityIfPresent(
        _ name: FieldName, decimals: Int, to limit: Int64, _ expected: @autoclosure () -> String
    ) throws(Unusual) -> Int64? {
        guard isThere(name) else { return nil }
        guard let count = object.count(name.rawValue, decimals: decimals), count <= limit else { throw Unusual() }
        return count
    }

    func object<Value>(_ name: FieldName, _ read: (borrowing PlainFields) throws(Unusual) -> Value) throws(Unusual) -> Value {
        guard let inner = object.object(name.rawValue) else { throw Unusual() }
        return try read(PlainFields(inner))
    }

    /// Arrays are not plain.
    func objects<Value>(_ name: FieldName, most: Int, _ read: (borrowing PlainFields) throws(Unusual) -> Value) throws(Unusual) -> [Value] {
        throw Unusual()
    }
}
