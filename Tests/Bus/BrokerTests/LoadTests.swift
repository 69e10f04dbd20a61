import EventLoop
import Glibc
import MQTT
import Mosquitto
import Synchronization
import Testing

extension Broker {
    @Suite(.serialized, .timeLimit(.minutes(1))) struct LoadTests {
        init() {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }

        @Test("1200 clients on one loop, with descriptors far above 1024, come online and come back after a restart") func manyClients() async throws
        {
            let count = 1200
            let broker = try TestBroker()
            try await withLoop { loop in
                let began = EventLoop.now()
                var peers: [Peer] = []
                for number in 0..<count {
                    peers.append(
                        try await Peer(
                            loop, broker.port,
                            .init(id: "c\(number)", topic: "c/\(number)/state", subscriptions: [Subscription("c/\(number)/command")])))
                }
                for peer in peers { try await peer.online() }
                let online = EventLoop.now() - began
                broker.kill(SIGKILL)
                for peer in peers { try await peer.offline() }
                try broker.start()
                let restarted = EventLoop.now()
                for peer in peers { try await peer.online() }
                let back = EventLoop.now() - restarted
                print("measured: \(count) clients online in \(online), back \(back) after the broker")
                #expect(back < .seconds(10))
                for peer in peers { try await peer.stop() }
                for peer in peers { try await peer.stopped() }
            }
        }

        @Test("20 000 retained messages reach a wildcard subscriber whole") func snapshot() async throws {
            let count = 20_000
            let broker = try TestBroker("autosave_interval 100000")
            try await withLoop { loop in
                let source = try await Peer(
                    loop, broker.port, .init(id: "source", topic: nil, adjust: { $0.maxOutboundMessages = 32_000 }, records: true))
                try await source.online()
                var last: DeliveryToken?
                for block in 0..<(count / 1000) {
                    last =
                        try await source.with { client in
                            var token: DeliveryToken?
                            for number in (block * 1000)..<(block * 1000 + 1000) {
                                token = try client.publish(
                                    OutgoingMessage(topic: "s/\(number)", payload: Array("state \(number)".utf8), retain: true))
                            }
                            return token
                        } ?? nil
                }
                try await source.delivered(last)
                let seen = Mutex(Set<String>())
                let done = Record<Int>()
                let began = EventLoop.now()
                let screen = try await Peer(
                    loop, broker.port,
                    .init(
                        id: "screen", subscriptions: [Subscription("s/#")], records: false,
                        onMessage: { message in
                            let size = seen.withLock { seen in
                                seen.insert(message.topic)
                                return seen.count
                            }
                            if size == count { done.add(size) }
                        }))
                try await done.next(within: 30)
                print("measured: \(count) retained messages in \(EventLoop.now() - began)")
                #expect(try await screen.counters().received >= UInt64(count))
            }
        }

        @Test("QoS 0 over the limits is dropped and counted, QoS 1 is refused with a reason; both when the broker stands still") func bounded()
            async throws
        {
            let broker = try TestBroker()
            try await withLoop { loop in
                let engine = try await Peer(loop, broker.port, .init(adjust: { $0.maxOutboundBytes = 8 << 20 }))
                try await engine.online()
                broker.send(SIGSTOP)
                let payload = String(repeating: "x", count: 16 * 1024)
                // What the kernel takes counts as sent; then the queue fills.
                for _ in 0..<40 { for _ in 0..<50 { try await engine.publish("peer/telemetry", payload, qos: .atMostOnce) } }
                let full = try await engine.counters()
                #expect(full.droppedQueueFull > 0)
                #expect(full.accepted + full.droppedQueueFull == 2001)
                #expect(full.inFlightBytes <= 8 << 20)
                await #expect(throws: MQTTError.self) { try await engine.publish("peer/event", payload) }
                broker.send(SIGCONT)
            }
        }

        /// With `max_queued_messages 0` mosquitto 2.0.11 would drop nothing and queue without limit.
        @Test("The broker drops QoS 0 for a subscriber that does not read, and says so in $SYS alone") func slowSubscriber() async throws {
            let broker = try TestBroker("max_queued_messages 100")
            try await withLoop { slowLoop in
                let slow = try await Peer(
                    slowLoop, broker.port, .init(id: "slow", topic: nil, subscriptions: [Subscription("t", .atMostOnce)], records: true))
                try await slow.online()
                try await withLoop { loop in
                    let dropped = "$SYS/broker/publish/messages/dropped"
                    let observer = try await Peer(loop, broker.port, .init(id: "witness", topic: nil, subscriptions: [Subscription(dropped)]))
                    try await observer.online()
                    let standsStill = Record<Bool>()
                    slowLoop.execute {
                        standsStill.add(true)
                        usleep(2_500_000)
                    }
                    try await standsStill.next()
                    let payload = String(repeating: "x", count: 60_000)
                    for _ in 0..<400 { try await observer.publish("t", payload, qos: .atMostOnce) }
                    let told = try await observer.message(dropped, within: 10) { (Int($0) ?? 0) > 0 }
                    print("measured: dropped by the broker: \(told?.text ?? "")")
                }
            }
        }

        @Test("Throughput from one client to another, and round trip") func throughput() async throws {
            let count = 100_000
            let broker = try TestBroker("max_inflight_messages 0")
            try await withLoop { receiving in
                let done = Record<Int>()
                let heard = Mutex(0)
                let sink = try await Peer(
                    receiving, broker.port,
                    .init(
                        id: "sink", topic: nil, subscriptions: [Subscription("t", .atMostOnce)],
                        onMessage: { _ in
                            let heard = heard.withLock {
                                $0 += 1
                                return $0
                            }
                            if heard == count { done.add(heard) }
                        }))
                try await sink.online()
                try await withLoop { loop in
                    let source = try await Peer(loop, broker.port, .init(id: "source", topic: nil, adjust: { $0.maxOutboundMessages = 32_000 }))
                    try await source.online()
                    let began = EventLoop.now()
                    var sent = 0
                    while sent < count {
                        let from = sent
                        sent +=
                            try await source.with { client in
                                let room = min(1000, client.settings.maxOutboundMessages - client.counters.inFlight, count - from)
                                for _ in 0..<room {
                                    try client.publish(OutgoingMessage(topic: "t", payload: Array(repeating: 120, count: 100), qos: .atMostOnce))
                                }
                                return room
                            } ?? 0
                    }
                    try await done.next(within: 30)
                    let took = EventLoop.now() - began
                    print("measured: \(count) QoS 0 messages through the broker in \(took)")
                }
            }
        }
    }
}
