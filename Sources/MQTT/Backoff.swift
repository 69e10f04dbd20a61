internal import EventLoop

/// How long to wait before the next attempt: a random time below a ceiling that doubles ("full jitter"), so that clients that lost
/// their broker together don't come back together.
public struct Backoff: Sendable {
    /// The first ceiling, the last one, and a floor below both.
    public struct Limits: Hashable, Sendable {
        public var floor: Duration = .milliseconds(10)
        public var initial: Duration = .milliseconds(100)
        public var ceiling: Duration = .seconds(2)
        /// For tests: the same seed gives the same delays. nil for a random one.
        public var seed: UInt64?

        public init() {}
    }

    private let limits: Limits
    private var attempts = 0
    private var state: UInt64

    public init(_ limits: Limits = Limits()) {
        self.limits = limits
        state = limits.seed ?? UInt64.random(in: .min ... .max)
    }

    /// The next delay: from the floor up to the ceiling of this attempt.
    public mutating func next() -> Duration {
        var ceiling = limits.initial
        for _ in 0..<attempts where ceiling < limits.ceiling { ceiling = ceiling * 2 }
        attempts = min(attempts + 1, 62)
        let floor = max(limits.floor, .zero).wholeNanoseconds
        let top = max(floor, min(ceiling, limits.ceiling).wholeNanoseconds)
        return .nanoseconds(floor + Int64(random() % UInt64(top - floor + 1)))
    }

    /// The attempt succeeded: the next delay is short again.
    public mutating func reset() { attempts = 0 }

    /// SplitMix64.
    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
