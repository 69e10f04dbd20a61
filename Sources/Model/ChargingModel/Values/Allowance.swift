/// A number of things that may happen at once, and one more each interval: a token bucket in one instant.
public struct Allowance: Hashable, Sendable {
    public let burst: Int
    public let interval: Duration
    /// The time at which all that was taken is there again.
    private var full = Instant(nanoseconds: 0)

    /// - Parameters:
    ///   - burst: how many may happen at once, at least one.
    ///   - interval: the time after which another one may.
    public init(burst: Int, every interval: Duration) {
        self.burst = burst
        self.interval = interval
    }

    /// The time at which the next one may happen, perhaps in the past.
    public var next: Instant { full - interval * (burst - 1) }

    public func isFull(at now: Instant) -> Bool { full <= now }

    public func allows(at now: Instant) -> Bool { next <= now }

    /// Takes one.
    /// - Returns: false when there is none.
    public mutating func take(at now: Instant) -> Bool {
        guard allows(at: now) else { return false }
        full = max(full, now) + interval
        return true
    }

    /// Gives one back that was not needed.
    public mutating func giveBack() { full = full - interval }
}
