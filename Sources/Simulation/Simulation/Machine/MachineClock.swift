internal import ChargingModel

/// The clocks of one machine: they drift, and the one on the wall may be wrong and jump. True time is the world's.
struct MachineClock: Sendable {
    /// The speed by which it is faster than true time, in parts per million; −200…200, so that a century does not overflow.
    var drift: Int64 = 0
    /// The time by which the wall clock is ahead, in milliseconds.
    var ahead: Int64 = 0
    /// The wall clock at the beginning of the world, in milliseconds since 1970: a Monday, 2026-11-23, 00:00 UTC.
    static let beginning: Int64 = 1_795_392_000_000

    func monotonic(at time: Instant) -> Instant {
        drift == 0 ? time : Instant(nanoseconds: time.nanoseconds + time.nanoseconds / 1_000_000 * drift)
    }

    func now(at time: Instant) -> Now {
        let monotonic = monotonic(at: time)
        return Now(
            monotonic: monotonic, wall: WallTime(milliseconds: max(0, MachineClock.beginning + monotonic.nanoseconds / 1_000_000 + ahead)))
    }

    /// The first true time at which the monotonic clock shows at least this.
    func time(of local: Instant) -> Instant {
        guard drift != 0 else { return local }
        var time = Instant(nanoseconds: local.nanoseconds - local.nanoseconds / 1_000_000 * drift)
        while true {
            let missing = local.nanoseconds - monotonic(at: time).nanoseconds
            guard missing > 0 else { return time }
            // Rather too short a step than one beyond it.
            time = Instant(nanoseconds: time.nanoseconds + max(1, missing - missing / 1_000_000 * max(0, drift) - (drift > 0 ? 1 : 0)))
        }
    }
}
