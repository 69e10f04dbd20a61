/// The bytes of MQTT 5 packets, one by one, for whoever holds a broker against what it should do: also such as libmosquitto would not send.
public enum RawCodec {
    public static func connect(_ connect: RawConnect) -> [UInt8] {
        var flags: UInt8 = connect.isCleanStart ? 0b10 : 0
        if let will = connect.will { flags |= 0b100 | (connect.isWillAtLeastOnce ? 0b1000 : 0) | (will.retain ? 0b10_0000 : 0) }
        flags |= (connect.user == nil ? 0 : 0x80) | (connect.password == nil ? 0 : 0x40)
        var body = string("MQTT") + [5, flags] + word(connect.keepAlive)
        // Session Expiry is spelled out, also 0.
        var properties: [UInt8] = [17] + long(connect.sessionExpirySeconds)
        if let maximum = connect.receiveMaximum { properties += [33] + word(maximum) }
        body += variable(properties.count) + properties + string(connect.clientID)
        if let will = connect.will { body += expiry(will) + string(will.topic) + word(UInt16(will.payload.count)) + will.payload }
        return packet(0x10, body + (connect.user.map(string) ?? []) + (connect.password.map(string) ?? []))
    }

    public static func publish(_ message: RawPublish) -> [UInt8] {
        let head: UInt8 = 0x30 | (message.isRepeated ? 0b1000 : 0) | (message.id > 0 ? 0b10 : 0) | (message.retain ? 1 : 0)
        return packet(head, string(message.topic) + (message.id > 0 ? word(message.id) : []) + expiry(message) + message.payload)
    }

    public static func puback(_ id: UInt16) -> [UInt8] { packet(0x40, word(id)) }

    /// - Parameter identifier: of the subscriptions, up to 127.
    public static func subscribe(_ id: UInt16, _ subscriptions: [RawSubscription], identifier: UInt8? = nil) -> [UInt8] {
        packet(0x82, word(id) + (identifier.map { [2, 0x0B, $0] } ?? [0]) + subscriptions.flatMap { string($0.filter) + [$0.options] })
    }

    public static func suback(_ id: UInt16, reasons: [UInt8]) -> [UInt8] { packet(0x90, word(id) + [0] + reasons) }

    public static func unsubscribe(_ id: UInt16, _ filters: [String]) -> [UInt8] { packet(0xA2, word(id) + [0] + filters.flatMap(string)) }

    public static let pingreq: [UInt8] = [0xC0, 0]
    public static let disconnect: [UInt8] = [0xE0, 0]

    /// A DISCONNECT with a reason: 4 asks for the will.
    public static func disconnect(reason: UInt8) -> [UInt8] { packet(0xE0, [reason]) }

    public static func packet(_ head: UInt8, _ body: [UInt8]) -> [UInt8] { [head] + variable(body.count) + body }

    private static func variable(_ number: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = number
        repeat {
            bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }

    private static func expiry(_ message: RawPublish) -> [UInt8] {
        var properties: [UInt8] = message.expirySeconds.map { [2] + long($0) } ?? []
        for number in message.subscriptions { properties += [0x0B] + variable(Int(number)) }
        return variable(properties.count) + properties
    }

    private static func word(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
    private static func long(_ number: UInt32) -> [UInt8] { word(UInt16(number >> 16)) + word(UInt16(truncatingIfNeeded: number)) }
    private static func string(_ text: String) -> [UInt8] { word(UInt16(text.utf8.count)) + Array(text.utf8) }
}
