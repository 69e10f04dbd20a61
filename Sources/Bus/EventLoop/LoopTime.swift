internal import Glibc

/// A point on `CLOCK_MONOTONIC`, in nanoseconds since an origin that only this machine knows. It stands still while the machine is suspended.
public struct LoopTime: Hashable, Comparable, Sendable {
    /// Nanoseconds since the origin.
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    public static func < (a: LoopTime, b: LoopTime) -> Bool { a.nanoseconds < b.nanoseconds }

    /// The time a duration later; saturates at the ends of `Int64` (292 years).
    public static func + (a: LoopTime, b: Duration) -> LoopTime {
        let (sum, overflow) = a.nanoseconds.addingReportingOverflow(b.wholeNanoseconds)
        return LoopTime(nanoseconds: overflow ? (b < .zero ? .min : .max) : sum)
    }

    public static func - (a: LoopTime, b: LoopTime) -> Duration { .nanoseconds(a.nanoseconds) - .nanoseconds(b.nanoseconds) }
}

extension Duration {
    /// The duration in whole nanoseconds, truncated; saturates beyond 292 years.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowToo) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || overflowToo ? (seconds < 0 ? .min : .max) : sum
    }
}

extension EventLoop {
    /// The present on `CLOCK_MONOTONIC`. Any thread.
    public static func now() -> LoopTime { LoopTime(nanoseconds: nanoseconds(of: CLOCK_MONOTONIC)) }

    /// Wall-clock milliseconds since 1970 UTC; 0 when the clock is set before that. Any thread.
    public static func wallMilliseconds() -> UInt64 {
        UInt64(max(0, nanoseconds(of: CLOCK_REALTIME) / 1_000_000))
    }

    static func nanoseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
