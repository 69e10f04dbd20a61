import EventLoop
import Glibc
import MQTT
import Testing

extension Broker {
    @Suite(.serialized, .timeLimit(.minutes(1))) struct PresenceTests {
        @Test("P6, P8: the epoch is persisted before CONNECT, and the birth is retained") func birth() async throws {
            let broker = try TestBroker()
            try await withLoop { loop in
                let engine = try await Peer(loop, broker.port, .init(lastEpoch: 41, wall: { 7 }))
                let epoch = try await engine.online()
                #expect(epoch == 42)
                guard case .persisted(42)? = engine.record.all.first else {
                    Issue.record("the epoch was not persisted first: \(engine.record.all)")
                    return
                }
                let screen = try await Peer(loop, broker.port, .init(id: "screen", topic: nil, subscriptions: [Subscription("peer/#")]))
                let message = try await screen.message("peer/state")
                #expect(message?.text == "42 alive")
                #expect(message?.retained == true)
            }
        }

        @Test("P6: the will of a broken connection is published with its epoch, and the next birth is above it") func will() async throws {
            let broker = try TestBroker()
            try await withLoop { loop in
                let screen = try await Peer(loop, broker.port, .init(id: "screen", topic: nil, subscriptions: [Subscription("peer/#")]))
                try await screen.online()
                let engine = try await Peer(loop, broker.port)
                let first = try await engine.online()
                _ = try await screen.message("peer/state") { $0 == "\(first) alive" }
                try await engine.breakConnection()
                try await engine.offline()
                let will = try await screen.message("peer/state") { $0.hasSuffix("dead") }
                #expect(will?.text == "\(first) dead")
                let second = try await engine.online()
                #expect(second > first)
                _ = try await screen.message("peer/state") { $0 == "\(second) alive" }
            }
        }

        @Test("P9: a late will, or a deletion, does not win over the birth: it is published again") func restores() async throws {
            let broker = try TestBroker()
            try await withLoop { loop in
                let other = try await Peer(loop, broker.port, .init(id: "other", topic: nil, subscriptions: [Subscription("peer/#")]))
                try await other.online()
                let engine = try await Peer(loop, broker.port)
                let epoch = try await engine.online()
                for late in ["\(epoch - 1) dead", "", "nonsense"] {
                    _ = try await other.message("peer/state") { $0 == "\(epoch) alive" }
                    try await other.publish("peer/state", late, retain: true)
                    _ = try await other.message("peer/state") { $0 == late }
                }
                _ = try await other.message("peer/state") { $0 == "\(epoch) alive" }
            }
        }

        @Test("P9: a clock that went back: the client goes above its retained epoch") func clockBack() async throws {
            let broker = try TestBroker()
            try await withLoop { loop in
                let before = try await Peer(loop, broker.port, .init(wall: { 5000 }))
                try await before.online()
                try await before.stop(farewell: "5000 stopped")
                try await before.stopped()
                let after = try await Peer(loop, broker.port, .init(wall: { 1000 }))
                #expect(try await after.online() == 5001)
                try await after.breakConnection()
                #expect(try await after.online() == 5002)
            }
        }

        @Test("P9: a client below the epoch that is believed of it goes above") func believed() async throws {
            let broker = try TestBroker()
            try await withLoop { loop in
                let central = try await Peer(loop, broker.port, .init(id: "central", topic: nil))
                try await central.online()
                let token = try await central.publish("believed/peer", "9000", retain: true)
                try await central.delivered(token)
                let engine = try await Peer(loop, broker.port, .init(beliefTopics: ["believed/peer"], wall: { 1000 }))
                #expect(try await engine.online() == 9001)
                // Shown live, while online for the first time: it goes above as well, and that is no takeover.
                try await central.publish("believed/peer", "9500", retain: true)
                #expect(try await engine.online() == 9501)
                try await engine.breakConnection()
                #expect(try await engine.online() == 9502)
            }
        }

        @Test("P9: of two copies of a client the older gives way, publishes nothing and says so") func twoCopies() async throws {
            let broker = try TestBroker()
            try await withLoop { loop in
                let first = try await Peer(loop, broker.port)
                try await first.online()
                let second = try await Peer(loop, broker.port)
                try await second.online()
                let reason = try await first.offline()
                #expect(reason?.mayBeTakeover == true, "\(String(describing: reason))")
                // Once may be anything. It comes back, and throws the second one out, which does the same.
                try await first.online()
                try await second.offline()
                let newer = try await second.online()
                #expect(try await first.takenOver() == newer)
                // The first one threw the second out while it looked; that comes back, and stays.
                try await second.offline()
                let last = try await second.online()
                let screen = try await Peer(loop, broker.port, .init(id: "screen", topic: nil, subscriptions: [Subscription("peer/#")]))
                let message = try await screen.message("peer/state") { $0.hasSuffix("alive") }
                #expect(message?.text == "\(last) alive")
            }
        }

        @Test("P10: a clean stop publishes the farewell, has it acknowledged, and leaves no will") func farewell() async throws {
            let broker = try TestBroker()
            try await withLoop { loop in
                let screen = try await Peer(loop, broker.port, .init(id: "screen", topic: nil, subscriptions: [Subscription("peer/#")]))
                try await screen.online()
                let engine = try await Peer(loop, broker.port)
                let epoch = try await engine.online()
                for number in 0..<200 { try await engine.publish("peer/load", "\(number)") }
                try await engine.stop(farewell: "\(epoch) stopped")
                try await engine.stopped()
                let counters = try await engine.counters()
                #expect(counters.sent == counters.accepted)
                #expect(counters.lostWithConnection == 0)
                _ = try await screen.message("peer/state") { $0 == "\(epoch) stopped" }
                let end = try await screen.publish("peer/state", "end")
                try await screen.delivered(end)
                let states = screen.record.all.compactMap {
                    if case .bus(.message(let message)) = $0, message.topic == "peer/state" { message.text } else { nil }
                }
                #expect(!states.contains { $0.hasSuffix("dead") })
            }
        }

        @Test("P10: a stop while the broker is silent ends after its time, and one before the start at once") func impatient() async throws {
            let broker = try TestBroker()
            try await withLoop { loop in
                let engine = try await Peer(loop, broker.port)
                try await engine.online()
                broker.send(SIGSTOP)
                let began = EventLoop.now()
                try await engine.stop(farewell: "stopped", timeout: .milliseconds(300))
                try await engine.stopped()
                #expect((.milliseconds(300) ... .seconds(3)).contains(EventLoop.now() - began))
                broker.send(SIGCONT)
                let never = try await Peer(loop, 1)
                try await never.failedAttempt()
                try await never.stop()
                try await never.stopped()
            }
        }
    }
}
