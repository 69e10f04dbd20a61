internal import EventLoop
internal import RawMQTT

extension BrokerRule {
    /// The keepalive that clients have by default (P8), in seconds.
    private static let keepAlive: UInt16 = 5

    /// The clients that say nothing any more.
    static let silence = [
        BrokerRule(
            "will-at-silence", ["F9", "P8"],
            "a client that is silent for longer than its keepalive, 5 s, leaves its will: 14 s after its last word at most",
            isSlow: true
        ) { exchange in
            let reader = try willReader(exchange)
            let began = EventLoop.now()
            let writer = try exchange.guest("silent") {
                $0.setWill(exchange, "dead")
                $0.keepAlive = keepAlive
            }
            let other = writer.answer.properties.serverKeepAlive.map { "; the broker asks for a keepalive of \($0) s" } ?? ""
            // F9's time, and half a second for this machine's.
            let limit = Duration.milliseconds(Int(keepAlive) * 1500 + 6500)
            let will = try reader.message("will\(other)", within: limit + .milliseconds(500))
            let time = EventLoop.now() - began
            try exchange.require(will.text == "dead", "something else came")
            try exchange.require(time >= .seconds(Int(keepAlive)), "given up after \(milliseconds(time)), before the keepalive was over\(other)")
            return "silent, with a keepalive of \(keepAlive) s: the will after \(milliseconds(time))\(other)"
        }
    ]
}
