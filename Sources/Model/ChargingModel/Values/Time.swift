/// A point on a monotonic clock, in nanoseconds since an origin that only this process knows. Durations are measured on it (P5).
public struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the origin.
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
    public static func + (a: Instant, b: Duration) -> Instant { Instant(nanoseconds: a.nanoseconds.adding(clamped: b.nanoseconds)) }
    public static func - (a: Instant, b: Duration) -> Instant { Instant(nanoseconds: a.nanoseconds.subtracting(clamped: b.nanoseconds)) }
    public static func - (a: Instant, b: Instant) -> Duration { .nanoseconds(a.nanoseconds.subtracting(clamped: b.nanoseconds)) }
}

/// A wall-clock time in milliseconds since 1970-01-01T00:00:00Z. For people and for epochs; nobody decides by another's (P5).
public struct WallTime: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970 UTC.
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: WallTime, b: WallTime) -> Bool { a.milliseconds < b.milliseconds }

    /// The time so many milliseconds later; no later than can be counted.
    public func advanced(byMilliseconds count: Int64) -> WallTime { WallTime(milliseconds: milliseconds.adding(clamped: count)) }

    /// The times that are no further than so many milliseconds from it, on either side.
    public func within(milliseconds count: Int64) -> ClosedRange<WallTime> { advanced(byMilliseconds: -count)...advanced(byMilliseconds: count) }

    /// The time from another to this one; negative when it is earlier.
    public func since(_ other: WallTime) -> Duration { .milliseconds(milliseconds.subtracting(clamped: other.milliseconds)) }
}

/// The time, as it is passed into every core with every event.
public struct Now: Hashable, Sendable {
    /// The monotonic clock, for measuring.
    public var monotonic: Instant
    /// The wall clock, for people.
    public var wall: WallTime

    public init(monotonic: Instant, wall: WallTime) {
        self.monotonic = monotonic
        self.wall = wall
    }
}

extension Duration {
    /// The duration in whole nanoseconds, truncated; 292 years when it is longer.
    public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multiplied(clamped: 1_000_000_000).adding(clamped: attoseconds / 1_000_000_000)
    }

    /// The duration in whole milliseconds, truncated.
    public var milliseconds: Int64 { nanoseconds / 1_000_000 }
}

/// The counter of a client's connections (P6): greater for each, wall-clock milliseconds where the clock allows; 1…2^53−2.
public typealias Epoch = UInt64
