import EventLoop
import Glibc
import MQTT
import Testing

extension Broker {
    @Suite(.serialized, .timeLimit(.minutes(1))) struct OutageTests {
        @Test("F7: a broker that is not there at the start is found when it is") func downAtStart() async throws {
            let broker = try TestBroker()
            broker.kill(SIGKILL)
            try await withLoop { loop in
                let engine = try await Peer(loop, broker.port)
                for _ in 0..<3 {
                    let error = try await engine.failedAttempt()
                    #expect("\(error.map(String.init(describing:)) ?? "")".contains("Connection refused"))
                }
                try broker.start()
                let began = EventLoop.now()
                try await engine.online()
                #expect(EventLoop.now() - began < .seconds(5))
            }
        }

        @Test("F7: a broker that is restarted has its clients back within the backoff", arguments: [SIGKILL, SIGTERM]) func restart(_ signal: Int32)
            async throws
        {
            let broker = try TestBroker()
            try await withLoop { loop in
                let engine = try await Peer(loop, broker.port)
                let first = try await engine.online()
                broker.kill(signal)
                try await engine.offline()
                await #expect(throws: MQTTError.self) { try await engine.publish("peer/event", "lost", qos: .atLeastOnce) }
                try broker.start()
                let began = EventLoop.now()
                let second = try await engine.online()
                #expect(second > first)
                #expect(EventLoop.now() - began < .seconds(5))
                let screen = try await Peer(loop, broker.port, .init(id: "screen", topic: nil, subscriptions: [Subscription("peer/#")]))
                let message = try await screen.message("peer/state") { $0 == "\(second) alive" }
                #expect(message != nil)
            }
        }

        @Test("P4: a message that the broker takes in no size like this is told apart from a full queue and costs nobody the connection")
        func tooLarge() async throws {
            let broker = try TestBroker("max_packet_size 2000")
            try await withLoop { loop in
                let engine = try await Peer(loop, broker.port)
                try await engine.online()
                for qos in [QoS.atMostOnce, .atLeastOnce] {
                    do {
                        try await engine.publish("peer/event", String(repeating: "x", count: 3000), qos: qos)
                        #expect(Bool(false), "3000 bytes were taken")
                    } catch let error as MQTTError {
                        #expect(error.isTooLarge && error.isOfMessage && !error.isQueueFull, "\(error)")
                        #expect("\(error)".contains("3000 bytes"), "\(error)")
                    }
                }
                let screen = try await Peer(loop, broker.port, .init(id: "screen", topic: nil, subscriptions: [Subscription("peer/#")]))
                try await screen.online()
                try await engine.publish("peer/event", "small", qos: .atLeastOnce)
                #expect(try await screen.message("peer/event") { $0 == "small" } != nil)
                let counters = try await engine.counters()
                #expect(counters.tooLarge == 2 && counters.refusedQueueFull == 0 && counters.connects == 1)
            }
        }

        @Test("F10: a broker that forgot everything gets the birth again") func amnesia() async throws {
            let broker = try TestBroker()
            try await withLoop { loop in
                let engine = try await Peer(loop, broker.port)
                try await engine.online()
                broker.kill(SIGKILL)
                broker.forget()
                try broker.start()
                let epoch = try await engine.online()
                let screen = try await Peer(loop, broker.port, .init(id: "screen", topic: nil, subscriptions: [Subscription("peer/#")]))
                #expect(try await screen.message("peer/state") { $0 == "\(epoch) alive" } != nil)
            }
        }

        @Test("P9: what was not acknowledged on an old connection does not go out on the new one") func nothingOld() async throws {
            let broker = try TestBroker()
            try await withLoop { loop in
                let engine = try await Peer(loop, broker.port)
                try await engine.online()
                broker.send(SIGSTOP)
                for number in 0..<50 { try await engine.publish("peer/old", "\(number)") }
                try await engine.breakConnection()
                try await engine.offline()
                broker.kill(SIGKILL)
                try broker.start()
                let screen = try await Peer(loop, broker.port, .init(id: "screen", topic: nil, subscriptions: [Subscription("peer/#")]))
                try await screen.online()
                try await engine.online()
                let token = try await engine.publish("peer/new", "new")
                try await engine.delivered(token)
                _ = try await screen.message("peer/new")
                let old = screen.record.all.filter { if case .bus(.message(let message)) = $0 { message.topic == "peer/old" } else { false } }
                #expect(old.isEmpty)
                #expect(try await engine.counters().lostWithConnection >= 50)
            }
        }

        @Test("Bad credentials are told as such, and tried again") func refused() async throws {
            let broker = try TestBroker(anonymous: false)
            try await withLoop { loop in
                let engine = try await Peer(loop, broker.port)
                for _ in 0..<2 {
                    let error = try await engine.failedAttempt()
                    #expect(error?.isRefusal == true)
                    #expect("\(error.map(String.init(describing:)) ?? "")".contains("user name and password"))
                }
            }
        }

        @Test("A name is looked up, and its second address tried when the broker listens on that alone") func names() async throws {
            let broker = try TestBroker()
            try await withLoop { loop in
                let engine = try await Peer(loop, broker.port, .init(adjust: { $0.address.host = "localhost" }))
                try await engine.online()
                let lost = try await Peer(loop, broker.port, .init(id: "lost", adjust: { $0.address.host = "no-such-host.invalid" }))
                let error = try await lost.failedAttempt()
                #expect("\(error.map(String.init(describing:)) ?? "")".contains("no-such-host.invalid"))
            }
        }

        @Test("A peer that accepts and says nothing times out; one that talks nonsense is no broker") func notABroker() async throws {
            try await withLoop { loop in
                let silent = try await loop.run {
                    Result { try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { $0.onRead = { _ in } } }.map(Held.init)
                }.get()
                let engine = try await Peer(loop, silent.value.port, .init(adjust: { $0.connectTimeout = .milliseconds(200) }))
                #expect("\(String(describing: try await engine.failedAttempt()))".contains("no CONNACK in time"))
                let rude = try await loop.run {
                    Result {
                        try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { connection in
                            connection.onRead = { _ in
                                connection.write(Array("HTTP/1.1 400 Bad Request\r\n\r\n\(String(repeating: "sorry ", count: 50))".utf8))
                            }
                        }
                    }.map(Held.init)
                }.get()
                let other = try await Peer(loop, rude.value.port, .init(id: "other"))
                #expect("\(String(describing: try await other.failedAttempt()))".contains("no answer from the broker at"))
                await loop.run {
                    silent.value.close()
                    rude.value.close()
                }
            }
        }
    }
}

