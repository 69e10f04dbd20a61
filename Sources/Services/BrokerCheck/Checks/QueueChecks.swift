internal import RawMQTT

extension BrokerRule {
    /// Readers that are slow.
    static let queues = [
        BrokerRule(
            "qos1-kept", ["P8", "S6"], "what is acknowledged to its writer reaches a reader that is slow: 2000 messages, with a window of 20"
        ) { exchange in
            let count = 2000
            let writer = try exchange.guest("writer")
            let reader = try exchange.guest("reader") { $0.receiveMaximum = 20 }
            try reader.subscribe("a")
            reader.acknowledges = false
            try writer.burst((1...count).map { ("a", "\($0)") })
            reader.acknowledges = true
            var last = 0
            while last < count {
                let message = try reader.message("message \(last + 1) of \(count), all of which were acknowledged to their writer")
                try reader.acknowledge()
                try exchange.require(message.text == "\(last + 1)", "after \(last) of \(count) acknowledged messages came number \(message.text)")
                last += 1
            }
            return "\(count) acknowledged while nobody read, \(count) came, in order"
        },
        BrokerRule("receive-maximum", [], "no more messages are under way to a client than its Receive Maximum", isRequired: false) { exchange in
            let writer = try exchange.guest("writer")
            let reader = try exchange.guest("reader") { $0.receiveMaximum = 20 }
            try reader.subscribe("a")
            reader.acknowledges = false
            try writer.burst((1...100).map { ("a", "\($0)") })
            // All that was sent before comes before the answer to a ping.
            try reader.ping()
            try exchange.require(reader.owed.count <= 20, "\(reader.owed.count) were under way, of 20 that may be")
            let first = reader.owed.count
            try reader.acknowledge(1)
            try reader.ping()
            try exchange.require(reader.owed.count <= 20, "\(reader.owed.count) were under way, of 20 that may be, after the first PUBACK")
            reader.acknowledges = true
            return "\(first) under way, \(reader.owed.count) after a PUBACK"
        },
    ]
}
