internal import EventLoop
internal import MQTT
internal import RawMQTT

/// The end of what a run left with the broker.
enum Tidying {
    /// Deletes retained messages, and waits until the broker has taken that.
    static func delete(_ topics: Set<String>, _ settings: CheckSettings) throws {
        let (client, answer) = try connect(settings)
        let window = min(Int(answer.properties.receiveMaximum ?? .max), 200)
        var open = 0
        for (number, topic) in topics.sorted().enumerated() {
            if open == window {
                try receipt(client)
                open -= 1
            }
            try client.send(RawCodec.publish(RawPublish(topic: topic, payload: [], id: UInt16(number % 65_535 + 1), retain: true)))
            open += 1
        }
        for _ in 0..<open { try receipt(client) }
        try client.send(RawCodec.disconnect)
    }

    /// The topics below the prefix on which the broker keeps something.
    static func leftovers(_ settings: CheckSettings) throws -> Set<String> {
        let (client, _) = try connect(settings)
        try client.send(RawCodec.subscribe(1, [RawSubscription(settings.prefix + "/#")]))
        var found: Set<String> = []
        // The word on a topic of its own comes behind what is kept, with all brokers that were seen; what comes later is not missed for long: 200 ms.
        try client.send(RawCodec.publish(RawPublish(topic: settings.prefix + "/end", payload: [1])))
        var deadline = EventLoop.now() + settings.patience
        while let packet = try? client.next(by: deadline) {
            guard case .publish(let message) = packet else { continue }
            if message.id > 0 { try client.send(RawCodec.puback(message.id)) }
            if message.retain { found.insert(message.topic) } else { deadline = EventLoop.now() + .milliseconds(200) }
        }
        try client.send(RawCodec.disconnect)
        return found
    }

    /// A connection that no signal interrupts.
    private static func connect(_ settings: CheckSettings) throws -> (RawClient, RawAnswer) {
        let client = try RawClient(to: settings.address, patience: settings.patience)
        var connect = RawConnect(settings.clientID(of: "tidying-\(UInt32.random(in: 0 ... .max))"))
        connect.user = settings.address.credentials?.user
        connect.password = settings.address.credentials?.password
        try client.send(RawCodec.connect(connect))
        guard case .connack(let answer) = try client.next(), answer.reason == 0 else { throw CheckEnd.notTried("no connection") }
        return (client, answer)
    }

    private static func receipt(_ client: RawClient) throws {
        while let packet = try client.next() {
            if case .puback(_, let reason) = packet {
                guard reason < 0x80 else { throw CheckEnd.refused("PUBACK", reason) }
                return
            }
        }
        throw CheckEnd.breaks("closed")
    }
}
