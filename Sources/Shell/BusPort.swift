public import ChargingModel
public import ChargingProtocol
public import EventLoop
public import MQTT
internal import Terminal

/// A party's connection in the protocol's terms: messages as values, presence by its rules. Bound to its loop.
public final class BusPort {
    public enum Event: Sendable {
        /// From here it may be published, everything under this epoch.
        case online(Epoch)
        case offline
        case message(BusMessage, retained: Bool)
        /// Something on one of the topics outside the contract that were asked for.
        case outside(topic: String, payload: [UInt8], retained: Bool)
        /// The broker has the message that was published with this number.
        case delivered(UInt64)
        /// The broker refuses that one: it has no right there, or a quota is used up.
        case refused(UInt64)
        /// The own retained topic was overwritten by an older epoch, or emptied (P9).
        case overwritten
        /// The stop that was asked for is complete.
        case stopped
        /// It can't go on, and says why: another copy took over, or the epochs are used up.
        case failed(String)
        /// So many messages has the broker dropped in all, by its own count.
        case brokerDropped(UInt64)
    }

    /// Where mosquitto counts the messages that a slow subscriber lost (QoS 0).
    private static let droppedTopic = "$SYS/broker/publish/messages/dropped"

    private let loop: EventLoop
    private let party: Party
    private let context: NetworkContext
    private let outsideTopics: [String]
    private let onEvent: (Event) -> Void
    private var client: BusClient?
    private var deliveries: [DeliveryToken: UInt64] = [:]
    private var rejections = RejectionLog()
    /// Since when, in this minute, so many messages could not be sent.
    private var unsendable: (since: Instant, count: Int)?

    /// - Parameters:
    ///   - lastEpoch: the last one persisted; 0 for none.
    ///   - persistEpoch: puts an epoch where a crash can't take it, then calls back.
    ///   - points: those that a driver asks for.
    ///   - watchesBroker: whether to hear of what the broker drops.
    ///   - outsideTopics: what else to listen to that is no topic of the protocol; without wildcards, and nothing in it is read here.
    /// - Throws: when a setting is unusable.
    public init(
        loop: EventLoop, party: Party, context: NetworkContext, lastEpoch: Epoch = 0, watchesBroker: Bool = false, points: [ChargePointID] = [],
        outsideTopics: [String] = [], persistEpoch: @escaping (Epoch, @escaping () -> Void) -> Void = { _, done in done() },
        onEvent: @escaping (Event) -> Void
    ) throws(MQTTError) {
        self.loop = loop
        self.party = party
        self.context = context
        self.outsideTopics = outsideTopics
        self.onEvent = onEvent
        let wire = context.wire
        var settings = MQTTSettings(address: context.broker, clientID: wire.clientID(of: party))
        settings.keepAlive = context.keepAlive
        let presence = party.ownTopic.map { topic in
            BusPresence(
                identity: Presence.Identity(topic: wire.text(of: topic), beliefTopics: party.beliefTopic.map { [wire.text(of: $0)] } ?? []),
                lastEpoch: lastEpoch, will: { epoch in BusPort.will(of: party, epoch: epoch, wire) }, epochOf: { wire.epoch(in: $0) },
                persistEpoch: persistEpoch)
        }
        var subscriptions = wire.filters(of: party, points: points).map { Subscription($0) }
        if watchesBroker { subscriptions.append(Subscription(BusPort.droppedTopic, .atMostOnce)) }
        subscriptions += outsideTopics.map { Subscription($0) }
        client = try BusClient(loop: loop, settings: settings, presence: presence, subscriptions: subscriptions) { [weak self] event in
            self?.handle(event)
        }
    }

    private static func will(of party: Party, epoch: Epoch, _ wire: Wire) -> [UInt8] {
        // Wills have no time: it would age.
        party.will(epoch: epoch).map { wire.publication($0, at: WallTime(milliseconds: 0)).payload } ?? []
    }

    public func start() { client?.start() }

    /// The connection's counters so far.
    public var counters: BusCounters { client?.counters ?? BusCounters() }

    /// How many messages were not accepted, by reason (P4).
    public var rejected: [String: UInt64] { rejections.counts }

    /// Empties what the broker keeps on a topic.
    public func erase(_ topic: Topic) { publishOutsideContract(topic: context.wire.text(of: topic), retained: []) }

    /// Has the broker keep something that is no message of the protocol; empty deletes it. While offline it is lost.
    public func publishOutsideContract(topic: String, retained payload: [UInt8]) {
        guard let client, client.isOnline else { return }
        do throws(MQTTError) { try client.publish(OutgoingMessage(topic: topic, payload: payload, retain: true)) } catch { failed(error, nil) }
    }

