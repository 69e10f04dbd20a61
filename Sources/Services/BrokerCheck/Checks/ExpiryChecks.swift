internal import RawMQTT

extension BrokerRule {
    /// Messages that expire: START after 2 s, other commands after 10 s.
    static let expiries = [
        BrokerRule("expiry-in-queue", ["P12"], "a message that waits for its reader for longer than its expiry never comes", isSlow: true) {
            exchange in
            let came = try expire(exchange, window: 3)
            try exchange.require(came == ["STATE"], "with an expiry of 2 s, after 4 s, came \(came)")
            return "with an expiry of 2 s it did not come after 4 s; what was behind it did"
        },
        BrokerRule(
            "expiry-keeps-order", [], "what waits behind a message that expires comes in its order, also with a window of one", isRequired: false,
            isSlow: true
        ) { exchange in
            let came = try expire(exchange, window: 1)
            try exchange.require(came == ["STATE"], "before what was said after 4 s came \(came), of what had waited")
            return "what was behind it came before what was said later"
        },
        BrokerRule("expiry-told", ["P12"], "a message that waited says how long it still lives", isRequired: false, isSlow: true) { exchange in
            let (writer, reader) = try queue(exchange, window: 1)
            try writer.publish("a", "COMMAND", expiry: 100)
            try exchange.pass(.seconds(3))
            reader.acknowledges = true
            try reader.acknowledge()
            guard let left = try reader.message("the message").expirySeconds else { throw CheckEnd.breaks("it came after 3 s without an expiry") }
            try exchange.require((90...98).contains(left), "it came after 3 s with an expiry of \(left) s, of 100 s")
            return "of 100 s it had \(left) s after 3 s"
        },
        BrokerRule("expiry-of-retained", [], "what is kept expires, too", isRequired: false, isSlow: true) { exchange in
            let (writer, late) = (try exchange.guest("writer"), try exchange.guest("late reader"))
            try writer.publish("a", "kept", retain: true, expiry: 1)
            try exchange.pass(.seconds(4))
            try late.subscribe("a")
            try exchange.require(try late.before(writer, on: "a").isEmpty, "with an expiry of 1 s it is kept after 4 s")
            return "with an expiry of 1 s it is not kept after 4 s"
        },
    ]

    /// A message expires in the queue, with another behind it. Returns what came of these before what was said later.
    private static func expire(_ exchange: Exchange, window: UInt16) throws -> [String] {
        let (writer, reader) = try queue(exchange, window: window)
        try writer.publish("a", "START", expiry: 2)
        try writer.publish("a", "STATE")
        try exchange.pass(.seconds(4))
        reader.acknowledges = true
        try reader.acknowledge()
        return try reader.before(writer, on: "a").map(\.text).filter { Int($0) == nil }
    }

    /// A reader whose window is full of numbers: what comes next must wait.
    private static func queue(_ exchange: Exchange, window: UInt16) throws -> (writer: Guest, reader: Guest) {
        let writer = try exchange.guest("writer")
        let reader = try exchange.guest("reader") { $0.receiveMaximum = window }
        try reader.subscribe("a")
        reader.acknowledges = false
        for number in 1...window { try writer.publish("a", "\(number)") }
        // The others may wait, too.
        _ = try reader.message("message 1")
        return (writer, reader)
    }
}
