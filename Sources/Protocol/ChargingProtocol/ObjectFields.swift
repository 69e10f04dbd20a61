internal import ChargingModel

/// Fields of any JSON object by the protocol's names; what does not fit is rejected by its name (P4).
struct ObjectFields: Fields {
    private let fields: NamedFields

    init(_ payload: [UInt8]) throws(Rejection) { fields = try NamedFields(payload) }
    private init(_ fields: NamedFields) { self.fields = fields }

    func has(_ name: FieldName) -> Bool { fields.has(name.text) }

    func missing(_ name: FieldName, _ expected: @autoclosure () -> String) -> Rejection { fields.missing(name.text, expected()) }
    func contradiction(_ rejection: @autoclosure () -> Rejection) -> Rejection { rejection() }

    func shown<Value>(_ read: () throws(Rejection) -> Value?) throws(Rejection) -> Value? {
        do throws(Rejection) { return try read() } catch { return nil }
    }

    func allowOnly(_ names: [FieldName]) throws(Rejection) { try fields.allowOnly(names.map(\.text)) }
    func require<Kind>(_ name: FieldName, _ id: Identifier<Kind>) throws(Rejection) { try fields.require(name.text, id) }
    func idIfPresent<Kind>(_ name: FieldName) throws(Rejection) -> Identifier<Kind>? { try fields.idIfPresent(name.text) }
    func textIfPresent(_ name: FieldName) throws(Rejection) -> String? { try fields.textIfPresent(name.text) }
    func wordIfPresent<Word: RawRepresentable<String> & CaseIterable>(_ name: FieldName) throws(Rejection) -> Word? {
        try fields.wordIfPresent(name.text)
    }
    func timeIfPresent(_ name: FieldName) throws(Rejection) -> WallTime? { try fields.timeIfPresent(name.text) }
    func boolIfPresent(_ name: FieldName) throws(Rejection) -> Bool? { try fields.boolIfPresent(name.text) }

    func integerIfPresent(_ name: FieldName, _ range: ClosedRange<Int64>, _ expected: @autoclosure () -> String) throws(Rejection) -> Int64? {
        try fields.integerIfPresent(name.text, range, expected())
    }

    func quantityIfPresent(
        _ name: FieldName, decimals: Int, to limit: Int64, _ expected: @autoclosure () -> String
    ) throws(Rejection) -> Int64? {
        try fields.quantityIfPresent(name.text, decimals: decimals, to: limit, expected())
    }

    func object<Value>(_ name: FieldName, _ body: (borrowing ObjectFields) throws(Rejection) -> Value) throws(Rejection) -> Value {
        let expected = "an object"
        guard let object = try fields.objectIfPresent(name.text, expected) else { throw missing(name, expected) }
        return try body(ObjectFields(object))
    }

    func readableObjects<Value>(
        _ name: FieldName, most: Int, _ body: (borrowing ObjectFields) throws(Rejection) -> Value
    ) throws(Rejection) -> [Value] {
        let values = try fields.readableIfPresent(name.text, most: most) { (one) throws(Rejection) in try body(ObjectFields(one)) }
        guard let values else { throw missing(name, NamedFields.array(most)) }
        return values
    }
}
