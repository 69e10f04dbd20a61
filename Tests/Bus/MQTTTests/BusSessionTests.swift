import ChargingModel
import MQTT
import Testing

@Suite("A session without a broker") struct BusSessionTests {
    private let now = Now(monotonic: Instant(nanoseconds: 1_000_000_000), wall: WallTime(milliseconds: 1_795_392_000_000))

    /// A session that has subscribed, with the SUBSCRIBEs that wait for their SUBACKs.
    private func subscribing(_ subscriptions: [Subscription]) throws -> (BusSession, [(ConnectionID, DeliveryToken, [Subscription])]) {
        var session = try BusSession(settings: MQTTSettings(address: MQTTAddress(), clientID: "x"), subscriptions: subscriptions, seed: 1)
        session.start(at: now)
        guard case .connect(let id, _)? = session.orders.last else { throw Unexpected() }
        for event in [TransportEvent.attempting(id), .opened(id), .accepted(id)] { session.handle(event, at: now) }
        let waiting = session.orders.compactMap { order in
            if case .subscribe(let id, let token, let filters) = order { (id, token, filters) } else { nil }
        }
        session.events = []
        return (session, waiting)
    }

    private struct Unexpected: Error {}
    private static let refusal = MQTTError(.notOnline)

    @Test("a broker that refuses an optional subscription keeps nobody off the bus", arguments: [true, false]) func refused(isOptional: Bool) throws {
        var (session, waiting) = try subscribing([Subscription("cp/#"), Subscription("$SYS/x", isOptional: isOptional)])
        for (id, token, filters) in waiting {
            let isRefused = filters.contains { $0.filter == "$SYS/x" }
            session.handle(.subscribed(id, token, refusal: isRefused ? Self.refusal : nil), at: now)
        }
        #expect(session.isOnline == isOptional)
    }

    @Test("events of another connection change nothing") func stale() throws {
        var (session, waiting) = try subscribing([Subscription("cp/#")])
        let stranger = ConnectionID(number: 99)
        let before = session.events.count
        for (_, token, _) in waiting { session.handle(.subscribed(stranger, token, refusal: nil), at: now) }
        session.handle(.received(stranger, IncomingMessage(topic: "cp/x", payload: [1])), at: now)
        session.handle(.ended(stranger, Self.refusal), at: now)
        #expect(session.events.count == before)
        #expect(!session.isOnline && session.current != nil)
    }

    @Test("P9: who is not believed says who it is at once and every 4 s for 16 s, and no longer than until it is") func contested() throws {
        for believedAfter in [nil, 6] {
            var (session, clock) = try online()
            session.believed(Presence.maximumEpoch, at: clock)
            var said: [Int] = []
            for tenth in 0...400 {
                if tenth == believedAfter.map({ $0 * 10 }) { session.believed(session.epoch ?? 0, at: clock) }
                session.tick(at: clock)
                said += session.events.compactMap { if case .restore = $0 { tenth } else { nil } }
                session.events = []
                clock.monotonic = clock.monotonic + .milliseconds(100)
            }
            #expect(said == (believedAfter == nil ? [0, 40, 80, 120, 160] : [0, 40]))
        }
    }

    /// A session that others watch, whose handshake is done.
    private func online() throws -> (BusSession, Now) {
        let presence = BusPresence(identity: Presence.Identity(topic: "x/state"), will: { _ in [1] }, claim: { _ in nil })
        var session = try BusSession(settings: MQTTSettings(address: MQTTAddress(), clientID: "x"), presence: presence, seed: 1)
        session.start(at: now)
        while !session.isOnline {
            let orders = session.orders
            let events = session.events
            guard !orders.isEmpty || !events.isEmpty else { throw Unexpected() }
            session.orders = []
            session.events = []
            for event in events { if case .persist(let epoch) = event { session.persisted(epoch, at: now) } }
            for order in orders {
                switch order {
                case .connect(let id, _): for event in [TransportEvent.attempting(id), .opened(id), .accepted(id)] { session.handle(event, at: now) }
                case .subscribe(let id, let token, _): session.handle(.subscribed(id, token, refusal: nil), at: now)
                default: throw Unexpected()
                }
            }
        }
        session.events = []
        return (session, now)
    }
}
