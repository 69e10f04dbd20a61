internal import ChargingModel

/// The power at which a register rises, for stations that tell nothing but their register: what it gained, over the time it took to.
struct RegisterPace: Hashable, Sendable {
    /// The last rise, or the beginning.
    private var register: Energy
    private var at: WallTime
    private(set) var power = Power(watts: 0)

    /// The time after which a register that does not rise says that nothing flows: coarse ones stand still for a while.
    private static let patience = Duration.seconds(60)
    /// Two values that are closer together than this say nothing of power.
    private static let shortest = Duration.milliseconds(500)

    init(_ register: Energy, at time: WallTime) { (self.register, at) = (register, time) }

    /// Takes the register at a time by the station's own clock.
    mutating func take(_ register: Energy, at time: WallTime) {
        let elapsed = time.since(at)
        if register < self.register || elapsed < .zero {
            self = RegisterPace(register, at: time)
        } else if register > self.register, elapsed >= RegisterPace.shortest {
            let watts = (register - self.register).wattHours.multiplied(clamped: 3_600_000) / elapsed.milliseconds
            power = min(Power(watts: watts), SessionMeter.greatestPower)
            (self.register, at) = (register, time)
        } else if register == self.register, elapsed >= RegisterPace.patience {
            power = Power(watts: 0)
            at = time
        }
    }
}
