internal import JSON

/// A word of an enumeration of OCPP, spelled as in the specification.
protocol OCPPWord: RawRepresentable<String>, CaseIterable {}

/// An object of a payload, read field by field, leniently where the meaning is plain. Absent and null are the same; what is not known is passed over.
struct OCPPFields {
    private let object: JSONObject
    /// The path of the object, with its point: `transactionInfo.`.
    private let path: String
    let version: OCPPVersion
    let remarks: RemarkList

    init(_ payload: OCPPPayload, _ version: OCPPVersion, _ remarks: RemarkList) {
        object = payload.object
        path = ""
        self.version = version
        self.remarks = remarks
    }

    private init(_ object: JSONObject, _ path: String, _ parent: OCPPFields) {
        self.object = object
        self.path = path
        version = parent.version
        remarks = parent.remarks
    }

    func path(_ name: OCPPField) -> String { path + name.rawValue }
    func remark(_ quirk: Quirk, _ name: OCPPField) { remarks.add(quirk, path(name)) }

    func value(_ name: OCPPField) -> JSONValue? {
        guard let value = object[name.rawValue], value.kind != .null else { return nil }
        return value
    }

    /// The fault of a required field that is not there.
    func missing(_ name: OCPPField) -> OCPPFault { OCPPFault(.occurrenceConstraintViolation, field: path(name), "is required") }
    func wrongType(_ name: OCPPField, _ expected: String) -> OCPPFault {
        OCPPFault(.typeConstraintViolation, field: path(name), "must be \(expected)")
    }

    /// Reads a required field.
    private func required<Value>(_ name: OCPPField, _ expected: String, _ read: (JSONValue) -> Value?) throws(OCPPFault) -> Value {
        guard let value = value(name) else { throw missing(name) }
        guard let read = read(value) else { throw wrongType(name, expected) }
        return read
    }

    /// Reads an optional field; one that can't be read is as if it were absent.
    private func optional<Value>(_ name: OCPPField, _ read: (JSONValue) -> Value?) -> Value? {
        guard let value = value(name) else { return nil }
        guard let read = read(value) else {
            remark(.unreadableField, name)
            return nil
        }
        return read
    }

    // MARK: Texts

    /// - limit: the most characters by the specification; `most`: those that are kept, if it is more.
    func text(_ name: OCPPField, _ limit: Int, keeping most: Int? = nil) throws(OCPPFault) -> String {
        try required(name, "a text") { text(of: $0, name, limit, most ?? limit) }
    }

    func textIfPresent(_ name: OCPPField, _ limit: Int, keeping most: Int? = nil) -> String? {
        optional(name) { text(of: $0, name, limit, most ?? limit) }
    }

    private func text(of value: JSONValue, _ name: OCPPField, _ limit: Int, _ most: Int) -> String? {
        guard let text = value.string else {
            guard value.kind == .number else { return nil }
            remark(.textAsNumber, name)
            return value.text.cut(to: most)
        }
        let cleaned = text.cleaned(remarks, path(name))
        if cleaned.utf8.count > limit, cleaned.unicodeScalars.count > limit { remark(.textTooLong, name) }
        return cleaned.cut(to: most)
    }

    /// A text of any length, as it came.
    func rawText(_ name: OCPPField) -> String? { optional(name) { $0.string ?? ($0.kind == .number ? $0.text : nil) } }

    // MARK: Words

