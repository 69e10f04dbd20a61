/// The power that a vehicle takes: a greatest power that goes down in steps with the energy it has been given, and nothing more when it is full.
///
/// A step's power is constant, so energy and times follow exactly, to the microsecond by which each step begins.
public struct Load: Hashable, Sendable {
    public struct Step: Hashable, Sendable {
        /// The energy at which the step ends, counted from the beginning of the session.
        public var until: Energy
        /// The most power that the vehicle takes in this step; above 0 W.
        public var power: Power

        public init(until: Energy, power: Power) {
            self.until = until
            self.power = power
        }
    }

    /// The steps, of ever greater energies; after the last the vehicle is full.
    public let steps: [Step]

    /// A load that takes whatever the point can give, for ever.
    public static let unlimited = Load(unchecked: [Step(until: .limit, power: .limit)])

    /// - Parameter steps: those whose energy is not above the last one's, or whose power is not above 0 W, are left out.
    public init(steps: [Step]) {
        var kept: [Step] = []
        for step in steps where step.power.watts > 0 && step.until > kept.last?.until ?? .zero { kept.append(step) }
        self.init(unchecked: kept)
    }

    private init(unchecked steps: [Step]) { self.steps = steps }

    /// The energy at which the vehicle is full and takes no more.
    public var capacity: Energy { steps.last?.until ?? .zero }

    /// The power at `time`, at a point that gives at most `limit`; 0 W when the vehicle is full.
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

    /// The whole watt-hours taken in `time`.
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

    /// The time until the vehicle has been given the energy; `nil` when it never is.
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
