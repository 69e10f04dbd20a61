internal import ChargingModel
internal import Encodings
internal import JSON

/// Why a recording, or a line of it, can't be used.
public struct RecordingError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// The members of an object in a recording, each asked for by its name and type.
struct RecordedFields {
    private let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    /// - Throws: when the line is no JSON object.
    init(line: [UInt8]) throws(RecordingError) {
        do throws(JSONError) { object = try JSONObject(line) } catch { throw RecordingError("it is no JSON object (\(error))") }
    }

    func has(_ name: String) -> Bool { object[name] != nil }

    func text(_ name: String) throws(RecordingError) -> String { try need(name, "a text", object[name]?.string) }
    func textIfPresent(_ name: String) throws(RecordingError) -> String? { has(name) ? try text(name) : nil }
    func bool(_ name: String) throws(RecordingError) -> Bool { try need(name, "true or false", object[name]?.bool) }

    /// A whole number, of all 64 bits where it must be.
    func number<Number: FixedWidthInteger>(_ name: String, _ type: Number.Type = Number.self) throws(RecordingError) -> Number {
        try need(name, "a whole number", object[name].flatMap { $0.kind == .number ? Number($0.text) : nil })
    }

    func numberIfPresent<Number: FixedWidthInteger>(_ name: String, _ type: Number.Type = Number.self) throws(RecordingError) -> Number? {
        has(name) ? try number(name) : nil
    }

    /// In nanoseconds.
    func duration(_ name: String) throws(RecordingError) -> Duration { .nanoseconds(try number(name, Int64.self)) }
    func durationIfPresent(_ name: String) throws(RecordingError) -> Duration? { has(name) ? try duration(name) : nil }

    func id<Kind>(_ name: String) throws(RecordingError) -> Identifier<Kind> { try need(name, "an id", Identifier(try text(name))) }
    func idIfPresent<Kind>(_ name: String) throws(RecordingError) -> Identifier<Kind>? { has(name) ? try id(name) : nil }

    /// The bytes of a field that `JSONWriter.bytes(_:_:)` wrote.
    func bytes(_ name: String) throws(RecordingError) -> [UInt8] {
        if has(name) { return Array(try text(name).utf8) }
        return try need(name, "a text or base64", Base64.bytes(of: try text(name + "_base64")))
    }

    func texts(_ name: String) throws(RecordingError) -> [String] {
        let elements = try need(name, "an array", object[name]?.elements)
        let texts = elements.compactMap(\.string)
        return try need(name, "an array of texts", texts.count == elements.count ? texts : nil)
    }

    func ids<Kind>(_ name: String) throws(RecordingError) -> [Identifier<Kind>] {
        let texts = try texts(name)
        let ids = texts.compactMap { Identifier<Kind>($0) }
        return try need(name, "an array of ids", ids.count == texts.count ? ids : nil)
    }

    func object(_ name: String) throws(RecordingError) -> RecordedFields {
        RecordedFields(try need(name, "an object", object[name]?.object))
    }

    func objects(_ name: String) throws(RecordingError) -> [RecordedFields] {
        let elements = try need(name, "an array", object[name]?.elements)
        let objects = elements.compactMap { $0.object.map { RecordedFields($0) } }
        return try need(name, "an array of objects", objects.count == elements.count ? objects : nil)
    }

    private func need<Value>(_ name: String, _ what: String, _ value: Value?) throws(RecordingError) -> Value {
        guard let value else { throw RecordingError("its \(name) is not \(what)") }
        return value
    }
}

extension JSONWriter {
    /// Writes bytes as a text where that says exactly them, else in base64 under `name_base64`.
    mutating func bytes(_ name: String, _ bytes: [UInt8]) {
        if let text = String(validating: bytes, as: UTF8.self) { string(name, text) } else { string(name + "_base64", Base64.text(of: bytes)) }
    }

    /// In nanoseconds.
    mutating func duration(_ name: String, _ duration: Duration) { integer(name, duration.nanoseconds) }
}
