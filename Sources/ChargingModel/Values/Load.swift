/// What a vehicle takes: a greatest power that goes down in steps with the energy it has been given, and nothing more when it is full.
///
/// A step's power is constant, so energy and times follow exactly, to the microsecond by which each step begins.
public struct Load: Hashable, Sendable {
    public struct Step: Hashable, Sendable {
        /// Up to so much energy, counted from the beginning of the session…
        public var until: Energy
        /// …the vehicle takes this power at most; above 0 W.
        public var power: Power

        public init(until: Energy, power: Power) {
            self.until = until
            self.power = power
        }
    }

    /// With ever greater energies; after the last the vehicle is full.
    public let steps: [Step]

    /// Takes whatever the point can give, for ever.
    public static let unlimited = Load(unchecked: [Step(until: .limit, power: .limit)])

    /// - Parameter steps: those whose energy is not above the last one's, or whose power is not above 0 W, are left out.
    public init(steps: [Step]) {
        var kept: [Step] = []
        for step in steps where step.power.watts > 0 && step.until > kept.last?.until ?? .zero { kept.append(step) }
        self.init(unchecked: kept)
    }

    private init(unchecked steps: [Step]) { self.steps = steps }

    /// When it is full, it takes no more.
    public var capacity: Energy { steps.last?.until ?? .zero }

    /// The power after a time, at a point that can give so much; 0 W when it is full.
    public func power(after time: Duration, limit: Power) -> Power {
        var before = Energy.zero
        var began = Duration.zero
        for step in steps {
            let power = min(step.power, limit)
            guard let needed = power.time(toDeliver: step.until - before), began + needed <= time else { return power }
            before = step.until
            began += needed
        }
        return Power(watts: 0)
    }

    /// The whole watt-hours taken in the time.
    public func energy(over time: Duration, limit: Power) -> Energy {
        var before = Energy.zero
        var began = Duration.zero
        for step in steps {
            let power = min(step.power, limit)
            let size = step.until - before
            guard let needed = power.time(toDeliver: size), began + needed <= time else {
                return before + min(size, power.energy(over: time - began))
            }
            before = step.until
            began += needed
        }
        return before
    }

    /// How long it takes to be given the energy; `nil` when it never is.
    public func time(toDeliver energy: Energy, limit: Power) -> Duration? {
        var before = Energy.zero
        var began = Duration.zero
        for step in steps {
            let power = min(step.power, limit)
            guard let needed = power.time(toDeliver: min(step.until, energy) - before) else { return nil }
            began += needed
            if energy <= step.until { return began }
            before = step.until
        }
        return nil
    }
}
