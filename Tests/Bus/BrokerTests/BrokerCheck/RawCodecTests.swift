import RawMQTT
import Testing

@Suite("Raw packets") struct RawCodecTests {
    @Test("a packet is taken when it is whole, and not before") func whole() {
        let bytes = RawCodec.publish(RawPublish(topic: "a/b", payload: Array(repeating: 7, count: 300), id: 9, retain: true, expirySeconds: 70_000))
        for count in 0..<bytes.count { #expect(RawCodec.firstPacket(of: bytes[..<count]) == nil) }
        let packet = RawCodec.firstPacket(of: bytes + [0xD0]).map { RawCodec.decode($0.head, $0.body) }
        guard case .publish(let message) = packet else {
            Issue.record("\(String(describing: packet))")
            return
        }
        #expect(message.topic == "a/b" && message.payload.count == 300 && message.id == 9 && message.retain && message.expirySeconds == 70_000)
    }

    @Test("what a broker offers stands in its CONNACK") func offer() {
        let properties: [UInt8] = [0x21, 0, 20, 0x24, 1, 0x25, 0, 0x27, 0, 1, 0, 0, 0x13, 0, 9, 0x1F, 0, 2, 0x6E, 0x6F, 0x26, 0, 1, 0x61, 0, 1, 0x62]
        guard case .connack(let answer) = RawCodec.decode(0x20, ([1, 0, UInt8(properties.count)] + properties)[...]) else {
            Issue.record("no CONNACK")
            return
        }
        #expect(answer.hasSession && answer.reason == 0 && answer.properties.receiveMaximum == 20 && answer.properties.maximumQoS == 1)
        #expect(answer.properties.retainAvailable == false && answer.properties.maximumPacketSize == 65_536)
        #expect(answer.properties.serverKeepAlive == 9 && answer.properties.reasonText == "no" && answer.properties.wildcardsAvailable == nil)
        // Of version 3.1.1, which has no properties.
        #expect(RawCodec.decode(0x20, [0, 1]) == .connack(RawAnswer(reason: 1)))
    }

    @Test(
        "what breaks the standard is no packet, and no trap",
        arguments: [
            (0x20, [0]), (0x20, [0, 0, 2, 0x21]), (0x20, [0, 0, 1, 0x77]), (0x30, [0, 9, 0x61]), (0x32, [0, 1, 0x61, 0]), (0x90, [0]), (0x10, []),
        ] as [(UInt8, [UInt8])]) func broken(_ head: UInt8, _ body: [UInt8])
    {
        #expect(RawCodec.decode(head, body[...]) == nil)
    }

    @Test("whatever bytes come, reading them ends") func noise() {
        for seed in 0..<2000 {
            var random = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
            let body = (0..<seed % 40).map { _ in
                random = random &* 6_364_136_223_846_793_005 &+ 1
                return UInt8(truncatingIfNeeded: random >> 56)
            }
            for head in UInt8(0)...15 { _ = RawCodec.decode(head << 4 | 2, body[...]) }
        }
    }
}
