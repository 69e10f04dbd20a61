import EventLoop
import MQTT
import Testing

extension Broker {
    @Suite(.serialized, .timeLimit(.minutes(1))) struct SubscriptionTests {
        @Test("Two subscriptions to the same tell what the broker kept from what is published, and with which RETAIN") func flags() async throws {
            let broker = try TestBroker()
            try await withLoop { loop in
                let writer = try await Peer(loop, broker.port, .init(id: "writer", topic: nil))
                try await writer.online()
                for number in 0..<50 { try await writer.delivered(writer.publish("a/\(number)", "kept", retain: true)) }
                let kept = Subscription("a/#", options: .init(retainAsPublished: true, identifier: 1))
                let live = Subscription("a/#", options: .init(retainAsPublished: true, liveOnly: true, identifier: 2))
                let ear = try await Peer(loop, broker.port, .init(id: "ear", topic: nil, subscriptions: [kept, live]))
                try await ear.online()
                try await writer.publish("a/7", "again", retain: true)
                try await writer.publish("a/8", "passing", qos: .atMostOnce)
                let again = try await ear.message("a/7") { $0 == "again" }
                #expect(again?.subscription == 2 && again?.retained == true && again?.qos == .atLeastOnce)
                let passing = try await ear.message("a/8") { $0 == "passing" }
                #expect(passing?.subscription == 2 && passing?.retained == false && passing?.qos == .atMostOnce)
                let messages = ear.record.all.compactMap { if case .bus(.message(let message)) = $0 { message } else { nil } }
                // Each came once.
                #expect(messages.count == 52)
                #expect(messages.filter { $0.subscription == 1 && $0.retained && $0.text == "kept" }.count == 50)
            }
        }
    }
}
