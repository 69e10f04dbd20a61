internal import Glibc

/// An observer of stalls that may be removed.
public struct StallToken: Hashable, Sendable {
    let id: UInt64
}

extension EventLoop {
    /// Tells the body how long the loop stood still (the process was stopped, the machine slept, a callback blocked), whenever that was longer than
    /// the loop's threshold, and before any descriptor is read. Measured with `CLOCK_BOOTTIME`, which goes on while the machine sleeps (P12).
    /// On the loop only.
    public func observeStalls(_ body: @escaping (Duration) -> Void) -> StallToken {
        preconditionOnLoop()
        lastStallID += 1
        stallObservers.append((lastStallID, body))
        return StallToken(id: lastStallID)
    }

    /// Removes an observer. On the loop only.
    public func stopObserving(_ token: StallToken) {
        preconditionOnLoop()
        stallObservers.removeAll { $0.id == token.id }
    }

    /// Looks at the clock and tells the observers of a stall, if there was one. The loop does so at each wake-up and before each handler;
    /// a handler that reads a lot at a time may do it before each piece (about 30 ns). On the loop only.
    public func noticeStall() {
        let now = Self.nanoseconds(of: CLOCK_BOOTTIME)
        let gap = now - lastAlive
        lastAlive = now
        guard gap > stallThreshold else { return }
        for observer in stallObservers { observer.body(.nanoseconds(gap)) }
    }
}
