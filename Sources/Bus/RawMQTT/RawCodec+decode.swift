extension RawCodec {
    /// The first byte and the body of the packet in front; `nil` while it is not whole.
    public static func firstPacket(of bytes: ArraySlice<UInt8>) -> (head: UInt8, body: ArraySlice<UInt8>)? {
        var rest = bytes
        guard let head = rest.popFirst(), let length = rest.takeVariable(), rest.count >= Int(length) else { return nil }
        return (head, rest.prefix(Int(length)))
    }

    /// A packet from its first byte and its body; `nil` for one that a broker should not send.
    public static func decode(_ head: UInt8, _ body: ArraySlice<UInt8>) -> RawPacket? {
        var rest = body
        switch head & 0xF0 {
        case 0x20: return connack(&rest).map(RawPacket.connack)
        case 0x30: return publish(head, &rest).map(RawPacket.publish)
        // Without a reason it is success.
        case 0x40: return rest.takeWord().map { .puback($0, reason: rest.first ?? 0) }
        case 0x90:
            guard let id = rest.takeWord(), RawProperties(&rest) != nil else { return nil }
            return .suback(id, reasons: Array(rest))
        case 0xB0: return rest.takeWord().map(RawPacket.unsuback)
        case 0xD0: return .pingresp
        case 0xE0: return .disconnect(reason: body.first ?? 0)
        default: return nil
        }
    }

    private static func connack(_ rest: inout ArraySlice<UInt8>) -> RawAnswer? {
        guard let flags = rest.popFirst(), let reason = rest.popFirst() else { return nil }
        // A broker that does not speak MQTT 5 says so as it can: without properties.
        let properties = rest.isEmpty ? RawProperties() : RawProperties(&rest)
        return properties.map { RawAnswer(reason: reason, hasSession: flags & 1 == 1, properties: $0) }
    }

    private static func publish(_ head: UInt8, _ rest: inout ArraySlice<UInt8>) -> RawPublish? {
        guard let topic = rest.takeText() else { return nil }
        var message = RawPublish(topic: topic, payload: [], retain: head & 1 == 1)
        message.isRepeated = head & 0b1000 != 0
        if head & 0b110 != 0 {
            guard let id = rest.takeWord() else { return nil }
            message.id = id
        }
        guard let properties = RawProperties(&rest) else { return nil }
        message.expirySeconds = properties.expirySeconds
        message.subscriptions = properties.subscriptions
        message.payload = Array(rest)
        return message
    }
}
