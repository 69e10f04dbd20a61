internal import ChargingModel

/// The wait before the next attempt: a random time below a ceiling that doubles ("full jitter"), so that clients that lost
/// their broker together don't come back together.
public struct Backoff: Hashable, Sendable {
    /// The first ceiling, the last one, and a floor below both.
    public struct Limits: Hashable, Sendable {
        public var floor: Duration = .milliseconds(10)
        public var initial: Duration = .milliseconds(100)
        public var ceiling: Duration = .seconds(2)

        public init() {}
    }

    private let limits: Limits
    private var attempts = 0
    private var random: SplitMix64

    /// - Parameter seed: the same seed gives the same delays.
    public init(_ limits: Limits = Limits(), seed: UInt64) {
        self.limits = limits
        random = SplitMix64(seed: seed)
    }

    /// The next delay: from the floor up to the ceiling of this attempt.
    public mutating func next() -> Duration {
        var ceiling = limits.initial
        for _ in 0..<attempts where ceiling < limits.ceiling { ceiling = ceiling * 2 }
        attempts = min(attempts + 1, 62)
        let floor = max(limits.floor, .zero).nanoseconds
        let top = max(floor, min(ceiling, limits.ceiling).nanoseconds)
        return .nanoseconds(floor + Int64(random.next() % UInt64(top - floor + 1)))
    }

    /// The attempt succeeded: the next delay is short again.
    public mutating func reset() { attempts = 0 }
}
