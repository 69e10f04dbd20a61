internal import RawMQTT

extension BrokerRule {
    /// The options of subscriptions.
    static let subscriptions = [
        BrokerRule("no-local", ["P9"], "with No Local a client's own messages do not come back, and others' do") { exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try reader.subscribe([RawSubscription(exchange.topic("a"), noLocal: true)])
            try reader.publish("a", "own")
            let before = try reader.before(writer, on: "a")
            try exchange.require(before.isEmpty, "its own message came back")
            return "its own a did not come back, the writer's did"
        },
        BrokerRule("retain-handling-2", ["P9"], "with Retain Handling 2 what is kept does not come, and what is live does") { exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try writer.publish("a", "kept", retain: true)
            try reader.subscribe([RawSubscription(exchange.topic("a"), retainHandling: 2)])
            try exchange.require(try reader.before(writer, on: "a").isEmpty, "what is kept came")
            return "kept a did not come, live a did"
        },
        BrokerRule("subscribed-again", ["P9", "P11"], "a subscription that is made again brings what is kept again") { exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try writer.publish("a", "kept", retain: true)
            for round in 1...2 {
                try reader.subscribe("a")
                try exchange.require(try reader.message("kept a, time \(round)").retain, "kept a came with RETAIN 0")
            }
            return "kept a came twice"
        },
        BrokerRule("retain-handling-1", [], "with Retain Handling 1 what is kept comes once", isRequired: false) { exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try writer.publish("a", "kept", retain: true)
            for count in [1, 0] {
                try reader.subscribe([RawSubscription(exchange.topic("a"), retainHandling: 1)])
                let before = try reader.before(writer, on: "a")
                try exchange.require(
                    before.count == count, "subscribed \(count == 1 ? "for the first time" : "again"), it got \(before.count) messages")
            }
            return "kept a came at the first subscription, and not at the second"
        },
        BrokerRule("retain-as-published", [], "with Retain As Published 1 live messages keep their flag (top, tail)", isRequired: false) { exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try reader.subscribe([RawSubscription(exchange.topic("a"), retainAsPublished: true)])
            for isKept in [true, false] {
                try writer.publish("a", "1", retain: isKept)
                try exchange.require(try reader.message("live a").retain == isKept, "published with RETAIN \(isKept ? 1 : 0), it came with the other")
            }
            return "live, with RETAIN 1 and 0 as published"
        },
        BrokerRule(
            "subscription-identifiers", [], "messages say by which subscription they came, and a new one takes the place of the old (top, tail)",
            isRequired: false
        ) { exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            try writer.publish("a", "kept", retain: true)
            try reader.subscribe("a", identifier: 1)
            try exchange.require(try reader.message("kept a").subscriptions == [1], "kept a came without the identifier 1")
            try reader.subscribe([RawSubscription(exchange.topic("a"), retainHandling: 2)], identifier: 2)
            try writer.publish("a", "live")
            let live = try reader.message("live a")
            try exchange.require(
                live.text == "live" && live.subscriptions == [2], "subscribed again with 2, it got '\(live.text)' by \(live.subscriptions)")
            return "kept a by 1; subscribed again, live a by 2"
        },
    ]
}
