internal import RawMQTT

extension BrokerRule {
    /// Large messages.
    static let sizes = [
        BrokerRule("payload-16k", ["P4"], "a payload of 16 KiB, the protocol's largest, is taken, told and kept whole") { exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            let text = String(repeating: "0123456789abcdef", count: 1024)
            try reader.subscribe("a")
            try writer.publish("a", text, retain: true)
            try exchange.require(try reader.message("16 KiB").text == text, "live, it came as something else")
            let late = try exchange.guest("late reader")
            try late.subscribe("a")
            try exchange.require(try late.message("16 KiB, kept").text == text, "kept, it came as something else")
            return "16 384 bytes, live and kept"
        },
        BrokerRule("packet-limit-told", ["P4"], "a limit for packets is told in the CONNACK, so that nobody loses his connection: 256 KiB") {
            exchange in
            let (writer, reader) = (try exchange.guest("writer"), try exchange.guest("reader"))
            let bytes = 256 << 10
            if let limit = writer.answer.properties.maximumPacketSize, limit < bytes + 200 { return "the limit is told: \(limit) bytes" }
            try reader.subscribe("a")
            try writer.publish("a", String(repeating: "x", count: bytes))
            try exchange.require(try reader.message("256 KiB").payload.count == bytes, "it came with another length")
            return "256 KiB came whole" + (writer.answer.properties.maximumPacketSize.map { ", the limit is \($0) bytes" } ?? ", no limit is told")
        },
    ]
}