    /// Whether what is published now reaches the broker.
    public var isOnline: Bool { client?.isOnline ?? false }

    /// Publishes now or never: what is said while offline is lost, and the core says it again when it is online.
    /// - Parameter delivery: comes back with `delivered`.
    public func publish(_ message: BusMessage, delivery: UInt64? = nil) {
        guard let client, client.isOnline else { return }
        do throws(MQTTError) {
            let token = try client.publish(outgoing(message))
            if let delivery { deliveries[token] = delivery }
        } catch { failed(error, delivery) }
    }

    /// Writes what was published now, and not at the end of the loop's round. Not from within what the bus delivered.
    public func flush() { client?.flush() }

    /// A message that can't be sent costs itself alone. Only when the broker takes nothing any more is the connection given up: what was meant for it
    /// is said anew on the next one, in order.
    private func failed(_ error: MQTTError, _ delivery: UInt64?) {
        guard error.isOfMessage else {
            context.log.error("❌ The broker takes no more messages: \(error)", event: "bus_overflow")
            client?.breakConnection()
            return
        }
        sayUnsendable(error)
        guard let delivery else { return }
        // Not at once: who publishes is in the middle of something.
        loop.atEndOfRound { [weak self] in self?.onEvent(.refused(delivery)) }
    }

    /// Says what can't be sent, a few times a minute: it may be tried again and again.
    private func sayUnsendable(_ error: MQTTError) {
        let now = EventLoop.present().monotonic
        if let since = unsendable?.since, now - since < .seconds(60) { unsendable?.count += 1 } else { unsendable = (now, 1) }
        guard (unsendable?.count ?? 0) <= 3 else { return }
        context.log.error("❌ \(error)", event: "bus_unsendable")
    }

    /// Says the last word, if any, waits for its receipt and disconnects (P10).
    public func stop(farewell: BusMessage? = nil) { client?.stop(farewell: farewell.map { outgoing($0) }) }

    /// Ends at once and without a word: the will speaks.
    public func abort() { client?.abort() }

    private func outgoing(_ message: BusMessage) -> OutgoingMessage {
        let publication = context.wire.publication(message, at: EventLoop.present().wall)
        return OutgoingMessage(
            topic: publication.topic, payload: publication.payload, qos: publication.qos == .atLeastOnce ? .atLeastOnce : .atMostOnce,
            retain: publication.retain, expirySeconds: publication.expirySeconds)
    }

    private func handle(_ event: BusEvent) {
        switch event {
        case .online(let epoch):
            context.connections.online(party, context.log)
            onEvent(.online(epoch))
        case .offline(let error):
            deliveries = [:]
            context.connections.lost(party, "\(error)", context.log)
            onEvent(.offline)
        case .attemptFailed(let error, _): context.connections.lost(party, "\(error)", context.log)
        case .message(let message): receive(message)
        case .delivered(let token): if let number = deliveries.removeValue(forKey: token) { onEvent(.delivered(number)) }
        case .rejected(let token, let error):
            context.log.error("❌ \(error)", event: "bus_rejected")
            if let number = deliveries.removeValue(forKey: token) { onEvent(.refused(number)) }
        case .abandoned: onEvent(.offline)
        case .restore: onEvent(.overwritten)
        case .takenOver(let epoch):
            let name = context.wire.clientID(of: party)
            onEvent(.failed("another copy of \(name) is at work (its epoch is \(epoch)): this one gives way; stop one of the two"))
        case .failed(let error): onEvent(.failed("\(error)"))
        case .stopped: onEvent(.stopped)
        }
    }

    private func receive(_ message: IncomingMessage) {
        if message.topic == BusPort.droppedTopic {
            if let count = UInt64(String(decoding: message.payload, as: UTF8.self)) { onEvent(.brokerDropped(count)) }
            return
        }
        if outsideTopics.contains(message.topic) {
            return onEvent(.outside(topic: message.topic, payload: message.payload, retained: message.retained))
        }
        do throws(Rejection) {
            guard case .message(let value) = try context.wire.decode(topic: message.topic, payload: message.payload) else { return }
            if case .verdict(let verdict) = value { believe(verdict) }
            onEvent(.message(value, retained: message.retained))
        } catch {
            rejections.reject(error, topic: message.topic, at: EventLoop.present().monotonic, context.log)
        }
    }

    /// What Central shows of this client's epoch (P9).
    private func believe(_ verdict: VerdictReport) {
        switch party {
        case .engine: if let epoch = verdict.engineEpoch { client?.believed(epoch) }
        case .monitor: if let epoch = verdict.monitorEpoch { client?.believed(epoch) }
        case .central, .driver: break
        }
    }
}
