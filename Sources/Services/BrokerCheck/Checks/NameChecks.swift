internal import MQTT
internal import RawMQTT

extension BrokerRule {
    /// Client ids, and whom they belong to.
    static let names = [
        BrokerRule("client-ids", ["P2"], "client ids with colons, of up to 80 bytes, are taken") { exchange in
            let id = exchange.settings.clientID(of: "madrid:engine:" + String(repeating: "A", count: 36))
            try exchange.guest("long") { $0.clientID = id.utf8.count < 80 ? id + String(repeating: "x", count: 80 - id.utf8.count) : id }.ping()
            return "'\(id.prefix(24))…' was taken"
        },
        BrokerRule(
            "client-ids-bound", ["P3"], "where names are asked for, a client id belongs to its name: no other throws it out", isRequired: false
        ) { exchange in
            guard exchange.settings.address.credentials != nil else {
                throw CheckEnd.notOffered("no name was given (--credentials): anybody can come under any client id")
            }
            let id = exchange.settings.clientID(of: "bound")
            let owner = try exchange.guest("owner") { $0.clientID = id }
            try refuse(exchange, owner, "nobody") {
                $0.clientID = id
                $0.user = nil
                $0.password = nil
            }
            guard let other = exchange.settings.other else {
                throw CheckEnd.notTried("who gives no name can't throw the owner out; for other names, give one: --other-credentials")
            }
            try refuse(exchange, owner, "other") {
                $0.clientID = id
                $0.user = other.user
                $0.password = other.password
            }
            return "neither nobody nor another name throws the owner out"
        },
        BrokerRule("refusal-told", ["P8"], "a message that the broker does not take is refused in its PUBACK", isRequired: false) { exchange in
            let writer = try exchange.guest("writer")
            let id = writer.packetID()
            // Of the broker alone.
            let message = RawPublish(topic: "$SYS/\(exchange.folder)", payload: Array("1".utf8), id: id)
            try writer.send(RawCodec.publish(message), "PUBLISH \(message.topic) QoS 1")
            let packet = try writer.take("PUBACK") { if case .puback(id, _) = $0 { true } else { false } }
            guard case .puback(_, let reason) = packet, reason >= 0x80 else { throw CheckEnd.notOffered("a message to $SYS was taken") }
            return "a message to $SYS: PUBACK \(ReasonCode.text(reason))"
        },
    ]

    /// Somebody else comes under the owner's client id: he may be let in beside him, but not in his place.
    private static func refuse(_ exchange: Exchange, _ owner: Guest, _ name: String, _ adjust: (inout RawConnect) -> Void) throws {
        do { _ = try exchange.connect(name, adjust) } catch let end as CheckEnd {
            // To hang up is to refuse, too.
            guard case .breaks = end else { throw end }
        }
        do { try owner.ping() } catch is CheckEnd { throw CheckEnd.breaks("\(name) threw the owner out, under the owner's client id") }
    }
}
