internal import RawMQTT

extension BrokerRule {
    /// Two connections under one client id.
    static let takeovers = [
        BrokerRule("one-client-per-id", ["P9"], "who comes under a client id throws out who is there under it") { exchange in
            let first = try exchange.guest("first") { $0.clientID = exchange.settings.clientID(of: "\(exchange.rule)-same") }
            let second = try exchange.guest("second") { $0.clientID = exchange.settings.clientID(of: "\(exchange.rule)-same") }
            let reason = try first.closing("end of the first connection")
            try second.publish("a", "1")
            return "the first was closed \(reason.map { "with \(ReasonCode.text($0))" } ?? "without a word"), the second can publish"
        },
        BrokerRule("will-at-takeover", ["P9", "P6"], "who is thrown out by another of its client id leaves its will", isRequired: false) { exchange in
            let reader = try willReader(exchange)
            let second = try takeOver(exchange)
            _ = try reader.take("will of the first") { if case .publish(let message) = $0 { message.text == "dead of 1" } else { false } }
            try second.disconnect()
            return "thrown out, the first left its will"
        },
        BrokerRule(
            "will-before-next", ["P6", "P9"],
            "the will of who is thrown out never comes after the word of who follows, whose word is what is kept; else that one says it again",
            isRequired: false
        ) { exchange in
            let (reader, writer) = (try willReader(exchange), try exchange.guest("writer"))
            for _ in 1...5 {
                exchange.beginAnew()
                let second = try takeOver(exchange)
                _ = try reader.messages(through: "alive 2")
                try second.disconnect()
                let after = try reader.before(writer, on: "will").map(\.text)
                try exchange.require(after.isEmpty, "behind the next one's word came \(after)")
            }
            let late = try exchange.guest("late reader")
            try late.subscribe("will")
            let kept = try late.message("what is kept").text
            try exchange.require(kept == "alive 2", "'\(kept)' is kept, and not the next one's word")
            return "5 times: whatever of the will came, came first; the next one's word is kept"
        },
    ]

    /// One client throws out another; each says that it is alive. Returns the second.
    private static func takeOver(_ exchange: Exchange) throws -> Guest {
        func come(_ number: Int) throws -> Guest {
            let guest = try exchange.guest("number \(number)") {
                $0.clientID = exchange.settings.clientID(of: "\(exchange.rule)-same")
                $0.setWill(exchange, "dead of \(number)")
            }
            try guest.publish("will", "alive \(number)", retain: true)
            return guest
        }
        _ = try come(1)
        return try come(2)
    }
}
