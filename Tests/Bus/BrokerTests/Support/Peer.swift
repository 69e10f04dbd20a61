import EventLoop
import MQTT
import Mosquitto
import Synchronization

/// A client on a loop, with its events recorded. Its payloads are an epoch in decimal digits, or anything else.
final class Peer: Sendable {
    struct Options: Sendable {
        var id = "peer"
        /// nil: no presence.
        var topic: String? = "peer/state"
        var beliefTopics: [String] = []
        var lastEpoch: UInt64 = 0
        var wall: (@Sendable () -> UInt64)?
        var subscriptions: [Subscription] = []
        var adjust: (@Sendable (inout MQTTSettings) -> Void)?
        /// Publishes its birth (its epoch, retained) when it comes online and when it must be restored.
        var givesBirth = true
        var records = true
        var onMessage: (@Sendable (IncomingMessage) -> Void)?
    }

    enum Happening: Sendable {
        case bus(BusEvent)
        case persisted(UInt64)
    }

    let record = Record<Happening>()
    let loop: EventLoop
    private let inner: Inner

    private actor Inner {
        nonisolated let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
        var client: BusClient?

        init(loop: EventLoop) { self.loop = loop }

        func make(_ settings: MQTTSettings, _ options: Options, _ record: Record<Happening>) throws {
            let presence = options.topic.map { topic in
                BusPresence(
                    identity: Presence.Identity(topic: topic, beliefTopics: options.beliefTopics), lastEpoch: options.lastEpoch,
                    will: { Array("\($0) dead".utf8) }, claim: { Peer.epoch($0).map { BusPresence.Claim(epoch: $0) } })
            }
            client = try BusClient(
                loop: loop, settings: settings, presence: presence, subscriptions: options.subscriptions,
                wallClock: options.wall ?? EventLoop.wallMilliseconds,
                persistEpoch: { epoch, done in
                    record.add(.persisted(epoch))
                    done()
                }, onEvent: { [weak self] event in self?.assumeIsolated { $0.happened(event, options, record) } })
            client?.start()
        }

        private func happened(_ event: BusEvent, _ options: Options, _ record: Record<Happening>) {
            switch event {
            case .online, .restore:
                if options.givesBirth, let topic = options.topic, let epoch = client?.epoch {
                    _ = try? client?.publish(OutgoingMessage(topic: topic, payload: Array("\(epoch) alive".utf8), retain: true))
                }
            case .message(let message):
                options.onMessage?(message)
                if options.beliefTopics.contains(message.topic), let epoch = Peer.epoch(message.payload) { client?.believed(epoch) }
            default: break
            }
            if options.records { record.add(.bus(event)) }
        }

        func with<Value: Sendable>(_ body: @Sendable (BusClient?) throws -> Value) rethrows -> Value { try body(client) }

        func drop() { client = nil }
    }

    init(_ loop: EventLoop, _ port: UInt16, _ options: Options = Options()) async throws {
        self.loop = loop
        inner = Inner(loop: loop)
        var settings = MQTTSettings(address: MQTTAddress(port: port), clientID: options.id)
        options.adjust?(&settings)
        try await inner.make(settings, options, record)
    }

    static func epoch(_ payload: [UInt8]) -> UInt64? { UInt64(String(decoding: payload.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)) }

    func with<Value: Sendable>(_ body: @Sendable (BusClient) throws -> Value) async throws -> Value? {
        try await inner.with { client in try client.map(body) }
    }

    @discardableResult func publish(_ topic: String, _ payload: String, qos: QoS = .atLeastOnce, retain: Bool = false, expiry: UInt32? = nil)
        async throws -> DeliveryToken?
    {
        let message = OutgoingMessage(topic: topic, payload: Array(payload.utf8), qos: qos, retain: retain, expirySeconds: expiry)
        return try await with { try $0.publish(message) }
    }

    func stop(farewell: String? = nil, topic: String = "peer/state", timeout: Duration = .seconds(2)) async throws {
        let message = farewell.map { OutgoingMessage(topic: topic, payload: Array($0.utf8), retain: true) }
        _ = try await with { $0.stop(farewell: message, timeout: timeout) }
    }

    func breakConnection() async throws { _ = try await with { $0.breakConnection() } }
    func counters() async throws -> BusCounters { try await with { $0.counters } ?? BusCounters() }
    func drop() async { await inner.drop() }

    // MARK: Waiting

    @discardableResult func online(within seconds: Int = 15) async throws -> UInt64 {
        guard case .bus(.online(let epoch)) = try await record.next(within: seconds, "online", { if case .bus(.online) = $0 { true } else { false } })
        else { return 0 }
        return epoch
    }

    @discardableResult func offline(within seconds: Int = 15) async throws -> MQTTError? {
        guard
            case .bus(.offline(let error)) = try await record.next(
                within: seconds, "offline", { if case .bus(.offline) = $0 { true } else { false } })
        else { return nil }
        return error
    }

    @discardableResult func failedAttempt() async throws -> MQTTError? {
        let event = try await record.next("failed attempt") { if case .bus(.attemptFailed) = $0 { true } else { false } }
        guard case .bus(.attemptFailed(let error, _)) = event else { return nil }
        return error
    }

    func stopped() async throws { try await record.next("stopped") { if case .bus(.stopped) = $0 { true } else { false } } }

    func takenOver() async throws -> UInt64? {
        let event = try await record.next("taken over") { if case .bus(.takenOver) = $0 { true } else { false } }
        guard case .bus(.takenOver(let epoch)) = event else { return nil }
        return epoch
    }

    func message(_ topic: String, within seconds: Int = 15, where matches: @escaping @Sendable (String) -> Bool = { _ in true }) async throws
        -> IncomingMessage?
    {
        let event = try await record.next(within: seconds, "message on \(topic)") {
            if case .bus(.message(let message)) = $0 {
                message.topic == topic && matches(String(decoding: message.payload, as: UTF8.self))
            } else {
                false
            }
        }
        guard case .bus(.message(let message)) = event else { return nil }
        return message
    }

    func delivered(_ token: DeliveryToken?) async throws {
        try await record.next("PUBACK") { if case .bus(.delivered(let other)) = $0 { other == token } else { false } }
    }
}

extension IncomingMessage { var text: String { String(decoding: payload, as: UTF8.self) } }

/// A loop for the time of the body.
func withLoop<Value>(_ body: (EventLoop) async throws -> Value) async throws -> Value {
    let loop = try EventLoop(name: "test")
    try loop.start()
    defer { loop.shutdown() }
    return try await body(loop)
}
