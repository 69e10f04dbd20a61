internal import ChargingModel
internal import JSON

/// An object of a payload, read field by field; what does not fit is rejected by its name (P4).
struct Fields {
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

    /// Absent and null are the same.
    func has(_ name: String) -> Bool { value(name) != nil }

    private func value(_ name: String) -> JSONValue? {
        guard let value = object[name], value.kind != .null else { return nil }
        return value
    }

    /// A field that must be there. Who knows what it must be says so in `expected`.
    private func read<Value>(_ name: String, _ expected: String, _ convert: (JSONValue) -> Converted<Value>) throws(Rejection) -> Value {
        guard let found = try optional(name, expected, convert) else { throw Rejection(.missingField, field: path + name, expected: expected) }
        return found
    }

    private func optional<Value>(_ name: String, _ expected: String, _ convert: (JSONValue) -> Converted<Value>) throws(Rejection) -> Value? {
        guard let value = value(name) else { return nil }
        switch convert(value) {
        case .value(let converted): return converted
        case .wrongType: throw Rejection(.wrongType, field: path + name, found: value.text, expected: expected)
        case .outOfRange: throw Rejection(.outOfRange, field: path + name, found: value.text, expected: expected)
        }
    }

    private enum Converted<Value> {
        case value(Value)
        case wrongType
        case outOfRange
    }

    // MARK: Texts

    private static let anID = "an id of 1–36 letters, digits, '_' or '-'"

    private static func id<Kind>(_ value: JSONValue) -> Converted<Identifier<Kind>> {
        guard let text = value.string else { return .wrongType }
        return Identifier<Kind>(text).map { .value($0) } ?? .outOfRange
    }

    func id<Kind>(_ name: String) throws(Rejection) -> Identifier<Kind> { try read(name, Fields.anID, Fields.id) }
    func idIfPresent<Kind>(_ name: String) throws(Rejection) -> Identifier<Kind>? { try optional(name, Fields.anID, Fields.id) }

    /// An id that is in the topic as well.
    func require<Kind>(_ name: String, _ id: Identifier<Kind>) throws(Rejection) {
        let found: Identifier<Kind> = try self.id(name)
        guard found == id else { throw Rejection(.idMismatch, field: path + name, found: "\"\(found)\"", expected: "\"\(id)\", as in the topic") }
    }

    private static func string(_ value: JSONValue) -> Converted<String> { value.string.map { .value($0) } ?? .wrongType }

    func text(_ name: String) throws(Rejection) -> String { try read(name, "a text", Fields.string) }
    func textIfPresent(_ name: String) throws(Rejection) -> String? { try optional(name, "a text", Fields.string) }

    /// One of the words of an enumeration.
    func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(Rejection) -> Word {
        try read(name, Word.allCases.map(\.rawValue).joined(separator: ", ")) { value in
            guard let text = value.string else { return .wrongType }
            return Word(rawValue: text).map { .value($0) } ?? .outOfRange
        }
    }

    private static let aTime = "a time by RFC 3339"

    private static func time(_ value: JSONValue) -> Converted<WallTime> {
        guard let text = value.string else { return .wrongType }
        return WallTime(text: text).map { .value($0) } ?? .outOfRange
    }

    func time(_ name: String) throws(Rejection) -> WallTime { try read(name, Fields.aTime, Fields.time) }
    func timeIfPresent(_ name: String) throws(Rejection) -> WallTime? { try optional(name, Fields.aTime, Fields.time) }

    func bool(_ name: String) throws(Rejection) -> Bool { try read(name, "true or false") { $0.bool.map { .value($0) } ?? .wrongType } }

    // MARK: Numbers

    private static func integer(_ range: ClosedRange<Int64>) -> (JSONValue) -> Converted<Int64> {
        return { value in
            guard let number = value.number else { return .wrongType }
            guard let integer = number.integer else { return .outOfRange }
            return range.contains(integer) ? .value(integer) : .outOfRange
        }
    }

    /// A quantity in decimal units, rounded half-even to whole ones of ours.
    private static func quantity(_ decimals: Int, to limit: Int64) -> (JSONValue) -> Converted<Int64> {
        return { value in
            guard let number = value.number else { return .wrongType }
            guard !number.isNegative, let count = number.rounded(decimals: decimals), count <= limit else { return .outOfRange }
            return .value(count)
        }
    }

