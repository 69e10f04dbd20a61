internal import Glibc

extension EventLoop {
    /// Waits until the loop has ended, which somebody on it brings about with `shutdown`. Not on the loop.
    public func join() {
        precondition(!isCurrent, "the loop can't wait for its own end")
        thread.withLock { id in
            if let started = id { pthread_join(started, nil) }
            id = nil
        }
    }
}
