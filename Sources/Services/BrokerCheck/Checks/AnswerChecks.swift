internal import RawMQTT

extension BrokerRule {
    /// The order of SUBACK and retained messages.
    static let answers = [
        BrokerRule(
            "suback-answers", ["P9"],
            "what is kept of a topic comes before the SUBACK of the client's next SUBSCRIBE: silence until then says that nothing is"
        ) { exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            let rounds = 20
            for round in 1...rounds {
                exchange.beginAnew()
                try writer.publish("a\(round)", "\(round)", retain: true)
                let own = try reader.ask([RawSubscription(exchange.topic("a\(round)"))])
                let other = try reader.ask([RawSubscription(exchange.topic("a\(round)/fence"))])
                let packets = try reader.collect("the second SUBACK") { if case .suback(other, _) = $0 { true } else { false } }
                for packet in packets { try reader.check(packet) }
                let came = packets.contains { if case .publish(let message) = $0 { message.text == "\(round)" } else { false } }
                try exchange.require(came, "the second SUBACK came before a\(round), which is kept")
                let isAnswered = packets.contains { if case .suback(own, _) = $0 { true } else { false } }
                try exchange.require(isAnswered, "the second SUBSCRIBE was answered before the first")
            }
            return "\(rounds) times: SUBSCRIBE a, SUBSCRIBE a/fence; then kept a before the SUBACK of a/fence"
        },
        BrokerRule("suback-first", ["P9"], "the SUBACK comes before what is kept for its subscription", isRequired: false) { exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try writer.publish("a", "1", retain: true)
            let id = try reader.ask([RawSubscription(exchange.topic("a"))])
            let packets = try reader.collect("kept a=1") { if case .publish = $0 { true } else { false } }
            let isFirst = packets.contains { if case .suback(id, _) = $0 { true } else { false } }
            try exchange.require(isFirst, "kept a=1 came before the SUBACK")
            return "SUBACK, then kept a=1"
        },
        BrokerRule("subscribe-many", ["P8"], "a SUBSCRIBE of several filters gets one SUBACK with an answer for each") { exchange in
            let reader = try exchange.guest("reader")
            let id = try reader.ask((1...20).map { RawSubscription(exchange.topic("a\($0)/#")) })
            guard case .suback(id, let reasons) = try reader.take("SUBACK", { if case .suback = $0 { true } else { false } }) else {
                throw CheckEnd.breaks("the SUBACK is for another SUBSCRIBE")
            }
            try reader.check(.suback(id, reasons: reasons))
            try exchange.require(reasons == Array(repeating: 1, count: 20), "20 filters with QoS 1 were answered by \(reasons)")
            return "20 filters, 20 times QoS 1 granted"
        },
    ]
}
