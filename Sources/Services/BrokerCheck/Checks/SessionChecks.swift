internal import RawMQTT

extension BrokerRule {
    /// Connections that begin anew.
    static let sessions = [
        BrokerRule("clean-start", ["P8", "P9"], "with Clean Start nothing is left of the connection before: no subscription, nothing queued") {
            exchange in
            let writer = try exchange.guest("writer")
            let first = try exchange.guest("first") {
                $0.clientID = exchange.settings.clientID(of: "clean")
                $0.sessionExpirySeconds = 60
            }
            try first.subscribe("a")
            first.cut()
            try writer.publish("a", "queued")
            let second = try exchange.guest("second") { $0.clientID = exchange.settings.clientID(of: "clean") }
            try exchange.require(!second.answer.hasSession, "the CONNACK says that there is a session")
            try second.subscribe("b")
            try writer.publish("a", "not for it")
            try exchange.require(try second.before(writer, on: "b").isEmpty, "it got what was for the connection before")
            return "subscribed, broken off, connected anew: nothing of before"
        },
        BrokerRule("session-ends", ["P8"], "with Session Expiry 0 a session ends with its connection") { exchange in
            let first = try exchange.guest("first") { $0.clientID = exchange.settings.clientID(of: "short") }
            try first.subscribe("a")
            try first.disconnect()
            let second = try exchange.guest("second") {
                $0.clientID = exchange.settings.clientID(of: "short")
                $0.isCleanStart = false
            }
            try exchange.require(!second.answer.hasSession, "the session is still there")
            return "connected again without Clean Start: no session"
        },
    ]
}