    func word<Word: OCPPWord>(_ name: OCPPField, _: Word.Type = Word.self) throws(OCPPFault) -> Word {
        let text = try text(name, 100)
        guard let word: Word = word(text, name) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ").cut(to: 200)
            throw OCPPFault(.propertyConstraintViolation, field: path(name), "must be one of \(words)")
        }
        return word
    }

    func wordIfPresent<Word: OCPPWord>(_ name: OCPPField, _: Word.Type = Word.self) -> Word? {
        guard let text = textIfPresent(name, 100) else { return nil }
        let word: Word? = word(text, name)
        if word == nil { remark(.unknownWord, name) }
        return word
    }

    /// A word that is required, and whose absence leaves the meaning plain.
    func wordIfSaid<Word: OCPPWord>(_ name: OCPPField, _: Word.Type = Word.self) -> Word? {
        if value(name) == nil { remark(.missingField, name) }
        return wordIfPresent(name)
    }

    private func word<Word: OCPPWord>(_ text: String, _ name: OCPPField) -> Word? {
        if let word = Word(rawValue: text) { return word }
        guard let word = Word.allCases.first(where: { $0.rawValue.folded == text.folded }) else { return nil }
        remark(.otherSpelling, name)
        return word
    }

    // MARK: Numbers, truth, times

    /// A whole number; what is out of the range is a fault.
    func integer(_ name: OCPPField, _ range: ClosedRange<Int64> = OCPPFields.int32) throws(OCPPFault) -> Int64 {
        let count: Int64 = try required(name, "a whole number") { integer(of: $0, name) }
        guard range.contains(count) else {
            throw OCPPFault(.propertyConstraintViolation, field: path(name), "must be \(range.lowerBound) to \(range.upperBound)")
        }
        return count
    }

    /// A whole number; what is out of the range is as if it were absent.
    func integerIfPresent(_ name: OCPPField, _ range: ClosedRange<Int64> = OCPPFields.int32) -> Int64? {
        guard let count = optional(name, { integer(of: $0, name) }) else { return nil }
        guard range.contains(count) else {
            remark(.numberOutOfRange, name)
            return nil
        }
        return count
    }

    /// A required whole number, without which the rest is worth having: `nil` when it is out of the range.
    func integerIfPlausible(_ name: OCPPField, _ range: ClosedRange<Int64>) throws(OCPPFault) -> Int64? {
        let _: JSONNumber = try required(name, "a whole number") { number(of: $0, name) }
        return integerIfPresent(name, range)
    }

    /// The range of OCPP's integers.
    static let int32: ClosedRange<Int64> = Int64(Int32.min)...Int64(Int32.max)

    private func integer(of value: JSONValue, _ name: OCPPField) -> Int64? {
        guard let number = number(of: value, name) else { return nil }
        if let integer = number.integer { return integer }
        guard let rounded = number.rounded(decimals: 0) else {
            // Out of any range, on its side.
            return number.isNegative ? .min : .max
        }
        remark(.fraction, name)
        return rounded
    }

    func number(of value: JSONValue, _ name: OCPPField) -> JSONNumber? {
        if let number = value.number { return number }
        guard let text = value.string, let read = LenientNumber(text) else { return nil }
        remark(read.hasComma ? .decimalComma : .numberAsText, name)
        return read.number
    }

    /// A number in units of 10^−`decimals`.
    func decimalIfPresent(_ name: OCPPField, decimals: Int, _ range: ClosedRange<Int64>) -> Int64? {
        guard let read = optional(name, { number(of: $0, name) }) else { return nil }
        guard let count = read.rounded(decimals: decimals), range.contains(count) else {
            remark(.numberOutOfRange, name)
            return nil
        }
        return count
    }

    func boolIfPresent(_ name: OCPPField) -> Bool? {
        optional(name) { value in
            if let bool = value.bool { return bool }
            let word = value.string?.folded ?? value.text
            guard let bool = ["true": true, "1": true, "false": false, "0": false][word] else { return nil }
            remark(.boolAsText, name)
            return bool
        }
    }

    /// A time that should be there. Without it a message says what it says, so that none is refused for it.
    func time(_ name: OCPPField = .timestamp) -> OCPPTime? {
        if value(name) == nil { remark(.timeMissing, name) }
        return timeIfPresent(name)
    }

    func timeIfPresent(_ name: OCPPField) -> OCPPTime? {
        guard let value = value(name) else { return nil }
        return OCPPTime.read(value.string ?? value.text, remarks, path(name))
    }

    // MARK: Objects

    func object(_ name: OCPPField) throws(OCPPFault) -> OCPPFields {
        let found: JSONObject = try required(name, "an object") { $0.object }
        return OCPPFields(found, path(name) + ".", self)
    }

    func objectIfPresent(_ name: OCPPField) -> OCPPFields? {
        optional(name) { $0.object }.map { OCPPFields($0, path(name) + ".", self) }
    }

    /// The objects of a required list; elements that are none are passed over.
    func objects(_ name: OCPPField) throws(OCPPFault) -> [OCPPFields] {
        guard value(name) != nil else { throw missing(name) }
        guard let objects = objectsIfPresent(name) else { throw wrongType(name, "a list of objects") }
        if objects.isEmpty { remark(.emptyList, name) }
        return objects
    }

    func objectsIfPresent(_ name: OCPPField) -> [OCPPFields]? {
        let path = path(name) + "."
        return optional(name) { value in
            if let object = value.object {
                remark(.objectAsList, name)
                return [OCPPFields(object, path, self)]
            }
            guard let elements = value.elements else { return nil }
            let objects = elements.compactMap(\.object)
            if objects.count < elements.count { remark(.unreadableField, name) }
            return objects.map { OCPPFields($0, path, self) }
        }
    }

    /// The texts of a list.
    func textsIfPresent(_ name: OCPPField, _ limit: Int) -> [String]? {
        optional(name) { value in (value.elements ?? [value]).compactMap { text(of: $0, name, limit, limit) } }
    }
}

extension String {
    /// The letters and digits of a word, small: what is left of it however it is spelled.
    var folded: String {
        String(
            decoding: utf8.compactMap { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
                default: nil
                }
            }, as: UTF8.self)
    }
}