    private static let anEpoch = "an epoch, 0 to 2^53−2"
    private static let epochs: ClosedRange<Int64> = 0...((1 << 53) - 2)

    func epoch(_ name: String = "epoch") throws(Rejection) -> Epoch { Epoch(try read(name, Fields.anEpoch, Fields.integer(Fields.epochs))) }
    func epochIfPresent(_ name: String = "epoch") throws(Rejection) -> Epoch? {
        try optional(name, Fields.anEpoch, Fields.integer(Fields.epochs)).map { Epoch($0) }
    }

    func count(_ name: String, from least: Int64 = 0) throws(Rejection) -> Int64 {
        try read(name, "a whole number from \(least) up", Fields.integer(least...Int64.max))
    }
    func countIfPresent(_ name: String) throws(Rejection) -> Int64? { try optional(name, "a whole number from 0 up", Fields.integer(0...Int64.max)) }
    func seq() throws(Rejection) -> UInt64 { UInt64(try count("seq", from: 1)) }

    func register(_ name: String) throws(Rejection) -> Energy {
        Energy(wattHours: try read(name, "whole watt-hours, 0 to 2^53−1", Fields.integer(0...Energy.limit.wattHours)))
    }

    private static let energies = "kilowatt-hours, 0 or more"
    func energy(_ name: String = "energy_kwh") throws(Rejection) -> Energy {
        Energy(wattHours: try read(name, Fields.energies, Fields.quantity(3, to: Energy.limit.wattHours)))
    }
    func energyIfPresent(_ name: String = "energy_kwh") throws(Rejection) -> Energy? {
        try optional(name, Fields.energies, Fields.quantity(3, to: Energy.limit.wattHours)).map { Energy(wattHours: $0) }
    }

    private static let powers = "kilowatts, 0–100000"
    func power() throws(Rejection) -> Power { Power(watts: try read("power_kw", Fields.powers, Fields.quantity(3, to: Power.limit.watts))) }
    func powerIfPresent() throws(Rejection) -> Power? {
        try optional("power_kw", Fields.powers, Fields.quantity(3, to: Power.limit.watts)).map { Power(watts: $0) }
    }

    private static let prices = "€/kWh, 0–1000"
    func price() throws(Rejection) -> Price {
        Price(microEuroPerKilowattHour: try read("price_eur_per_kwh", Fields.prices, Fields.quantity(6, to: Price.limit.microEuroPerKilowattHour)))
    }
    func priceIfPresent() throws(Rejection) -> Price? {
        try optional("price_eur_per_kwh", Fields.prices, Fields.quantity(6, to: Price.limit.microEuroPerKilowattHour))
            .map { Price(microEuroPerKilowattHour: $0) }
    }

    func money() throws(Rejection) -> Money { Money(microEuro: try read("cost_eur", "euro, 0 or more", Fields.quantity(6, to: Int64.max))) }

    /// Seconds, to the millisecond; at most a year.
    func durationIfPresent(_ name: String = "duration_s") throws(Rejection) -> Duration? {
        try optional(name, "seconds, 0 to 31622400", Fields.quantity(3, to: 31_622_400_000)).map { .milliseconds($0) }
    }

    // MARK: Objects in objects and arrays

    func object(_ name: String) throws(Rejection) -> Fields {
        let object: JSONObject = try read(name, "an object") { $0.object.map { .value($0) } ?? .wrongType }
        return Fields(object, path: "\(path)\(name).")
    }

    func objects(_ name: String, most: Int) throws(Rejection) -> [Fields] {
        let expected = "an array of at most \(most) objects"
        let elements: [JSONValue] = try read(name, expected) { value in
            guard let elements = value.elements else { return .wrongType }
            return elements.count <= most ? .value(elements) : .outOfRange
        }
        var objects: [Fields] = []
        for (index, element) in elements.enumerated() {
            let place = "\(path)\(name)[\(index)]"
            guard let object = element.object else { throw Rejection(.wrongType, field: place, found: element.text, expected: "an object") }
            objects.append(Fields(object, path: place + "."))
        }
        return objects
    }
}
