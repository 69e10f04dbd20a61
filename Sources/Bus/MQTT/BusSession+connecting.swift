internal import ChargingModel

extension BusSession {
    mutating func attempt() {
        guard !isOver else { return }
        handle(presence.handle(.attempt(wallMilliseconds: UInt64(max(0, now.wall.milliseconds)))))
    }

    mutating func handle(_ actions: [Presence.Action]) { for action in actions { handle(action) } }

    private mutating func handle(_ action: Presence.Action) {
        switch action {
        case .persist(let epoch): events.append(.persist(epoch: epoch))
        case .connect(let epoch): connect(epoch)
        case .subscribe(let groups): subscribe(groups)
        case .online(let epoch):
            wait = .nothing
            backoff.reset()
            isReportedOnline = true
            events.append(.online(epoch: epoch))
        case .restore: restore()
        case .contest:
            contestUntil = now.monotonic + BusSession.contestTime
            restore()
        case .believed:
            contestUntil = nil
            if !isForeignWord { restoreAt = nil }
        case .overtaken: leaveEpoch()
        case .reconnect(let seen):
            let wasReported = isReportedOnline
            leave(then: .attempt)
            events.append(wasReported ? .offline(MQTTError(.superseded(epoch: seen))) : .abandoned)
        case .takenOver(let epoch): end(with: .takenOver(epoch: epoch))
        case .drain: drain()
        case .end: end(with: .stopped)
        }
    }

    /// Has the owner publish its retained topic again, unless it just did: whoever overwrites it without end must not be answered as often.
    mutating func restore() {
        isForeignWord = true
        let due = lastRestore.map { max($0 + BusSession.restorePause, now.monotonic) } ?? now.monotonic
        restoreAt = min(restoreAt ?? due, due)
        restoreIfDue()
    }

    mutating func restoreIfDue() {
        guard let due = restoreAt, due <= now.monotonic else { return }
        lastRestore = now.monotonic
        let next = now.monotonic + BusSession.contestPause
        restoreAt = contestUntil.flatMap { next <= $0 ? next : nil }
        events.append(.restore(isNews: isForeignWord, number: ownWords.lastNumber))
        isForeignWord = false
    }

    /// Leaves the own epoch for a higher one, now or, when it just did, a little later.
    mutating func leaveEpoch() {
        guard isOnline else { return }
        renewAt = renewAt ?? lastRenewal.map { max($0 + BusSession.renewPause, now.monotonic) } ?? now.monotonic
        renewIfDue()
    }

    mutating func renewIfDue() {
        guard let due = renewAt, due <= now.monotonic else { return }
        lastRenewal = now.monotonic
        renewAt = nil
        handle(presence.handle(.renew))
    }

    private mutating func connect(_ epoch: UInt64) {
        lastConnection += 1
        let next = ConnectionID(number: lastConnection)
        connection = next
        orders.append(.connect(next, will: hooks.map { LastWill(topic: $0.identity.topic, payload: $0.will(epoch)) }))
    }

    /// The answer of the broker that the attempt waits for.
    var nextAnswer: String { isAccepted ? "SUBACK" : isOpened ? "CONNACK" : "TCP connection" }

    mutating func accepted() {
        isOpened = true
        isAccepted = true
        counters.connects += 1
        handle(presence.handle(.connected))
    }

    /// The connection, or the attempt to make one, has failed.
    mutating func lose(_ error: MQTTError) {
        let wasOnline = isReportedOnline
        let mayHaveSent = isOpened
        if let connection { orders.append(.close(connection)) }
        forgetConnection()
        let actions = presence.handle(mayHaveSent ? .connectionLost : .unreachable)
        guard !presence.hasEnded else { return handle(actions) }
        // If another copy threw us out, it gets the time for its handshake: throwing each other out again and again neither would see the other.
        let delay = backoff.next() + (error.mayBeTakeover ? .milliseconds(100) : .zero)
        wait = .retry(at: now.monotonic + delay)
        if wasOnline {
            events.append(.offline(error))
        } else {
            counters.failedAttempts += 1
            if mayHaveSent { events.append(.abandoned) }
            events.append(.attemptFailed(error, retryIn: delay))
        }
    }

    mutating func stalled(_ duration: Duration) {
        guard connection != nil, duration > settings.keepAlive else { return }
        counters.stalls += 1
        lose(MQTTError(.stalled(duration)))
    }

    mutating func forgetConnection() {
        connection = nil
        isOpened = false
        isAccepted = false
        isReportedOnline = false
        fence = nil
        subscriptionsInFlight = [:]
        wait = .nothing
        restoreAt = nil
        contestUntil = nil
        renewAt = nil
        ownWords = OwnWords()
        counters.lostWithConnection += UInt64(outstanding.count)
        outstanding = [:]
        outstandingBytes = 0
    }

    /// Disconnects cleanly, if there is a connection, and then goes on.
    mutating func leave(then next: Next) {
        let old = connection
        forgetConnection()
        guard let old else { return go(on: next) }
        orders.append(.disconnect(old))
        leaving = (old, next)
    }

    mutating func disconnected(_ id: ConnectionID) {
        guard let (connection, next) = leaving, connection == id else { return }
        leaving = nil
        go(on: next)
    }

    private mutating func go(on next: Next) {
        switch next {
        case .attempt: attempt()
        case .end(let event): events.append(event)
        }
    }
}
