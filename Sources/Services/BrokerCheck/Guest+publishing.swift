internal import RawMQTT

extension Guest {
    /// Publishes, and waits for the PUBACK where there is one.
    func publish(_ topic: String, _ text: String, atLeastOnce: Bool = true, retain: Bool = false, expiry: UInt32? = nil) throws {
        let id = try put(topic, text, atLeastOnce: atLeastOnce, retain: retain, expiry: expiry)
        if atLeastOnce { try receipt(id) }
    }

    /// Sends a PUBLISH. Returns its packet id, 0 with QoS 0.
    @discardableResult func put(_ topic: String, _ text: String, atLeastOnce: Bool = true, retain: Bool = false, expiry: UInt32? = nil) throws
        -> UInt16
    {
        if retain, answer.properties.retainAvailable == false { throw CheckEnd.notOffered("no retained messages (CONNACK)") }
        if atLeastOnce, answer.properties.maximumQoS == 0 { throw CheckEnd.notOffered("no QoS 1 (CONNACK)") }
        let message = RawPublish(
            topic: exchange.topic(topic), payload: Array(text.utf8), id: atLeastOnce ? packetID() : 0, retain: retain, expirySeconds: expiry)
        if retain { exchange.keeps(message.topic) }
        try send(RawCodec.publish(message), PacketText.of(message, exchange), kind: "PUBLISH")
        return message.id
    }

    /// Waits for the PUBACK of a message, or of any.
    func receipt(_ id: UInt16? = nil) throws {
        let packet = try take("PUBACK") { if case .puback(let other, _) = $0 { id == nil || other == id } else { false } }
        if case .puback(_, let reason) = packet, reason >= 0x80 { throw CheckEnd.refused("PUBACK for \(name)", reason) }
    }

    /// Publishes many with QoS 1, as many at once as the broker takes, and waits for all PUBACKs.
    /// - Parameter halfway: called when half of them are sent.
    func burst(_ messages: [(topic: String, text: String)], retain: Bool = false, halfway: () throws -> Void = {}) throws {
        let window = min(Int(answer.properties.receiveMaximum ?? .max), 200)
        var open = 0
        for (number, message) in messages.enumerated() {
            if number == messages.count / 2 { try halfway() }
            if open == window {
                try receipt()
                open -= 1
            }
            try put(message.topic, message.text, retain: retain)
            open += 1
        }
        for _ in 0..<open { try receipt() }
    }

    /// Has a writer say something on a topic to which this is subscribed, and returns the messages that came before it.
    func before(_ writer: Guest, on topic: String) throws -> [RawPublish] {
        let fence = exchange.fence()
        try writer.publish(topic, fence)
        return try messages(until: fence)
    }
}

extension Guest {
    /// Waits until the broker has answered all that was sent before.
    func ping() throws {
        try send(RawCodec.pingreq, "PINGREQ")
        try take("PINGRESP") { $0 == .pingresp }
    }
}