/// Keeps something of the loop where a test can hold it.
private struct Held: @unchecked Sendable { let value: TCPListener }

@Suite(.timeLimit(.minutes(1))) struct SlowBrokerTests {
    @Test("F9: a broker that stands still is given up after at most two keepalives, and taken back") func stopped() async throws {
        let broker = try TestBroker()
        try await withLoop { loop in
            let engine = try await Peer(loop, broker.port)
            try await engine.online()
            broker.send(SIGSTOP)
            let began = EventLoop.now()
            let error = try await engine.offline(within: 20)
            let took = EventLoop.now() - began
            #expect("\(String(describing: error))".contains("silent"))
            // Two keepalives are ten seconds; a machine on which everything else is tested at the same time adds to them.
            #expect((.seconds(4)...(.seconds(18))).contains(took), "\(took)")
            broker.send(SIGCONT)
            try await engine.online()
        }
    }

    @Test("P12: a process that stood still drops its connection unread") func stall() async throws {
        let broker = try TestBroker()
        try await withLoop { other in
            let central = try await Peer(other, broker.port, .init(id: "central", topic: nil))
            try await central.online()
            try await withLoop { loop in
                let engine = try await Peer(loop, broker.port, .init(subscriptions: [Subscription("peer/command")]))
                try await engine.online()
                let standsStill = Record<Bool>()
                loop.execute {
                    standsStill.add(true)
                    usleep(5_400_000)
                }
                try await standsStill.next()
                let token = try await central.publish("peer/command", "stale", expiry: 2)
                try await central.delivered(token)
                let error = try await engine.offline()
                #expect("\(String(describing: error))".contains("stood still"))
                try await engine.online()
                let fresh = try await central.publish("peer/command", "fresh", expiry: 2)
                try await central.delivered(fresh)
                let first = try await engine.message("peer/command")
                #expect(first?.text == "fresh")
                let heard = engine.record.all.filter { if case .bus(.message) = $0 { true } else { false } }
                #expect(heard.count == 1, "\(heard)")
                #expect(try await engine.counters().stalls == 1)
            }
        }
    }
}
