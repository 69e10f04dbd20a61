import Glibc

/// The limit of files and sockets that this process may have open.
public enum DescriptorLimit {
    /// The error that the limit is too low for what was asked, in words.
    public struct TooLow: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// The present limit; `nil` when the system does not say.
    public static var current: UInt64? {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? UInt64(limit.rlim_cur) : nil
    }

    /// Raises the limit to all that the system grants without asking; returns it. Children inherit it.
    @discardableResult
    public static func raise() -> UInt64 {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .max }
        if limit.rlim_cur < limit.rlim_max {
            let before = limit.rlim_cur
            limit.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = before }
        }
        return UInt64(limit.rlim_cur)
    }

    /// Raises the limit and sees to it that so many points fit.
    /// - Parameter each: descriptors of one point.
    public static func raise(for points: Int, each: Int) throws(TooLow) {
        // The process's own, and those who have connected to ask for its health (P13).
        let needed = UInt64(points * each + 32 + 64)
        let allowed = raise()
        guard needed > allowed else { return }
        throw TooLow(
            description: "\(points) charge points take \(needed) open files and sockets, and this process may have \(allowed):"
                + " raise ulimit -n, or spread the points over several processes")
    }
}
