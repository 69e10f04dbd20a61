internal import CMosquitto
internal import EventLoop
internal import Glibc
internal import MQTT

extension MosquittoConnection {
    func ready(_ readiness: Readiness) {
        guard !isClosed, let handle, let source else { return }
        if !isEstablished { establish(readiness, source.descriptor) }
        enter()
        if ending == nil {
            // A TLS handshake reads and writes on either event, and only loop_read goes on with it.
            let isHandshaking = settings.address.tls != nil && !isAccepted
            if !readiness.isDisjoint(with: [.readable, .closed]) || isHandshaking { drain(handle) }
            // A handshake that is reset is no error to the library, which would try to go on with it.
            if isHandshaking, !isAccepted, readiness.contains(.closed) { ended(MOSQ_ERR_CONN_LOST.rawValue) }
            // Acknowledgements of what was just read leave at once.
            let isUrgent = readiness.contains(.writable) || isHandshaking || wantsWrite(handle)
            if isUrgent, mosquitto_socket(handle) >= 0 { write(handle) }
        }
        leave()
    }

    private func establish(_ readiness: Readiness, _ descriptor: Int32) {
        let number = wattline_socket_error(descriptor)
        // With TLS the library speaks before this is called: what is reset by now had been there.
        let isReset = number == ECONNRESET && settings.address.tls != nil
        if number != 0, !isReset { ending = MQTTError(.unreachable(address: "\(address)", why: EventLoopError.text(of: number))) }
        isEstablished = isReset || (number == 0 && readiness.contains(.writable))
        if isEstablished { transport?.connectionOpened(self) }
    }

    private func drain(_ handle: OpaquePointer) {
        note(wattline_drain(handle, 256, mustStop))
        // What is decrypted already is in no socket that could become readable.
        guard trust != nil, ending == nil, wattline_tls_unread(handle) > 0 else { return }
        loop.schedule(after: .zero) { [weak self] in self?.ready(.readable) }
    }

    /// True when something waits that is not held: of QoS 1, a receipt, the rest of a write, or anything while nothing is held.
    func wantsWrite(_ handle: OpaquePointer) -> Bool { (!isAccepted || mustWrite || hold == nil) && mosquitto_want_write(handle) }

    private func write(_ handle: OpaquePointer) {
        if let hold { loop.cancel(hold) }
        hold = nil
        note(unwritten > 2 ? wattline_write_together(handle) : mosquitto_loop_write(handle, 1))
        unwritten = 0
        // The socket took a part: the rest goes when it takes more.
        mustWrite = mosquitto_socket(handle) >= 0 && mosquitto_want_write(handle)
    }

    /// Most errors are told by callback as well, but not that of a TLS handshake.
    private func note(_ result: Int32) { if result != MOSQ_ERR_SUCCESS.rawValue { ended(result) } }

    /// Ends the connection at the end of the round, with this reason.
    func endLater(_ error: MQTTError) {
        ending = ending ?? error
        loop.atEndOfRound { [self] in
            enter()
            leave()
        }
    }

    /// Once a second: keepalive.
    func beat() {
        guard !isClosed, let handle else { return }
        enter()
        note(mosquitto_loop_misc(handle))
        leave()
    }

    /// Writes what is of QoS 0 after the hold time, unless something else takes it along.
    private func flushAfterHold() {
        guard settings.holdTime > .zero, !mustWrite else { return flushLater() }
        guard hold == nil, !isClosed else { return }
        hold = loop.schedule(after: settings.holdTime) { [weak self] in
            self?.hold = nil
            self?.flush()
        }
    }

    /// Writes at the end of the round, once for all that was queued in it.
    func flushLater() {
        mustWrite = true
        guard !isFlushing, !isClosed else { return }
        isFlushing = true
        loop.atEndOfRound { [weak self] in
            self?.isFlushing = false
            self?.flush()
        }
    }

    func flush() {
        guard !isClosed, let handle else { return }
        enter()
        write(handle)
        leave()
    }

    /// Subscribes to filters that want the same QoS and options. Returns the packet's id.
    func subscribe(_ filters: [String], _ qos: QoS, _ options: Subscription.Options) throws(MQTTError) -> UInt16 {
        guard let handle else { throw MQTTError(.notOnline) }
        var properties: OpaquePointer?
        if let number = options.identifier {
            mosquitto_property_add_varint(&properties, Int32(MQTT_PROP_SUBSCRIPTION_IDENTIFIER.rawValue), number)
        }
        defer { mosquitto_property_free_all(&properties) }
        var identifier: Int32 = 0
        var texts: [UnsafeMutablePointer<CChar>?] = filters.map { filter in
            filter.withCString { text in
                let size = filter.utf8.count + 1
                let copy = UnsafeMutablePointer<CChar>.allocate(capacity: size)
                copy.initialize(from: text, count: size)
                return copy
            }
        }
        defer { for text in texts { text?.deallocate() } }
        // Bits of the subscription options (MQTT 5, 3.8.3.1).
        let flags: Int32 = (options.retainAsPublished ? 0x08 : 0) | (options.liveOnly ? 0x20 : 0) | (options.othersOnly ? 0x04 : 0)
        let result = mosquitto_subscribe_multiple(handle, &identifier, Int32(texts.count), &texts, Int32(qos.rawValue), flags, properties)
        guard result == MOSQ_ERR_SUCCESS.rawValue else {
            throw MQTTError(.subscriptionRefused(filter: filters.joined(separator: "', '"), why: Library.text(of: result)))
        }
        flushLater()
        return UInt16(truncatingIfNeeded: identifier)
    }

    /// Queues a message. Returns the packet's id.
    /// - Throws: `.tooLarge` when the broker has said that it takes no packet of this size.
    func publish(_ message: OutgoingMessage) throws(MQTTError) -> UInt16 {
        guard let handle else { throw MQTTError(.notOnline) }
        var properties: OpaquePointer?
        if let seconds = message.expirySeconds {
            mosquitto_property_add_int32(&properties, Int32(MQTT_PROP_MESSAGE_EXPIRY_INTERVAL.rawValue), seconds)
        }
        defer { mosquitto_property_free_all(&properties) }
        var identifier: Int32 = 0
        let result = mosquitto_publish_v5(
            handle, &identifier, message.topic, Int32(clamping: message.payload.count), message.payload, Int32(message.qos.rawValue), message.retain,
            properties)
        switch result {
        case MOSQ_ERR_SUCCESS.rawValue: unwritten += 1
        case MOSQ_ERR_NO_CONN.rawValue: throw MQTTError(.notOnline)
        case MOSQ_ERR_OVERSIZE_PACKET.rawValue, MOSQ_ERR_PAYLOAD_SIZE.rawValue:
            throw MQTTError(.tooLarge(topic: message.topic, bytes: message.payload.count))
        default: throw MQTTError(.badMessage(topic: message.topic, why: Library.text(of: result)))
        }
        if message.qos == .atMostOnce { flushAfterHold() } else { flushLater() }
        return UInt16(truncatingIfNeeded: identifier)
    }
}
