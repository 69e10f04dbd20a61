internal import ChargingModel
internal import ChargingProtocol
internal import EventLoop
internal import MQTT
internal import Mosquitto
internal import Simulation

/// A stranger on a real bus: a client that listens to everything, and says on the topics of others what none of them could have said. Bound to its loop.
final class ChaosStranger: @unchecked Sendable {
    /// The mean time between two of its words.
    private static let pause = Duration.milliseconds(200)
    private static let mostSaid = 4096

    private let loop: EventLoop
    private let wire: Wire
    private var stranger: Stranger
    private var client: BusClient?
    private var kept: [Topic: BusMessage] = [:]
    private var points: Set<ChargePointID> = []
    private var drivers: Set<DriverID> = []
    /// Its words, so that a witness can tell them from others'.
    private var said: Set<[UInt8]> = []
    private var isSpeaking = false
    private(set) var words = 0

    /// - Throws: when the broker's address is unusable.
    init(loop: EventLoop, broker: MQTTAddress, wire: Wire, seed: UInt64) throws(MQTTError) {
        self.loop = loop
        self.wire = wire
        stranger = Stranger(seed: seed, inventsPoints: false)
        var connection = MQTTSettings(address: broker, clientID: "stranger-\(UInt32.random(in: 0 ... .max))")
        connection.keepAlive = .seconds(5)
        let site = wire.site.map { $0 + "/" } ?? ""
        // Its own words are no news to it.
        let options = Subscription.Options(othersOnly: true)
        client = try BusClient(
            loop: loop, settings: connection, subscriptions: ["cp/+/+", "central/#", "driver/+/+"].map { Subscription(site + $0, options: options) }
        ) { [weak self] event in if case .message(let message) = event { self?.hear(message) } }
    }

    func start() { client?.start() }

    func beginSpeaking() {
        isSpeaking = true
        speak()
    }

    func stopSpeaking() { isSpeaking = false }

    func end() {
        isSpeaking = false
        client?.abort()
    }

    func isOwn(_ payload: [UInt8]) -> Bool { said.contains(payload) }

    private func hear(_ message: IncomingMessage) {
        guard case .message(let value)? = try? wire.decode(topic: message.topic, payload: message.payload) else { return }
        if value.topic.isRetained { kept[value.topic] = value }
        if let cp = value.point { points.insert(cp) }
        switch value {
        case .request(let driver, _): drivers.insert(driver)
        case .status(let status): drivers.insert(status.driver)
        default: break
        }
        if !message.retained { stranger.overhear(value) }
    }

    private func speak() {
        guard isSpeaking else { return }
        if let client, client.isOnline, !points.isEmpty, !drivers.isEmpty {
            let word = stranger.word(
                Stranger.Sight(wire: wire, points: points.sorted(), drivers: drivers.sorted(), kept: { self.kept[$0] }))
            let message = OutgoingMessage(
                topic: wire.text(of: word.topic), payload: word.payload, qos: word.isAtLeastOnce ? .atLeastOnce : .atMostOnce, retain: word.retain)
            if said.count >= ChaosStranger.mostSaid { said.removeAll() }
            said.insert(word.payload)
            // While the broker is away it says nothing.
            if (try? client.publish(message)) != nil { words += 1 }
        }
        _ = loop.schedule(after: max(.milliseconds(1), stranger.pause(ChaosStranger.pause))) { [weak self] in self?.speak() }
    }
}
