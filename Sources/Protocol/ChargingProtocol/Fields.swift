internal import ChargingModel

/// An object of a payload, read field by field. Absent and null are the same (P4).
///
/// Two types conform, and each message says only once what it reads: `PlainObject` is fast and gives up on whatever is unusual, `ObjectFields` reads
/// everything that may be read and rejects the rest by its name.
protocol Fields: ~Copyable {
    associatedtype Failure: Error

    func has(_ name: FieldName) -> Bool

    /// The error to throw for a required field that is absent. A caller that knows what the field must be says so in `expected`.
    func missing(_ name: FieldName, _ expected: @autoclosure () -> String) -> Failure
    /// The error to throw for fields that contradict each other.
    func contradiction(_ rejection: @autoclosure () -> Rejection) -> Failure

    func idIfPresent<Kind>(_ name: FieldName) throws(Failure) -> Identifier<Kind>?
    /// Reads what is only shown: where it can't be read it is as if it were absent, and costs the message nothing.
    func shown<Value>(_ read: () throws(Failure) -> Value?) throws(Failure) -> Value?
    /// Checks that there are no other fields: for what must be read whole or not at all. Messages may have fields that we don't know (P4).
    func allowOnly(_ names: [FieldName]) throws(Failure)
    /// Checks an id that is in the topic as well.
    func require<Kind>(_ name: FieldName, _ id: Identifier<Kind>) throws(Failure)
    /// A text for people, cut to P4's limit and without control characters.
    func textIfPresent(_ name: FieldName) throws(Failure) -> String?
    /// A word of an enumeration.
    func wordIfPresent<Word: RawRepresentable<String> & CaseIterable>(_ name: FieldName) throws(Failure) -> Word?
    func timeIfPresent(_ name: FieldName) throws(Failure) -> WallTime?
    func boolIfPresent(_ name: FieldName) throws(Failure) -> Bool?
    func integerIfPresent(_ name: FieldName, _ range: ClosedRange<Int64>, _ expected: @autoclosure () -> String) throws(Failure) -> Int64?
    /// A quantity in decimal units, 0 to `limit`, rounded half-even to whole units of the type.
    func quantityIfPresent(
        _ name: FieldName, decimals: Int, to limit: Int64, _ expected: @autoclosure () -> String
    ) throws(Failure) -> Int64?

    /// Reads an object within the object.
    func object<Value>(_ name: FieldName, _ read: (borrowing Self) throws(Failure) -> Value) throws(Failure) -> Value
    /// The objects in an array of at most `most` that can be read: one bad entry does not cost the others.
    func readableObjects<Value>(
        _ name: FieldName, most: Int, _ read: (borrowing Self) throws(Failure) -> Value
    ) throws(Failure) -> [Value]
}

