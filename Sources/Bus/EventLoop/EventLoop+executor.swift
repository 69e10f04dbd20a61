internal import Glibc
internal import Synchronization

extension EventLoop {
    public func enqueue(_ job: consuming ExecutorJob) { enqueue(.job(UnownedJob(job))) }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// True on the loop's thread, whether or not a task runs there; for `assumeIsolated`.
    public func isIsolatingCurrentContext() -> Bool? { isCurrent }

    public func checkIsolated() {
        precondition(isCurrent, "not on the event loop '\(name)'")
    }

    func enqueue(_ work: Work) {
        let (wake, drain) = inbox.withLock { inbox in
            inbox.work.append(work)
            if inbox.phase == .stopped {
                // The loop has ended: what comes in late (a task that still awaits an actor) is run here, still one after the other.
                defer { inbox.isDraining = true }
                return (false, !inbox.isDraining)
            }
            defer { inbox.isAsleep = false }
            return (inbox.isAsleep, false)
        }
        if wake { wakeUp() }
        if drain { drainAfterTheEnd() }
    }

    func wakeUp() {
        var one: UInt64 = 1
        write(waker, &one, 8)
    }

    /// Runs what was in the inbox when it was called; what is added meanwhile waits for the next round, so that input is not starved.
    func runBatch() {
        inbox.withLock { swap(&$0.work, &batch) }
        for work in batch { run(work) }
        batch.removeAll(keepingCapacity: true)
    }

    private func run(_ work: Work) {
        switch work {
        case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
        case .body(let body): body()
        }
    }

    /// Runs the work that came in after the end; for the thread that has set `isDraining`.
    func drainAfterTheEnd() {
        // What is run here may let go of the last that holds the loop, and whoever hands a job over does not hold it.
        let own = Unmanaged.passRetained(self)
        defer { own.release() }
        while true {
            let work = inbox.withLock { inbox -> [Work]? in
                guard !inbox.work.isEmpty else {
                    inbox.isDraining = false
                    return nil
                }
                defer { inbox.work = [] }
                return inbox.work
            }
            guard let work else { return }
            runner.store(UInt(pthread_self()), ordering: .releasing)
            for item in work { run(item) }
            runner.store(0, ordering: .releasing)
        }
    }
}
