internal import MQTT

extension MosquittoTransport {
    /// Hands a message over to the library; it is written at the end of the loop's round. A QoS 0 message that finds too much unwritten is dropped and
    /// counted. On a connection that is gone it is nothing.
    /// - Throws: when the message can't be sent, now or later.
    func publish(_ id: ConnectionID, _ token: DeliveryToken, _ message: OutgoingMessage) throws(MQTTError) {
        guard let connection, connection.id == id else { return }
        if message.qos == .atMostOnce, !hasRoom(for: message) {
            counters.droppedQueueFull += 1
            return
        }
        let identifier: UInt16
        do throws(MQTTError) { identifier = try connection.publish(message) } catch {
            if error.isTooLarge { counters.tooLarge += 1 }
            throw error
        }
        // Only after 65 535 messages in flight could there be an older one with this id.
        settle(identifier, on: connection)
        connection.outstanding[identifier] = MosquittoConnection.Outstanding(
            token: token, topic: message.topic, qos: message.qos, bytes: message.bytes)
        counters.accepted += 1
        counters.inFlight = connection.outstanding.count
        counters.inFlightBytes += message.bytes
    }

    /// False while more is unwritten or unacknowledged than the settings allow.
    func hasRoom(for message: OutgoingMessage) -> Bool {
        counters.inFlight < settings.maxOutboundMessages && counters.inFlightBytes + message.bytes <= settings.maxOutboundBytes
    }

    @discardableResult private func settle(_ identifier: UInt16, on connection: MosquittoConnection) -> MosquittoConnection.Outstanding? {
        guard let settled = connection.outstanding.removeValue(forKey: identifier) else { return nil }
        counters.inFlight = connection.outstanding.count
        counters.inFlightBytes -= settled.bytes
        return settled
    }

    func published(_ from: MosquittoConnection, _ identifier: UInt16, _ reason: Int32) {
        guard from === connection, let settled = settle(identifier, on: from) else { return }
        guard reason < 128 else {
            counters.rejected += 1
            let error = MQTTError(.rejected(topic: settled.topic, reason: UInt8(truncatingIfNeeded: reason), why: Library.text(ofReason: reason)))
            return tell(.rejected(from.id, settled.token, error))
        }
        counters.sent += 1
        if settled.qos == .atLeastOnce { tell(.acknowledged(from.id, settled.token)) }
    }

    func received(_ from: MosquittoConnection, _ message: IncomingMessage) {
        guard from === connection else { return }
        tell(.received(from.id, message))
    }

    // MARK: Subscriptions

    func subscribe(_ id: ConnectionID, _ token: DeliveryToken, _ subscriptions: [Subscription]) {
        guard let connection, connection.id == id, let first = subscriptions.first else { return }
        do throws(MQTTError) {
            let filters = subscriptions.map(\.filter)
            let identifier = try connection.subscribe(filters, first.qos, first.options)
            connection.subscriptionsInFlight[identifier] = (token, filters)
        } catch { connection.endLater(error) }
    }

    func subscribed(_ from: MosquittoConnection, _ identifier: UInt16, _ codes: [Int32]) {
        guard from === connection, let (token, filters) = from.subscriptionsInFlight.removeValue(forKey: identifier) else { return }
        let refused = zip(filters, codes).first { $0.1 >= 128 }
        tell(
            .subscribed(
                from.id, token, refusal: refused.map { MQTTError(.subscriptionRefused(filter: $0.0, why: Library.text(ofReason: $0.1))) }))
    }
}
