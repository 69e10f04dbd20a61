internal import ChargingModel

/// One-shot timers with their bodies: those that are due come out in the order of their deadlines, equal ones as they were made.
struct LoopTimers {
    private var times = TimerQueue<UInt64>()
    private var bodies: [UInt64: () -> Void] = [:]
    private var lastID: UInt64 = 0

    /// The earliest deadline of a timer that was not cancelled.
    var next: Int64? { times.next?.nanoseconds }

    mutating func insert(deadline: Int64, _ body: @escaping () -> Void) -> UInt64 {
        lastID += 1
        bodies[lastID] = body
        times.set(lastID, at: Instant(nanoseconds: deadline))
        return lastID
    }

    mutating func cancel(_ id: UInt64) {
        if bodies.removeValue(forKey: id) != nil { times.cancel(id) }
    }

    /// Takes out one timer that is due, if its id is at most `newest`: those made meanwhile wait for the next round.
    mutating func popDue(at now: Int64, newest: UInt64) -> (() -> Void)? {
        guard let key = times.nextKey, key <= newest, times.popDue(at: Instant(nanoseconds: now)) != nil else { return nil }
        return bodies.removeValue(forKey: key)
    }

    var newestID: UInt64 { lastID }

    mutating func removeAll() { self = LoopTimers() }
}
