internal import ChargingModel

/// The reason for which a payload was not accepted (P4).
public struct Rejection: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        case unknownTopic = "unknown_topic"
        case tooLong = "too_long"
        case notAnObject = "not_a_json_object"
        case missingField = "missing_field"
        case wrongType = "wrong_type"
        case outOfRange = "out_of_range"
        case idMismatch = "id_mismatch"
    }

    public let reason: Reason
    /// The field that is wrong, if it is one: `power_kw`, `tickets[2].cost_eur`.
    public let field: String?
    /// The text found there; `nil` where it is not known.
    public let found: String?
    /// The expectation, in words that complete "expected …".
    public let expected: String

    init(_ reason: Reason, field: String? = nil, found: String? = nil, expected: String) {
        self.reason = reason
        self.field = field
        self.found = found?.bounded(to: 60)
        self.expected = expected
    }

    /// The reason in words: `power_kw=-1: expected kilowatts, 0–100000`.
    public var description: String {
        let place = [field, found].compactMap { $0 }.joined(separator: "=")
        return (place.isEmpty ? "" : place + ": ") + "expected \(expected)"
    }
}
