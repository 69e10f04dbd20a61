internal import RawMQTT

extension BrokerRule {
    /// The order of what is kept among what is live.
    static let retainedOrder = [
        BrokerRule(
            "retained-before-live", ["P6", "P7", "P11"], "what is kept of a topic comes before what is live of it, and nothing between is lost"
        ) {
            exchange in
            let writer = try exchange.guest("writer")
            var repeated = 0
            for round in 1...5 where try race(exchange, writer, "a\(round)") { repeated += 1 }
            let remark = repeated == 0 ? "" : "; \(repeated) times the kept one came live, too"
            return "5 readers that subscribed amid 100 publications: first the kept one, then each later one in order\(remark)"
        },
        BrokerRule(
            "fence-behind-retained", ["P8", "S7"],
            "what a client says to itself after its SUBACK comes behind all that is kept for it: 300 topics"
        ) { exchange in
            let count = 300
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try writer.burst((0..<count).map { ("a/\($0)", "\($0)") }, retain: true)
            try reader.subscribe("a/#", "fence")
            let kept = try reader.before(reader, on: "fence").filter(\.retain)
            try exchange.require(kept.count == count, "the fence came back behind \(kept.count) of \(count) kept messages")
            return "SUBACK, \(count) kept messages, then the fence"
        },
        BrokerRule("fence-behind-queue", ["S7"], "what a client says to itself comes behind all that was queued for it before: 300 messages") {
            exchange in
            let count = 300
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try reader.subscribe("a/#", "fence")
            try writer.burst((0..<count).map { ("a/\($0)", "\($0)") })
            let queued = try reader.before(reader, on: "fence")
            try exchange.require(
                queued.count == count, "the fence came back behind \(queued.count) of \(count) messages that were acknowledged before")
            return "\(count) messages of another client, then the fence"
        },
    ]

    /// A reader that subscribes while a topic is being published to. Returns true when the kept message came live as well.
    private static func race(_ exchange: Exchange, _ writer: Guest, _ topic: String) throws -> Bool {
        exchange.beginAnew()
        let reader = try exchange.guest("reader of \(topic)")
        try writer.publish(topic, "0", retain: true)
        try writer.burst((1...100).map { (topic, "\($0)") }, retain: true) {
            _ = try reader.ask([RawSubscription(exchange.topic(topic))])
        }
        let packets = try reader.collect("\(topic)=100") { if case .publish(let message) = $0 { message.text == "100" } else { false } }
        var kept: Int?
        var last: Int?
        for case .publish(let message) in packets {
            let number = Int(message.text) ?? -1
            try exchange.require(
                message.retain == (last == nil), "\(topic)=\(number) came \(message.retain ? "as kept, after" : "live, before") others")
            // The same message once more is no harm (P7).
            let isNext = last.map { number == $0 + 1 || (number == $0 && number == kept) } ?? true
            try exchange.require(isNext, "\(topic)=\(number) came after \(topic)=\(last ?? 0)")
            kept = last == nil ? number : number == last ? kept : nil
            last = number
        }
        return packets.count { if case .publish = $0 { true } else { false } } > 101 - (first(packets) ?? 0)
    }

    private static func first(_ packets: [RawPacket]) -> Int? {
        for case .publish(let message) in packets { return Int(message.text) }
        return nil
    }
}
