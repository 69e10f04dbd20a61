/// Electrical power in whole watts, 0…`Power.limit`.
public struct Power: Hashable, Comparable, Sendable {
    public let watts: Int64
    /// The largest power that is accepted from outside: 100 MW.
    public static let limit = Power(watts: 100_000_000)

    public init(watts: Int64) { self.watts = watts }

    public static func < (a: Power, b: Power) -> Bool { a.watts < b.watts }
    public static func + (a: Power, b: Power) -> Power { Power(watts: a.watts.adding(clamped: b.watts)) }

    /// The whole watt-hours that this power delivers in the time; what is less than one is not counted yet.
    public func energy(over time: Duration) -> Energy {
        let (high, low) = watts.multipliedFullWidth(by: max(0, time.nanoseconds / 1000))
        guard high == 0 else { return high < 0 ? .zero : .limit }
        return min(.limit, Energy(wattHours: Int64(clamping: low / 3_600_000_000)))
    }

    /// The time that this power takes to deliver the energy; `nil` when it never does.
    public func time(toDeliver energy: Energy) -> Duration? {
        guard watts > 0 else { return nil }
        let (high, low) = Int64(3_600_000_000).multipliedFullWidth(by: max(0, energy.wattHours))
        guard high == 0, low <= UInt64(Int64.max / 2) else { return nil }
        return .microseconds(Int64(low).adding(clamped: watts - 1) / watts)
    }
}

/// Energy in whole watt-hours, 0…`Energy.limit`: what meter registers count and sessions sum up. Sums stop at the ends of 64 bits.
public struct Energy: Hashable, Comparable, Sendable {
    public let wattHours: Int64
    /// The largest register that is accepted from outside: 2^53 − 1 Wh, exact in every JSON reader.
    public static let limit = Energy(wattHours: 9_007_199_254_740_991)
    public static let zero = Energy(wattHours: 0)

    public init(wattHours: Int64) { self.wattHours = wattHours }

    public static func < (a: Energy, b: Energy) -> Bool { a.wattHours < b.wattHours }
    public static func + (a: Energy, b: Energy) -> Energy { Energy(wattHours: a.wattHours.adding(clamped: b.wattHours)) }
    public static func - (a: Energy, b: Energy) -> Energy { Energy(wattHours: a.wattHours.subtracting(clamped: b.wattHours)) }
}

/// A price in whole micro-euro per kilowatt-hour, 0…`Price.limit`; fixed at ACCEPTED (S1).
public struct Price: Hashable, Comparable, Sendable {
    public let microEuroPerKilowattHour: Int64
    /// The largest price that is accepted from outside: 1000 €/kWh.
    public static let limit = Price(microEuroPerKilowattHour: 1_000_000_000)

    public init(microEuroPerKilowattHour: Int64) { self.microEuroPerKilowattHour = microEuroPerKilowattHour }

    public static func < (a: Price, b: Price) -> Bool { a.microEuroPerKilowattHour < b.microEuroPerKilowattHour }

    /// The cost of the energy, rounded half-even to the micro-euro.
    public func cost(of energy: Energy) -> Money {
        let (high, low) = microEuroPerKilowattHour.multipliedFullWidth(by: max(0, energy.wattHours))
        guard high >= 0, high < 500 else { return .limit }
        let (quotient, remainder) = Int64(1000).dividingFullWidth((high, low))
        let up = remainder > 500 || (remainder == 500 && quotient % 2 == 1)
        return min(.limit, Money(microEuro: quotient.adding(clamped: up ? 1 : 0)))
    }
}

/// Money in whole micro-euro, 0…`Money.limit`; rounded to cents only on the ticket (P5). Sums stop at the ends of 64 bits.
public struct Money: Hashable, Comparable, Sendable {
    public let microEuro: Int64
    public static let zero = Money(microEuro: 0)
    /// The largest amount that is accepted from outside, and the cost of anything dearer: 9 billion euro, whole cents, exact in every JSON reader.
    public static let limit = Money(microEuro: 9_007_199_254_740_000)

    public init(microEuro: Int64) { self.microEuro = microEuro }

    public static func < (a: Money, b: Money) -> Bool { a.microEuro < b.microEuro }
    public static func + (a: Money, b: Money) -> Money { Money(microEuro: a.microEuro.adding(clamped: b.microEuro)) }
    public static func - (a: Money, b: Money) -> Money { Money(microEuro: a.microEuro.subtracting(clamped: b.microEuro)) }

    /// The amount rounded half-even to cents.
    public var roundedToCents: Money {
        let (quotient, remainder) = microEuro.quotientAndRemainder(dividingBy: 10_000)
        let up = remainder > 5000 || (remainder == 5000 && quotient % 2 != 0)
        return Money(microEuro: min(quotient + (up ? 1 : 0), Money.limit.microEuro / 10_000) * 10_000)
    }
}
