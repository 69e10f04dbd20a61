internal import EventLoop
internal import RawMQTT

extension BrokerRule {
    /// Last wills, but for those of who is thrown out.
    static let wills = [
        BrokerRule("will-at-cut", ["P8", "F1"], "a connection that breaks brings its will, live and kept, at once") { exchange in
            let reader = try willReader(exchange)
            let writer = try exchange.guest("dying") { $0.setWill(exchange, "dead") }
            let began = EventLoop.now()
            writer.cut()
            let will = try reader.message("will")
            let time = EventLoop.now() - began
            try exchange.require(will.text == "dead" && !will.retain && will.id > 0, "its will came as something else")
            let late = try exchange.guest("late reader")
            try late.subscribe("will")
            try exchange.require(try late.message("the kept will").retain, "its will is not kept")
            try exchange.require(time < .seconds(2), "its will came after \(milliseconds(time))")
            return "the will came after \(milliseconds(time)), and is kept"
        },
        BrokerRule("no-will-at-disconnect", ["P10"], "a client that says DISCONNECT has no will any more") { exchange in
            let (reader, writer) = (try willReader(exchange), try exchange.guest("writer"))
            try exchange.guest("leaving") { $0.setWill(exchange, "dead") }.disconnect()
            try exchange.require(try reader.before(writer, on: "will").isEmpty, "the will came all the same")
            return "DISCONNECT, and no will"
        },
        BrokerRule("will-at-disconnect-04", [], "DISCONNECT with reason 0x04 brings the will", isRequired: false) { exchange in
            let reader = try willReader(exchange)
            try exchange.guest("leaving") { $0.setWill(exchange, "dead") }.disconnect(reason: 4)
            try exchange.require(try reader.message("will").text == "dead", "something else came")
            return "DISCONNECT 0x04, then the will"
        },
        BrokerRule("will-at-kick", ["F1", "P8"], "a client that the broker throws out, here for a malformed packet, leaves its will") { exchange in
            let reader = try willReader(exchange)
            let writer = try exchange.guest("offender") { $0.setWill(exchange, "dead") }
            try writer.send(RawCodec.packet(0x36, [0, 1, 0x61, 0, 1, 0]), "PUBLISH with QoS 3")
            let reason = try writer.closing("end of the connection after a malformed packet")
            try exchange.require(try reader.message("will").text == "dead", "something else came")
            return "thrown out\(reason.map { " with \(ReasonCode.text($0))" } ?? ""), then the will"
        },
    ]

    static func willReader(_ exchange: Exchange) throws -> Guest {
        let reader = try exchange.guest("reader")
        try reader.subscribe("will")
        return reader
    }

    static func milliseconds(_ time: Duration) -> String { "\(time.wholeNanoseconds / 1_000_000) ms" }
}

extension RawConnect {
    /// Gives it a will as a party of the network has one: QoS 1, kept.
    mutating func setWill(_ exchange: Exchange, _ text: String) {
        will = RawPublish(topic: exchange.topic("will"), payload: Array(text.utf8), retain: true)
        isWillAtLeastOnce = true
    }
}
