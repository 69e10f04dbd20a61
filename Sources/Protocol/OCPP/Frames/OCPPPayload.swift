public import JSON

/// The JSON object in a frame, as its text. It has been checked; its fields are taken out when they are asked for.
public struct OCPPPayload: Hashable, Sendable, CustomStringConvertible {
    /// The object's text.
    public let bytes: [UInt8]

    /// `{}`.
    public static let empty = OCPPPayload { _ in }

    /// Takes a text that must be one object which a frame can hold.
    /// - Throws: the place at which it is wrong, and what was expected.
    public init(_ bytes: [UInt8]) throws(JSONError) {
        // The array around it is a level of nesting.
        _ = try JSONValue([UInt8(ascii: "[")] + bytes + [UInt8(ascii: "]")])
        _ = try JSONObject(bytes)
        self.bytes = bytes
    }

    /// Writes an object.
    public init(_ members: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.object(nil, members)
        bytes = json.bytes
    }

    /// Takes a value of a frame; `nil` unless it is an object.
    init?(_ value: JSONValue) {
        guard value.kind == .object else { return nil }
        bytes = Array(value.text.utf8)
    }

    public var object: JSONObject {
        do throws(JSONError) {
            return try JSONObject(bytes)
        } catch {
            preconditionFailure("a payload that was checked is wrong at \(error)")
        }
    }

    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
