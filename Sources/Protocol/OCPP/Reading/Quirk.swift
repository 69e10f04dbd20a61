/// A leniency that was used to read a message: what a station does, and the specification does not say.
public enum Quirk: String, Hashable, Sendable, CaseIterable {
    // The frame.
    case byteOrderMark = "byte-order-mark"
    case invalidUTF8 = "invalid-utf-8"
    case trailingGarbage = "trailing-garbage"
    /// More elements in a frame than it has.
    case extraElements = "extra-elements"
    /// A frame without payload, or with an empty array for one.
    case payloadMissing = "payload-missing"

    // Types and texts.
    /// NULs and other control characters in a text, which were removed.
    case controlCharacters = "control-characters"
    /// A text that is longer than the specification allows.
    case textTooLong = "text-too-long"
    /// A number in quotes.
    case numberAsText = "number-as-text"
    /// A text that is written as a number.
    case textAsNumber = "text-as-number"
    /// True or false as a text or a number.
    case boolAsText = "bool-as-text"
    /// A fraction where a whole number belongs: it was rounded.
    case fraction = "fraction"
    case decimalComma = "decimal-comma"
    /// One object where a list of them belongs.
    case objectAsList = "object-as-list"
    /// A required list without elements.
    case emptyList = "empty-list"

    // Words and fields.
    /// A word of an enumeration, or an action, in other letters.
    case otherSpelling = "other-spelling"
    /// A word that the enumeration does not have: it is as if it were absent.
    case unknownWord = "unknown-word"
    /// A required field that is missing, without which the meaning is plain.
    case missingField = "missing-field"
    /// An optional field that can't be read: it is as if it were absent.
    case unreadableField = "unreadable-field"
    /// A number that is negative or larger than can be: it is as if it were not said.
    case numberOutOfRange = "number-out-of-range"

    // Times.
    case timeMissing = "time-missing"
    case timeUnreadable = "time-unreadable"
    /// A time without zone, taken for UTC.
    case timeWithoutZone = "time-without-zone"
    /// A time that is spelled otherwise than RFC 3339 does, as with the zone `+02`.
    case timeSpelling = "time-spelling"
    /// A time before OCPP 1.6 was there: of a clock that was never set.
    case timeLongPast = "time-long-past"

    // Meter values.
    /// A measurand without the unit that it needs, taken for its usual one.
    case unitMissing = "unit-missing"
    /// A unit that does not belong to the measurand: the value is kept as text.
    case unitUnknown = "unit-unknown"
    /// A value that is no number, negative, or larger than can be: it is kept as text.
    case valueUnreadable = "value-unreadable"
}

/// A leniency that was used, and where.
public struct Remark: Hashable, Sendable, CustomStringConvertible {
    public let quirk: Quirk
    /// The field, by its path without indices: `meterValue.timestamp`; `frame` for the frame itself.
    public let field: String

    public init(_ quirk: Quirk, _ field: String) {
        self.quirk = quirk
        self.field = field
    }

    /// `number-as-text (meterStart)`.
    public var description: String { "\(quirk.rawValue) (\(field))" }
}

/// A value that was read, with the leniencies that it took.
public struct OCPPRead<Value: Hashable & Sendable>: Hashable, Sendable {
    public let value: Value
    /// Each once, in the order of reading; no more than 16.
    public let remarks: [Remark]

    /// The quirks met, each once, in the order of reading.
    public var quirks: [Quirk] {
        remarks.map(\.quirk).reduce(into: []) { quirks, quirk in
            if !quirks.contains(quirk) { quirks.append(quirk) }
        }
    }

    init(_ value: Value, _ remarks: RemarkList) {
        self.value = value
        self.remarks = remarks.all
    }
}

/// The remarks of one reading, so far.
final class RemarkList {
    static let limit = 16
    private(set) var all: [Remark] = []

    func add(_ quirk: Quirk, _ field: @autoclosure () -> String) {
        guard all.count < RemarkList.limit else { return }
        let remark = Remark(quirk, field())
        if !all.contains(remark) { all.append(remark) }
    }
}
