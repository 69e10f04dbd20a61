/// An electric current in milliamperes, 0…`Current.limit`.
public struct Current: Hashable, Comparable, Sendable {
    public let milliamperes: Int64
    /// The largest current that is accepted from outside: 100 kA.
    public static let limit = Current(milliamperes: 100_000_000)

    public init(milliamperes: Int64) { self.milliamperes = milliamperes }

    public static func < (a: Current, b: Current) -> Bool { a.milliamperes < b.milliamperes }
}

/// A voltage in millivolts, 0…`Voltage.limit`.
public struct Voltage: Hashable, Comparable, Sendable {
    public let millivolts: Int64
    /// The largest voltage that is accepted from outside: 100 kV.
    public static let limit = Voltage(millivolts: 100_000_000)

    public init(millivolts: Int64) { self.millivolts = millivolts }

    public static func < (a: Voltage, b: Voltage) -> Bool { a.millivolts < b.millivolts }
}

/// The charge of a vehicle's battery, in tenths of a percent, 0…1000.
public struct StateOfCharge: Hashable, Comparable, Sendable {
    public let permille: Int64
    public static let limit = StateOfCharge(permille: 1000)

    public init(permille: Int64) { self.permille = permille }

    public static func < (a: StateOfCharge, b: StateOfCharge) -> Bool { a.permille < b.permille }
}

/// The figures of a reading besides power and energy, as far as the point measures them. They are shown, and nothing is decided or billed by them.
public struct Measurements: Hashable, Sendable {
    /// The current of all phases together, or of the direct current.
    public var current: Current?
    /// The voltage between a phase and neutral, or of the direct current.
    public var voltage: Voltage?
    public var stateOfCharge: StateOfCharge?

    public init(current: Current? = nil, voltage: Voltage? = nil, stateOfCharge: StateOfCharge? = nil) {
        self.current = current
        self.voltage = voltage
        self.stateOfCharge = stateOfCharge
    }

    public var isEmpty: Bool { self == Measurements() }
}
