/// What the raw client reads, MQTT 5.
enum RawPacket: Equatable {
    case connack(reason: UInt8)
    case publish(RawPublish)
    case puback(UInt16)
    case suback(UInt16)
    case unsuback(UInt16)
    case pingresp
    case disconnect(reason: UInt8)
}

/// A PUBLISH, or a will; with the few properties that the tests need.
struct RawPublish: Equatable {
    var topic: String
    var payload: [UInt8]
    /// 0 for QoS 0.
    var id: UInt16 = 0
    var retain = false
    var expirySeconds: UInt32?
}

/// The bytes of MQTT 5 packets, for tests only.
enum RawCodec {
    static func connect(_ client: String, will: RawPublish?, willAtLeastOnce: Bool, keepAlive: UInt16, receiveMaximum: UInt16?) -> [UInt8] {
        var flags: UInt8 = 0b10
        if let will { flags |= 0b100 | (willAtLeastOnce ? 0b1000 : 0) | (will.retain ? 0b10_0000 : 0) }
        var body = string("MQTT") + [5, flags] + word(keepAlive)
        // Session Expiry 0, spelled out.
        let properties = [17, 0, 0, 0, 0] + (receiveMaximum.map { [33] + word($0) } ?? [])
        body += [UInt8(properties.count)] + properties + string(client)
        if let will { body += expiry(will) + string(will.topic) + word(UInt16(will.payload.count)) + will.payload }
        return packet(0x10, body)
    }

    static func publish(_ message: RawPublish) -> [UInt8] {
        let head: UInt8 = 0x30 | (message.id > 0 ? 0b10 : 0) | (message.retain ? 1 : 0)
        return packet(head, string(message.topic) + (message.id > 0 ? word(message.id) : []) + expiry(message) + message.payload)
    }

    static func puback(_ id: UInt16) -> [UInt8] { packet(0x40, word(id)) }

    static func subscribe(_ id: UInt16, _ filters: [(String, atLeastOnce: Bool)]) -> [UInt8] {
        packet(0x82, word(id) + [0] + filters.flatMap { string($0.0) + [$0.atLeastOnce ? 1 : 0] })
    }

    static func unsubscribe(_ id: UInt16, _ filters: [String]) -> [UInt8] { packet(0xA2, word(id) + [0] + filters.flatMap(string)) }

    static let pingreq: [UInt8] = [0xC0, 0]
    static let disconnect: [UInt8] = [0xE0, 0]

    private static func packet(_ head: UInt8, _ body: [UInt8]) -> [UInt8] {
        var bytes = [head]
        var length = body.count
        repeat {
            bytes.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
            length >>= 7
        } while length > 0
        return bytes + body
    }

    private static func expiry(_ message: RawPublish) -> [UInt8] {
        guard let seconds = message.expirySeconds else { return [0] }
        return [5, 2] + word(UInt16(seconds >> 16)) + word(UInt16(truncatingIfNeeded: seconds))
    }

    private static func word(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
    private static func string(_ text: String) -> [UInt8] { word(UInt16(text.utf8.count)) + Array(text.utf8) }

    /// A packet from its first byte and its body; `nil` for what a broker should not send.
    static func decode(_ head: UInt8, _ body: ArraySlice<UInt8>) -> RawPacket? {
        var rest = body
        switch head & 0xF0 {
        case 0x20: return body.count >= 2 ? .connack(reason: body[body.startIndex + 1]) : nil
        case 0x30: return publish(head, &rest).map(RawPacket.publish)
        case 0x40: return number(&rest).map(RawPacket.puback)
        case 0x90: return number(&rest).map(RawPacket.suback)
        case 0xB0: return number(&rest).map(RawPacket.unsuback)
        case 0xD0: return .pingresp
        case 0xE0: return .disconnect(reason: body.first ?? 0)
        default: return nil
        }
    }

    private static func publish(_ head: UInt8, _ rest: inout ArraySlice<UInt8>) -> RawPublish? {
        // DUP is never set: nothing is sent again, sessions end with their connection.
        guard head & 0b1100 == 0, let length = number(&rest), rest.count >= Int(length) else { return nil }
        var message = RawPublish(topic: String(decoding: rest.prefix(Int(length)), as: UTF8.self), payload: [], retain: head & 1 == 1)
        rest = rest.dropFirst(Int(length))
        if head & 0b110 != 0 {
            guard let id = number(&rest) else { return nil }
            message.id = id
        }
        // The only property that we send is the expiry, so that the length is one byte.
        guard let properties = rest.popFirst(), rest.count >= Int(properties) else { return nil }
        if properties == 5, rest.first == 2 { message.expirySeconds = rest.dropFirst().prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }
        message.payload = Array(rest.dropFirst(Int(properties)))
        return message
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> UInt16? {
        guard let high = rest.popFirst(), let low = rest.popFirst() else { return nil }
        return UInt16(high) << 8 | UInt16(low)
    }
}
