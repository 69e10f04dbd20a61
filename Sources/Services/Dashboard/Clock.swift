internal import ChargingModel
internal import Glibc

extension WallTime {
    /// The present time by this machine's clock.
    static func present() -> WallTime {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return WallTime(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
    }
}