/// The names of the types and ranges that fields must have, in words that complete "expected …".
enum Expected {
    static let id = "an id of 1–36 letters, digits, '_' or '-'"
    static let text = "a text"
    static let time = "a time by RFC 3339"
    static let bool = "true or false"
    static let epoch = "an epoch, 0 to 2^53−2"
    static let register = "whole watt-hours, 0 to 2^53−1"
    static let energy = "kilowatt-hours, 0 to 9007199254740.991"
    static let power = "kilowatts, 0–100000"
    static let price = "€/kWh, 0–1000"
    static let money = "euro, 0 to 9007199254.74"
    static let current = "amperes, 0–100000"
    static let voltage = "volts, 0–100000"
    static let stateOfCharge = "percent, 0–100"
    static let duration = "seconds, 0 to 31622400"
    static let elapsed = "whole seconds, 0 to 31622400"
    static func count(from least: Int64) -> String { "a whole number, \(least) to 2^53−1" }
    static func word<Word: RawRepresentable<String> & CaseIterable>(_: Word.Type) -> String {
        Word.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

// MARK: Texts

extension Fields where Self: ~Copyable {
    func id<Kind>(_ name: FieldName) throws(Failure) -> Identifier<Kind> {
        guard let id: Identifier<Kind> = try idIfPresent(name) else { throw missing(name, Expected.id) }
        return id
    }

    func text(_ name: FieldName) throws(Failure) -> String {
        guard let text = try textIfPresent(name) else { throw missing(name, Expected.text) }
        return text
    }

    func word<Word: RawRepresentable<String> & CaseIterable>(_ name: FieldName) throws(Failure) -> Word {
        guard let word: Word = try wordIfPresent(name) else { throw missing(name, Expected.word(Word.self)) }
        return word
    }

    func time(_ name: FieldName) throws(Failure) -> WallTime {
        guard let time = try timeIfPresent(name) else { throw missing(name, Expected.time) }
        return time
    }

    func bool(_ name: FieldName) throws(Failure) -> Bool {
        guard let bool = try boolIfPresent(name) else { throw missing(name, Expected.bool) }
        return bool
    }
}

// MARK: Numbers

/// The integers that every JSON reader holds exactly (P4).
private let greatestCount: Int64 = (1 << 53) - 1
/// The longest time that a session may last or a request may ask for: 366 days, in seconds.
private let longestTime: Int64 = 31_622_400
private let epochs: ClosedRange<Int64> = 0...(greatestCount - 1)

extension Fields where Self: ~Copyable {
    func epochIfPresent(_ name: FieldName = .epoch) throws(Failure) -> Epoch? {
        guard let epoch = try integerIfPresent(name, epochs, Expected.epoch) else { return nil }
        return Epoch(epoch)
    }
    func epoch() throws(Failure) -> Epoch {
        guard let epoch = try epochIfPresent() else { throw missing(.epoch, Expected.epoch) }
        return epoch
    }

    func countIfPresent(_ name: FieldName, from least: Int64 = 0) throws(Failure) -> Int64? {
        try integerIfPresent(name, least...greatestCount, Expected.count(from: least))
    }
    func count(_ name: FieldName, from least: Int64 = 0) throws(Failure) -> Int64 {
        guard let count = try countIfPresent(name, from: least) else { throw missing(name, Expected.count(from: least)) }
        return count
    }
    /// Whole seconds of charging.
    func elapsed() throws(Failure) -> Int64 {
        guard let seconds = try integerIfPresent(.elapsed, 0...longestTime, Expected.elapsed) else { throw missing(.elapsed, Expected.elapsed) }
        return seconds
    }
    func seq() throws(Failure) -> UInt64 { UInt64(try count(.seq, from: 1)) }

    func register(_ name: FieldName) throws(Failure) -> Energy {
        guard let register = try integerIfPresent(name, 0...Energy.limit.wattHours, Expected.register) else {
            throw missing(name, Expected.register)
        }
        return Energy(wattHours: register)
    }

    func energyIfPresent() throws(Failure) -> Energy? {
        guard let count = try quantityIfPresent(.energy, decimals: 3, to: Energy.limit.wattHours, Expected.energy) else { return nil }
        return Energy(wattHours: count)
    }
    func energy() throws(Failure) -> Energy {
        guard let energy = try energyIfPresent() else { throw missing(.energy, Expected.energy) }
        return energy
    }

    func powerIfPresent() throws(Failure) -> Power? {
        guard let count = try quantityIfPresent(.power, decimals: 3, to: Power.limit.watts, Expected.power) else { return nil }
        return Power(watts: count)
    }
    func power() throws(Failure) -> Power {
        guard let power = try powerIfPresent() else { throw missing(.power, Expected.power) }
        return power
    }

    func priceIfPresent() throws(Failure) -> Price? {
        guard let count = try quantityIfPresent(.price, decimals: 6, to: Price.limit.microEuroPerKilowattHour, Expected.price) else { return nil }
        return Price(microEuroPerKilowattHour: count)
    }
    func price() throws(Failure) -> Price {
        guard let price = try priceIfPresent() else { throw missing(.price, Expected.price) }
        return price
    }

    func money() throws(Failure) -> Money {
        guard let count = try quantityIfPresent(.cost, decimals: 6, to: Money.limit.microEuro, Expected.money) else {
            throw missing(.cost, Expected.money)
        }
        return Money(microEuro: count)
    }

    func measured() throws(Failure) -> Measurements {
        var measured = Measurements()
        guard has(.current) || has(.voltage) || has(.stateOfCharge) else { return measured }
        measured.current = try shown { () throws(Failure) in
            try quantityIfPresent(.current, decimals: 3, to: Current.limit.milliamperes, Expected.current)
        }.map { Current(milliamperes: $0) }
        measured.voltage = try shown { () throws(Failure) in
            try quantityIfPresent(.voltage, decimals: 3, to: Voltage.limit.millivolts, Expected.voltage)
        }.map { Voltage(millivolts: $0) }
        measured.stateOfCharge = try shown { () throws(Failure) in
            try quantityIfPresent(.stateOfCharge, decimals: 1, to: StateOfCharge.limit.permille, Expected.stateOfCharge)
        }.map { StateOfCharge(permille: $0) }
        return measured
    }

    func provenance() throws(Failure) -> Provenance {
        // Of version 1, which has no origin, these are somebody else's fields.
        guard let origin: SessionOrigin = try shown({ () throws(Failure) in try wordIfPresent(.origin) }) else { return .central }
        return Provenance(origin: origin, token: try idIfPresent(.token), clock: try wordIfPresent(.clock) ?? .engine)
    }

    /// A word of a station's; what is none says nothing, and costs no record.
    func stationReason() throws(Failure) -> StationWord? {
        try shown { () throws(Failure) in try textIfPresent(.stationReason) }.flatMap { StationWord($0) }
    }

    /// Seconds, to the millisecond.
    func durationIfPresent() throws(Failure) -> Duration? {
        guard let count = try quantityIfPresent(.duration, decimals: 3, to: longestTime * 1000, Expected.duration) else { return nil }
        return .milliseconds(count)
    }
}
