internal import CLinux
internal import Glibc
internal import Synchronization

extension EventLoop {
    /// Spawns the thread. Work that was enqueued before is run first. A second call does nothing.
    /// - Throws: when the system has no thread left.
    public func start() throws(EventLoopError) {
        let isFirst = inbox.withLock { inbox in
            guard inbox.phase == .fresh else { return false }
            inbox.phase = .running
            return true
        }
        guard isFirst else { return }
        do {
            let id = try Thread.spawn(name: name) { [self] in loop() }
            thread.withLock { $0 = id }
        } catch {
            inbox.withLock { $0.phase = .fresh }
            throw error
        }
    }

    /// Ends the loop after the work that is already in its inbox, and waits for its thread; called on the loop it can't wait and doesn't.
    /// Timers and sources are dropped. A second call does nothing but wait.
    public func shutdown() {
        let (wake, drain) = inbox.withLock { inbox in
            switch inbox.phase {
            case .fresh:
                inbox.phase = .stopped
                return (false, true)
            case .running:
                inbox.phase = .stopping
                inbox.isAsleep = false
                return (true, false)
            case .stopping, .stopped:
                return (false, false)
            }
        }
        if wake { wakeUp() }
        if drain { execute {} }
        guard !isCurrent else { return }
        thread.withLock { id in
            if let started = id { pthread_join(started, nil) }
            id = nil
        }
    }

    private func loop() {
        runner.store(UInt(pthread_self()), ordering: .releasing)
        lastAlive = Self.nanoseconds(of: CLOCK_BOOTTIME)
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 256) { events in
            while !isOver() { round(events) }
        }
        timers.removeAll()
        sources = []
        roundEnd = []
        stallObservers = []
        shared = [:]
        runner.store(0, ordering: .releasing)
        drainAfterTheEnd()
    }

    private func isOver() -> Bool {
        inbox.withLock { inbox in
            guard inbox.phase == .stopping, inbox.work.isEmpty, roundEnd.isEmpty else { return false }
            inbox.phase = .stopped
            // Until this thread has cleaned up nobody else may run anything.
            inbox.isDraining = true
            return true
        }
    }

    private func round(_ events: UnsafeMutableBufferPointer<epoll_event>) {
        let count = epoll_wait(epoll, events.baseAddress, Int32(events.count), waitMilliseconds())
        inbox.withLock { $0.isAsleep = false }
        // Before anything is read: what waits in the sockets may be stale (P12).
        noticeStall()
        if count > 0 {
            for event in events[..<Int(count)] { dispatch(event) }
        }
        let now = Self.nanoseconds(of: CLOCK_MONOTONIC)
        let newest = timers.newestID
        while let body = timers.popDue(at: now, newest: newest) { body() }
        runBatch()
        while !roundEnd.isEmpty {
            let bodies = roundEnd
            roundEnd = []
            for body in bodies { body() }
        }
    }

    private func waitMilliseconds() -> Int32 {
        let mayWait = inbox.withLock { inbox in
            inbox.isAsleep = inbox.work.isEmpty && inbox.phase == .running
            return inbox.isAsleep
        }
        guard mayWait else { return 0 }
        guard let next = timers.next else { return 1000 }
        let gap = min(max(next, 0), Self.farthest) - Self.nanoseconds(of: CLOCK_MONOTONIC)
        return Int32(min(1000, (max(0, gap) + 999_999) / 1_000_000))
    }
}

extension EventLoop {
    /// No deadline is treated as later than this; a quarter of the range, so that sums don't overflow.
    static let farthest = Int64.max / 4
}
