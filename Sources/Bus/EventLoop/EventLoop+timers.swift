/// A timer that may be cancelled.
public struct TimerToken: Hashable, Sendable {
    let id: UInt64
}

extension EventLoop {
    /// Calls the body once on the loop, at the time or up to a millisecond later; at the next round if the time is past. On the loop only.
    @discardableResult
    public func schedule(at time: LoopTime, _ body: @escaping () -> Void) -> TimerToken {
        preconditionOnLoop()
        return TimerToken(id: timers.insert(deadline: time.nanoseconds, body))
    }

    /// Calls the body once on the loop, when the duration is over. On the loop only.
    @discardableResult
    public func schedule(after duration: Duration, _ body: @escaping () -> Void) -> TimerToken {
        schedule(at: Self.now() + duration, body)
    }

    /// Cancels a timer; does nothing when it has fired or is cancelled already. On the loop only.
    public func cancel(_ token: TimerToken) {
        preconditionOnLoop()
        timers.cancel(token.id)
    }

    /// Calls the body at the end of this round, before the loop waits again: for what is cheaper done once for many events. On the loop only.
    public func atEndOfRound(_ body: @escaping () -> Void) {
        preconditionOnLoop()
        roundEnd.append(body)
    }

    /// The one instance of a type that all users of this loop share, made at the first call and kept until the loop ends. On the loop only.
    public func sharedInstance<Value: AnyObject>(of type: Value.Type, _ make: () -> Value) -> Value {
        preconditionOnLoop()
        if let value = shared[ObjectIdentifier(type)] as? Value { return value }
        let value = make()
        shared[ObjectIdentifier(type)] = value
        return value
    }
}
