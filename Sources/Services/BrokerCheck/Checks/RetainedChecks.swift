internal import RawMQTT

extension BrokerRule {
    /// The messages that the broker keeps, and those to whom it gives them.
    static let retained = [
        BrokerRule("retained-wildcards", ["P8", "P11"], "a new subscription to + or # gets all that is kept, marked as kept") { exchange in
            let writer = try exchange.guest("writer")
            for topic in ["a/1", "a/2", "b"] { try writer.publish(topic, topic, retain: true) }
            for (filter, topics) in [("a/+", ["a/1", "a/2"]), ("#", ["a/1", "a/2", "b"])] {
                let reader = try exchange.guest("reader \(filter == "#" ? 2 : 1)")
                try reader.subscribe(filter)
                var missing = Set(topics)
                while !missing.isEmpty {
                    let message = try reader.message("\(missing.sorted().joined(separator: ", ")) by \(filter)")
                    try exchange.require(message.retain, "\(exchange.name(of: message.topic)) came by \(filter) without RETAIN")
                    missing.remove(message.text)
                }
            }
            return "a/+ and # brought all that was kept, with RETAIN 1"
        },
        BrokerRule("retained-flag", ["P11"], "live messages come with RETAIN 0, kept ones with RETAIN 1") { exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try reader.subscribe("a")
            try writer.publish("a", "1", retain: true)
            try exchange.require(try !reader.message("live a=1").retain, "live, a=1 came with RETAIN 1")
            let late = try exchange.guest("late reader")
            try late.subscribe("a")
            try exchange.require(try late.message("kept a=1").retain, "kept, a=1 came with RETAIN 0")
            return "a=1: live with RETAIN 0, to a later reader with RETAIN 1"
        },
        BrokerRule("retained-deleted", ["P4", "P15"], "an empty message deletes what is kept, and is told live") { exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try writer.publish("a", "1", retain: true)
            try reader.subscribe("a")
            try exchange.require(try reader.message("kept a=1").text == "1", "something else than a=1 is kept")
            try writer.publish("a", "", retain: true)
            try exchange.require(try reader.message("the empty message").payload.isEmpty, "a=1 came again")
            let late = try exchange.guest("late reader")
            try late.subscribe("a")
            let before = try late.before(writer, on: "a")
            try exchange.require(before.isEmpty, "deleted, it still came: '\(before.first?.text ?? "")'")
            return "the reader saw the empty message, a later one nothing"
        },
        BrokerRule("retained-many", ["P8"], "a subscription gets all that is kept, however much: 5000 topics") { exchange in
            let count = 5000
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try writer.burst((0..<count).map { ("a/\($0)", "\($0)") }, retain: true)
            try reader.subscribe("a/#")
            var seen: Set<String> = []
            while seen.count < count { seen.insert(try reader.message("more than \(seen.count) of \(count) kept messages").topic) }
            return "all \(count) came"
        },
    ]
}
