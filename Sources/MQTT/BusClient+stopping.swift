internal import EventLoop

extension BusClient {
    /// Ends well: publishes the farewell (if online), waits until everything is acknowledged or the time is over, disconnects, so that the
    /// broker drops the will, and tells `.stopped` (P10). Not online, it just ends. A second call does nothing.
    public func stop(farewell: OutgoingMessage? = nil, timeout: Duration = .seconds(2)) {
        guard !isOver, !isDraining else { return }
        patience = timeout
        if let farewell, isOnline { _ = try? send(farewell) }
        perform(presence.handle(.stop))
    }

    func drain() {
        isDraining = true
        guard !outstanding.isEmpty else { return perform(presence.handle(.drained)) }
        cancelTimer()
        timer = loop.schedule(after: patience) { [weak self] in
            guard let self else { return }
            timer = nil
            perform(presence.handle(.timeUp))
        }
    }

    func end(with event: BusEvent) {
        isOver = true
        disconnect { client in client.onEvent(event) }
    }

    /// Disconnects cleanly, if there is a connection, and then goes on.
    func disconnect(then next: @escaping (BusClient) -> Void) {
        let old = connection
        forgetConnection()
        guard let old else { return next(self) }
        old.disconnect { [self] in next(self) }
    }
}
