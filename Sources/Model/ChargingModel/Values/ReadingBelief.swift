/// The knowledge of a session against which its readings are held before anybody believes them: one rule for Central and all who look on (S3).
public struct ReadingBelief: Hashable, Sendable {
    /// A reason for which a reading counts for nothing.
    public enum Doubt: Hashable, Sendable, CustomStringConvertible {
        case otherPoint(ChargePointID)
        case otherMeter(MeterID)
        case otherDriver(DriverID)
        case power(Power, rating: Power)
        case energy(Energy, most: Energy)
        /// The register does not stand where the session's beginning and its energy put it.
        case register(Energy, expected: Energy)

        public var description: String {
            switch self {
            case .otherPoint(let cp): "it is of \(cp), where the session is not"
            case .otherMeter(let meter): "it is of meter \(meter)"
            case .otherDriver(let driver): "it names \(driver)"
            case .power(let power, let rating): "it claims \(power), the point is rated \(rating)"
            case .energy(let energy, let most): "it claims \(energy), more than the \(most) that the point can have delivered"
            case .register(let register, let expected):
                "its register stands at \(register.wattHours) Wh, \(expected.wattHours) Wh is what its energy makes"
            }
        }
    }

    /// The point at which the session is.
    public var cp: ChargePointID
    /// The driver; like the next two, `nil` as long as nobody has said it.
    public var driver: DriverID?
    public var meter: MeterID?
    public var rating: Power?
    /// The moment of the session's acceptance, by the own clocks, as far as they know.
    public var accepted: Accepted?
    /// The register at the session's beginning.
    public var startRegister: Energy?

    public init(
        cp: ChargePointID, driver: DriverID? = nil, meter: MeterID? = nil, rating: Power? = nil, accepted: Accepted? = nil,
        startRegister: Energy? = nil
    ) {
        self.cp = cp
        self.driver = driver
        self.meter = meter
        self.rating = rating
        self.accepted = accepted
        self.startRegister = startRegister
    }

    /// Returns the reason not to believe a reading of the session; `nil` when it is believed. The first reading believed fills in what was not known
    /// of the session.
    public mutating func doubt(_ reading: Telemetry, at now: Now) -> Doubt? {
        guard reading.cp == cp else { return .otherPoint(reading.cp) }
        if let meter, let other = reading.meter, other != meter { return .otherMeter(other) }
        if let driver, reading.driver != driver { return .otherDriver(reading.driver) }
        // Who came later than the session, and does not know its age, takes the first reading's word for it.
        let accepted = accepted ?? Accepted(monotonic: now.monotonic - .seconds(reading.elapsedSeconds), wall: now.wall)
        if let rating {
            if reading.power > rating.withTolerance { return .power(reading.power, rating: rating) }
            let most = rating.mostEnergy(over: accepted.age(at: now))
            if reading.energy > most { return .energy(reading.energy, most: most) }
        }
        let start = startRegister ?? reading.register - reading.energy
        let expected = start + reading.energy
        // Both are whole watt-hours, which a station may round each by itself.
        guard start >= .zero, (reading.register - expected).wattHours.magnitude <= 1 else {
            return .register(reading.register, expected: max(expected, reading.energy))
        }
        self.accepted = accepted
        startRegister = start
        return nil
    }
}

/// The moment at which a session was accepted, by the own clocks.
public struct Accepted: Hashable, Sendable {
    /// The moment on the monotonic clock; `nil` in a later life than the one that accepted it.
    public var monotonic: Instant?
    public var wall: WallTime

    public init(monotonic: Instant?, wall: WallTime) {
        self.monotonic = monotonic
        self.wall = wall
    }

    public init(_ now: Now) { self.init(monotonic: now.monotonic, wall: now.wall) }

    /// The time since then, by the clock that shows more: the monotonic one stands still while the machine is suspended, the other may be set back.
    public func age(at now: Now) -> Duration { max(.zero, monotonic.map { now.monotonic - $0 } ?? .zero, now.wall.since(wall)) }
}
