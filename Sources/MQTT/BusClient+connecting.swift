internal import EventLoop

extension BusClient {
    func attempt() {
        timer = nil
        guard !isOver else { return }
        perform(presence.handle(.attempt(wallMilliseconds: wallClock())))
    }

    func perform(_ actions: [Presence.Action]) { for action in actions { perform(action) } }

    private func perform(_ action: Presence.Action) {
        switch action {
        case .persist(let epoch):
            hooks?.persistEpoch(epoch) { [weak self] in
                guard let self else { return }
                perform(presence.handle(.persisted(epoch: epoch)))
            }
        case .connect(let epoch): slot = hub.pacer.acquire { [weak self] in self?.connect(epoch) }
        case .subscribe(let groups): subscribe(groups)
        case .online(let epoch):
            cancelTimer()
            backoff.reset()
            isReportedOnline = true
            onEvent(.online(epoch: epoch))
        case .restore: onEvent(.restore)
        case .reconnect(let seen):
            let wasReported = isReportedOnline
            disconnect { client in client.attempt() }
            onEvent(wasReported ? .offline(MQTTError(.superseded(epoch: seen))) : .abandoned)
        case .takenOver(let epoch): end(with: .takenOver(epoch: epoch))
        case .exhausted(let epoch): end(with: .failed(MQTTError(.epochsExhausted(epoch: epoch))))
        case .drain: drain()
        case .end: end(with: .stopped)
        }
    }

    private func connect(_ epoch: UInt64) {
        timer = loop.schedule(after: settings.connectTimeout) { [weak self] in
            guard let self else { return }
            timer = nil
            lose(MQTTError(.timedOut(address: "\(settings.address)", waitedFor: connection?.nextAnswer ?? "address for its name")))
        }
        let slot = slot
        hub.resolver.resolve(settings.address.host, port: settings.address.port) { [weak self] answer in
            // The attempt may be over; its slot is its name.
            guard let self, slot != nil, self.slot == slot else { return }
            switch answer {
            case .success(let addresses):
                self.addresses = addresses
                connectToNextAddress(epoch, MQTTError(.unknownHost(host: settings.address.host, why: "no usable address")))
            case .failure(let error): lose(MQTTError(.unknownHost(host: settings.address.host, why: error.unknownHost ?? "\(error)")))
            }
        }
    }

    /// A name may stand for several addresses (localhost: ::1 and 127.0.0.1), of which the broker listens on one.
    private func connectToNextAddress(_ epoch: UInt64, _ error: MQTTError) {
        guard !addresses.isEmpty else { return lose(error) }
        let next = Connection(client: self, address: addresses.removeFirst(), epoch: epoch)
        connection = next
        do { try next.open(will: hooks.map { ($0.identity.topic, $0.will(epoch)) }) } catch {
            next.close()
            connection = nil
            connectToNextAddress(epoch, error)
        }
    }

    func connectionAccepted(_ accepted: Connection) {
        guard accepted === connection else { return }
        counters.connects += 1
        releaseSlot()
        perform(presence.handle(.connected))
    }

    func connectionEnded(_ ended: Connection, _ error: MQTTError) {
        guard ended === connection else { return }
        if !ended.isEstablished, !addresses.isEmpty {
            connection = nil
            return connectToNextAddress(ended.epoch, error)
        }
        lose(error)
    }

    /// The connection, or the attempt to make one, has failed.
    func lose(_ error: MQTTError) {
        let wasOnline = isReportedOnline
        let mayHaveSent = connection?.isEstablished ?? false
        connection?.close()
        forgetConnection()
        let actions = presence.handle(mayHaveSent ? .connectionLost : .unreachable)
        guard !presence.hasEnded else { return perform(actions) }
        // If another copy threw us out, it gets the time for its handshake: throwing each other out again and again neither would see the other.
        let delay = backoff.next() + (error.mayBeTakeover ? .milliseconds(100) : .zero)
        timer = loop.schedule(after: delay) { [weak self] in self?.attempt() }
        if wasOnline {
            onEvent(.offline(error))
        } else {
            counters.failedAttempts += 1
            if mayHaveSent { onEvent(.abandoned) }
            onEvent(.attemptFailed(error, retryIn: delay))
        }
    }

    func stalled(_ duration: Duration) {
        guard connection != nil, duration > settings.keepAlive else { return }
        counters.stalls += 1
        lose(MQTTError(.stalled(duration)))
    }

    func forgetConnection() {
        connection = nil
        isReportedOnline = false
        addresses = []
        fence = nil
        subscriptionsInFlight = [:]
        cancelTimer()
        releaseSlot()
        counters.lostWithConnection += UInt64(outstanding.count)
        outstanding = [:]
        counters.inFlight = 0
        counters.inFlightBytes = 0
    }

    func cancelTimer() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }

    private func releaseSlot() {
        if let slot { hub.pacer.release(slot) }
        slot = nil
    }
}
