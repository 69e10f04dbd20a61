internal import EventLoop

extension BusClient {
    struct Outstanding {
        let token: DeliveryToken
        let topic: String
        let qos: QoS
        let bytes: Int
    }

    /// Hands a message over; it is written at the end of the loop's round. Nothing is queued while not online, ever.
    ///
    /// A QoS 1 message is answered by `.delivered` or `.rejected` with its token, or lost with `.offline`. A QoS 0 message that
    /// finds the queue full is dropped and counted.
    /// - Throws: while not online; when a QoS 1 message finds the queue full; when topic or payload can't be sent (`isOfMessage`).
    @discardableResult public func publish(_ message: OutgoingMessage) throws(MQTTError) -> DeliveryToken {
        guard isOnline else { throw MQTTError(.notOnline) }
        let bytes = message.topic.utf8.count + message.payload.count
        guard outstanding.count < settings.maxOutboundMessages, counters.inFlightBytes + bytes <= settings.maxOutboundBytes else {
            guard message.qos == .atMostOnce else {
                counters.refusedQueueFull += 1
                throw MQTTError(.queueFull(messages: outstanding.count, bytes: counters.inFlightBytes))
            }
            counters.droppedQueueFull += 1
            return nextToken()
        }
        return try send(message)
    }

    /// Writes what is queued now. Not from within an event of this client: its library does not allow that.
    public func flush() { connection?.flush() }

    /// Without the limits, for the farewell.
    func send(_ message: OutgoingMessage) throws(MQTTError) -> DeliveryToken {
        guard let connection else { throw MQTTError(.notOnline) }
        guard !message.topic.utf8.contains(0) else { throw MQTTError(.badMessage(topic: message.topic, why: "its topic has a NUL in it")) }
        let identifier: UInt16
        do throws(MQTTError) { identifier = try connection.publish(message) } catch {
            if error.isTooLarge { counters.tooLarge += 1 }
            throw error
        }
        let bytes = message.topic.utf8.count + message.payload.count
        // Only after 65 535 messages in flight could there be an older one with this id.
        settle(identifier)
        let token = nextToken()
        outstanding[identifier] = Outstanding(token: token, topic: message.topic, qos: message.qos, bytes: bytes)
        counters.accepted += 1
        counters.inFlight = outstanding.count
        counters.inFlightBytes += bytes
        return token
    }

    private func nextToken() -> DeliveryToken {
        lastToken += 1
        return DeliveryToken(number: lastToken)
    }

    @discardableResult private func settle(_ identifier: UInt16) -> Outstanding? {
        guard let settled = outstanding.removeValue(forKey: identifier) else { return nil }
        counters.inFlight = outstanding.count
        counters.inFlightBytes -= settled.bytes
        return settled
    }

    func published(_ from: Connection, _ identifier: UInt16, _ reason: Int32) {
        guard from === connection, let settled = settle(identifier) else { return }
        if reason >= 128 {
            counters.rejected += 1
            let error = MQTTError(.rejected(topic: settled.topic, reason: UInt8(truncatingIfNeeded: reason), why: Library.text(ofReason: reason)))
            onEvent(.rejected(settled.token, error))
        } else {
            counters.sent += 1
            if settled.qos == .atLeastOnce { onEvent(.delivered(settled.token)) }
        }
        if outstanding.isEmpty, isDraining { perform(presence.handle(.drained)) }
    }

    func received(_ from: Connection, _ message: IncomingMessage) {
        guard from === connection else { return }
        guard let hooks, message.topic == hooks.identity.topic else { return onEvent(.message(message)) }
        let epoch = message.payload.isEmpty ? nil : hooks.epochOf(message.payload)
        perform(presence.handle(.ownTopic(epoch: epoch, retained: message.retained)))
    }

    // MARK: Subscriptions

    func subscribe(_ groups: [[Subscription]]) {
        guard let connection else { return }
        do {
            for group in groups {
                var rest = group[...]
                while let first = rest.first {
                    // One SUBSCRIBE of libmosquitto has one QoS; a hundred filters stay below any broker's packet limit.
                    let run = rest.prefix(100).prefix { $0.qos == first.qos && $0.options == first.options }
                    rest = rest.dropFirst(run.count)
                    let identifier = try connection.subscribe(run.map(\.filter), first.qos, first.options)
                    subscriptionsInFlight[identifier] = run.map(\.filter)
                    fence = identifier
                }
            }
        } catch { lose(error) }
    }

    func subscribed(_ from: Connection, _ identifier: UInt16, _ codes: [Int32]) {
        guard from === connection, let filters = subscriptionsInFlight.removeValue(forKey: identifier) else { return }
        // The fence is answered by any SUBACK; that of a topic made up for it need not be granted.
        let isMadeUp = filters == hooks.map { [$0.identity.topic + "/fence"] }
        if !isMadeUp, let (filter, code) = zip(filters, codes).first(where: { $0.1 >= 128 }) {
            return lose(MQTTError(.subscriptionRefused(filter: filter, why: Library.text(ofReason: code))))
        }
        if identifier == fence { perform(presence.handle(.fenced)) }
    }
}
