internal import RawMQTT

extension BrokerRule {
    /// The order of what one client says.
    static let orders = [
        BrokerRule("order-qos1", ["P7"], "what one client says on a topic with QoS 1 comes in its order, each once: 500 messages") { exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try reader.subscribe("a")
            try writer.burst((1...500).map { ("a", "\($0)") })
            try expectOrder(exchange, try reader.messages(through: "500"), 500)
            return "500 of 500, in order"
        },
        BrokerRule("order-qos0", ["P7"], "what one client says on a topic with QoS 0 comes in its order, to a reader that keeps up: 200 messages") {
            exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try reader.subscribe("a", atLeastOnce: false)
            for number in 1...200 { try writer.put("a", "\(number)", atLeastOnce: false) }
            let fence = try reader.before(writer, on: "a")
            try expectOrder(exchange, fence, 200)
            return "200 of 200, in order"
        },
        BrokerRule(
            "order-topics", ["P6", "P8"], "what one client says on several topics comes in its order (`info` before `state`)", isRequired: false
        ) {
            exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try reader.subscribe("+")
            try writer.burst((1...200).map { ($0 % 2 == 1 ? "info" : "state", "\($0)") })
            try expectOrder(exchange, try reader.messages(through: "200"), 200)
            return "200 on two topics in turn, in order"
        },
        BrokerRule("order-mixed", ["P7"], "what one client says with QoS 0 and 1 in turn comes in its order", isRequired: false) { exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try reader.subscribe("a")
            for number in 1...100 { try writer.publish("a", "\(number)", atLeastOnce: number % 2 == 1) }
            try expectOrder(exchange, try reader.before(writer, on: "a"), 100)
            return "100 in turn, in order"
        },
    ]

    /// The numbers from 1 to the last, each once.
    static func expectOrder(_ exchange: Exchange, _ messages: [RawPublish], _ count: Int) throws {
        for (index, message) in messages.enumerated() where message.text != "\(index + 1)" {
            throw CheckEnd.breaks("at place \(index + 1) came '\(message.text)'")
        }
        try exchange.require(messages.count == count, "\(messages.count) of \(count) came")
    }
}
