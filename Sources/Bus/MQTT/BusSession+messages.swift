public import ChargingModel

extension BusSession {
    /// Takes a message for the broker; the owner orders its publication on this connection, under this token. Nothing is queued while not online, ever.
    ///
    /// A QoS 1 message is answered by `delivered` or `rejected` with its token, or lost with `offline`.
    /// - Throws: while not online; when too many QoS 1 messages are on their way; when the topic can't be sent (`isOfMessage`).
    public mutating func publish(_ message: OutgoingMessage) throws(MQTTError) -> (ConnectionID, DeliveryToken) {
        guard isOnline else { throw MQTTError(.notOnline) }
        if message.qos == .atLeastOnce {
            guard outstanding.count < settings.maxOutboundMessages, outstandingBytes + message.bytes <= settings.maxOutboundBytes else {
                counters.refusedQueueFull += 1
                throw MQTTError(.queueFull(messages: outstanding.count, bytes: outstandingBytes))
            }
        }
        return try send(message)
    }

    /// Without the limits, for the farewell.
    private mutating func send(_ message: OutgoingMessage) throws(MQTTError) -> (ConnectionID, DeliveryToken) {
        guard let connection else { throw MQTTError(.notOnline) }
        guard !message.topic.utf8.contains(0) else { throw MQTTError(.badMessage(topic: message.topic, why: "its topic has a NUL in it")) }
        let token = nextToken()
        if let hooks, message.topic == hooks.identity.topic { ownWords.say(message.payload, number: hooks.claim(message.payload)?.number) }
        if message.qos == .atLeastOnce {
            outstanding[token] = message.bytes
            outstandingBytes += message.bytes
        }
        return (connection, token)
    }

    /// Takes the last word, whatever is on its way already; `stop` then waits for its receipt. Nothing when the session ends already or is not online.
    public mutating func farewell(_ message: OutgoingMessage) -> (ConnectionID, DeliveryToken)? {
        guard !isOver, !presence.isDraining, isOnline else { return nil }
        return try? send(message)
    }

    private mutating func nextToken() -> DeliveryToken {
        lastToken += 1
        return DeliveryToken(number: lastToken)
    }

    @discardableResult private mutating func settle(_ token: DeliveryToken) -> Bool {
        guard let bytes = outstanding.removeValue(forKey: token) else { return false }
        outstandingBytes -= bytes
        return true
    }

    /// Forgets a message that could not be handed over.
    package mutating func withdraw(_ token: DeliveryToken) { settle(token) }

    mutating func acknowledged(_ token: DeliveryToken) {
        guard settle(token) else { return }
        events.append(.delivered(token))
        drained()
    }

    mutating func rejected(_ token: DeliveryToken, _ error: MQTTError) {
        settle(token)
        events.append(.rejected(token, error))
        drained()
    }

    private mutating func drained() {
        if outstanding.isEmpty, presence.isDraining { handle(presence.handle(.drained)) }
    }

    /// True for a message that is the owner's: it came on the current connection, and not on the own topic, which is the presence's.
    public mutating func receives(_ message: IncomingMessage, on id: ConnectionID, at now: Now) -> Bool {
        self.now = now
        guard id == connection else { return false }
        guard let hooks, message.topic == hooks.identity.topic else { return true }
        // Under Retain As Published 0 an echo is live, and what is kept is of before this connection.
        guard message.retained || !ownWords.isEcho(message.payload) else { return false }
        let claim = message.payload.isEmpty ? nil : hooks.claim(message.payload)
        let isOwnEpoch = claim.map { $0.epoch == presence.epoch } ?? false
        let isAhead = isOwnEpoch && claim?.number.map { !ownWords.goAbove($0) } ?? false
        handle(presence.handle(.ownTopic(epoch: claim?.epoch, isAhead: isAhead, retained: message.retained)))
        return false
    }

    // MARK: Subscriptions

    mutating func subscribe(_ groups: [[Subscription]]) {
        guard let connection else { return }
        for group in groups {
            var rest = group[...]
            while let first = rest.first {
                // One SUBSCRIBE of libmosquitto has one QoS; a hundred filters stay below any broker's packet limit.
                let run = Array(
                    rest.prefix(100).prefix {
                        $0.qos == first.qos && $0.options == first.options && $0.isOptional == first.isOptional
                    })
                rest = rest.dropFirst(run.count)
                let token = nextToken()
                orders.append(.subscribe(connection, token, run))
                subscriptionsInFlight[token] = first.isOptional || isMadeUp(run)
                fence = token
            }
        }
    }

    /// True for the subscription that is made only for its SUBACK: its topic need not be granted.
    private func isMadeUp(_ subscriptions: [Subscription]) -> Bool {
        subscriptions.map(\.filter) == hooks.map { [$0.identity.topic + "/fence"] }
    }

    mutating func subscribed(_ token: DeliveryToken, _ refusal: MQTTError?) {
        guard let mayBeRefused = subscriptionsInFlight.removeValue(forKey: token) else { return }
        if let refusal, !mayBeRefused { return lose(refusal) }
        // The fence is answered by any SUBACK.
        if token == fence { handle(presence.handle(.fenced(at: now.monotonic))) }
    }

    // MARK: The end

    /// Ends well, after the farewell if there is one: waits until everything is acknowledged or the time is over, disconnects, so that the
    /// broker drops the will, and tells `stopped` (P10). Not online, it just ends. A second call does nothing.
    public mutating func stop(patience: Duration = .seconds(2), at now: Now) {
        self.now = now
        guard !isOver, !presence.isDraining else { return }
        self.patience = patience
        handle(presence.handle(.stop))
    }

    mutating func drain() {
        guard !outstanding.isEmpty else { return handle(presence.handle(.drained)) }
        wait = .drained(until: now.monotonic + patience)
    }

    mutating func end(with event: BusEvent) {
        isOver = true
        leave(then: .end(event))
    }

    /// Ends at once and without a word, as a process that dies: the will is published. Nothing is told any more.
    public mutating func abort() {
        guard !isOver else { return }
        isOver = true
        if let connection { orders.append(.close(connection)) }
        forgetConnection()
        events = []
    }
}
