internal import CMosquitto
internal import EventLoop
internal import MQTT

extension MosquittoConnection {
    /// The callbacks come from within calls that a connection makes on its own instance, so it is alive.
    private static func of(_ object: UnsafeMutableRawPointer?) -> MosquittoConnection? {
        object.map { Unmanaged<MosquittoConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    func setCallbacks(_ made: OpaquePointer) {
        mosquitto_connect_v5_callback_set(made) { _, object, reason, _, _ in MosquittoConnection.of(object)?.answered(reason) }
        mosquitto_disconnect_v5_callback_set(made) { _, object, reason, _ in MosquittoConnection.of(object)?.ended(reason) }
        mosquitto_message_v5_callback_set(made) { _, object, message, properties in
            if let message { MosquittoConnection.of(object)?.arrived(message.pointee, properties) }
        }
        mosquitto_publish_v5_callback_set(made) { _, object, identifier, reason, _ in
            guard let connection = MosquittoConnection.of(object) else { return }
            // A receipt lets the library send the next message of QoS 1.
            connection.mustWrite = true
            connection.transport?.published(connection, UInt16(truncatingIfNeeded: identifier), reason)
        }
        mosquitto_subscribe_v5_callback_set(made) { _, object, identifier, count, granted, _ in
            guard let connection = MosquittoConnection.of(object) else { return }
            let codes = Array(UnsafeBufferPointer(start: granted, count: granted == nil ? 0 : max(0, Int(count))))
            connection.transport?.subscribed(connection, UInt16(truncatingIfNeeded: identifier), codes)
        }
    }

    private func answered(_ reason: Int32) {
        guard reason == 0 else {
            let refusal = MQTTError(.refused(address: "\(address)", reason: UInt8(truncatingIfNeeded: reason), why: Library.text(ofReason: reason)))
            ending = ending ?? refusal
            return
        }
        isAccepted = true
        transport?.connectionAccepted(self)
    }

    /// May come twice. The first reason counts; it is told when the library has returned.
    func ended(_ reason: Int32) { ending = ending ?? error(of: reason) }

    private func error(of reason: Int32) -> MQTTError {
        let why = Library.text(of: reason)
        switch reason {
        case 128...255: return MQTTError(.disconnected(reason: UInt8(reason), why: Library.text(ofReason: reason)))
        case MOSQ_ERR_KEEPALIVE.rawValue: return MQTTError(.silent(seconds: Int(settings.keepAlive.components.seconds)))
        case _ where isAccepted && (reason == 0 || reason == MOSQ_ERR_CONN_LOST.rawValue): return MQTTError(.closedByBroker)
        // With TLS a broker that is killed breaks the protocol: it does not say that it is the end.
        case MOSQ_ERR_ERRNO.rawValue where isAccepted && trust != nil: return MQTTError(.closed(why: "it ended without a word"))
        case _ where isAccepted: return MQTTError(.closed(why: why))
        case _ where settings.address.tls != nil: return MQTTError(.tls(address: "\(address)", tlsProblem()))
        default: return MQTTError(.unanswered(address: "\(address)", why: why))
        }
    }

    private func arrived(_ message: mosquitto_message, _ properties: OpaquePointer?) {
        // This process may have stood still since the packet before: then it must not act on what is left (P12).
        loop.noticeStall()
        guard let transport, !isClosed else { return }
        transport.counters.received += 1
        let count = max(0, Int(message.payloadlen))
        guard count <= settings.maxInboundPayload else {
            transport.counters.droppedTooLong += 1
            return
        }
        guard let text = message.topic, let topic = String(validatingCString: text) else {
            transport.counters.droppedMalformed += 1
            return
        }
        let payload = [UInt8](UnsafeRawBufferPointer(start: message.payload, count: message.payload == nil ? 0 : count))
        // Its receipt leaves at once.
        if message.qos != 0 { mustWrite = true }
        let qos: QoS = message.qos == 0 ? .atMostOnce : .atLeastOnce
        var number: UInt32 = 0
        let isNumbered =
            properties != nil && mosquitto_property_read_varint(properties, Int32(MQTT_PROP_SUBSCRIPTION_IDENTIFIER.rawValue), &number, false) != nil
        transport.received(
            self, IncomingMessage(topic: topic, payload: payload, retained: message.retain, qos: qos, subscription: isNumbered ? number : nil))
    }
}
