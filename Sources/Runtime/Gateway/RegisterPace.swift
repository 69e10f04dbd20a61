internal import ChargingModel

/// The power at which a register rises, for stations that tell nothing but their register: what it gained, over the time it took to.
struct RegisterPace: Hashable, Sendable {
    private var register: Energy
    /// The time of the last rise; `nil` before the first: when the register came to where it began nobody knows.
    private var risen: WallTime?
    private(set) var power = Power(watts: 0)

    /// The most times as long as the last rise took after which a register that stands still says that nothing flows, and the least that this is.
    private static let patience = (factor: 3, least: Duration.seconds(60))
    /// Two values that are closer together than this say nothing of power.
    private static let shortest = Duration.milliseconds(500)
    private var lastRise = Duration.zero

    init(_ register: Energy) { self.register = register }

    /// Takes the register at a time by the station's own clock.
    mutating func take(_ register: Energy, at time: WallTime) {
        guard register >= self.register, risen.map({ time >= $0 }) ?? true else {
            self = RegisterPace(register)
            return
        }
        guard let since = risen else {
            if register > self.register { (self.register, risen) = (register, time) }
            return
        }
        let elapsed = time.since(since)
        if register > self.register, elapsed >= RegisterPace.shortest {
            let watts = (register - self.register).wattHours.multiplied(clamped: 3_600_000) / elapsed.milliseconds
            power = min(Power(watts: watts), SessionMeter.greatestPower)
            (self.register, risen, lastRise) = (register, time, elapsed)
        } else if elapsed >= max(RegisterPace.patience.least, lastRise * RegisterPace.patience.factor) {
            power = Power(watts: 0)
        }
    }
}
