internal import RawMQTT

/// Packets in words.
enum PacketText {
    static func of(_ message: RawPublish, _ exchange: Exchange) -> String {
        let text = message.payload.count > 40 ? "\(message.payload.count) bytes" : "'\(message.text)'"
        return "PUBLISH \(exchange.name(of: message.topic)) \(text) QoS \(message.id > 0 ? 1 : 0)\(message.retain ? " retained" : "")"
            + (message.expirySeconds.map { " expires in \($0) s" } ?? "") + (message.isRepeated ? " again" : "")
            + (message.subscriptions.isEmpty ? "" : " by subscription \(message.subscriptions.map { "\($0)" }.joined(separator: ", "))")
    }

    /// The kind of a packet, and its words; the end of a connection is one, too.
    static func of(_ packet: RawPacket?, _ exchange: Exchange) -> (kind: String, words: String) {
        switch packet {
        case .connack(let answer):
            ("CONNACK", "CONNACK" + (answer.reason == 0 ? "" : " \(ReasonCode.text(answer.reason))") + (answer.hasSession ? ", session present" : ""))
        case .publish(let message): ("PUBLISH", of(message, exchange))
        case .puback(_, let reason): ("PUBACK", "PUBACK" + (reason == 0 ? "" : " \(ReasonCode.text(reason))"))
        case .suback(_, let reasons):
            ("SUBACK", "SUBACK" + (reasons.first { $0 >= 0x80 }.map { " \(ReasonCode.text($0))" } ?? ""))
        case .unsuback: ("UNSUBACK", "UNSUBACK")
        case .pingresp: ("PINGRESP", "PINGRESP")
        case .disconnect(let reason): ("DISCONNECT", "DISCONNECT \(ReasonCode.text(reason))")
        case nil: ("end", "closed")
        }
    }
}
