internal import RawMQTT

extension BrokerRule {
    /// The things that the broker says of itself.
    static let signs = [
        BrokerRule(
            "drops-told", ["P8"], "the broker tells of itself on $SYS/broker, where Central hears of messages that it dropped", isRequired: false,
            isSlow: true
        ) { exchange in
            let topic = "$SYS/broker/uptime"
            let reader = try exchange.guest("reader")
            do {
                try reader.subscribe([RawSubscription(topic)])
                // mosquitto says what has changed every 10 s.
                return "\(topic): '\(try reader.message("message on \(topic)", within: .seconds(12)).text)'"
            } catch let end as CheckEnd {
                guard case .breaks = end else { throw end }
                throw CheckEnd.notOffered("nothing on \(topic) within 12 s")
            }
        }
    ]
}
