internal import ChargingModel

/// mosquitto 2.0.11 as its clients see it: MQTT 5, Clean Start, Session Expiry 0, Will Delay 0 (P8). A value without clock and randomness.
///
/// Generic over what messages carry, so that a simulation can hand on what is parsed already. `docs/simulation.md` says where it is
/// more pessimistic than mosquitto; `BrokerModelTests` holds it against the real one.
struct MQTTBroker<Content> {
    enum QoS: Int, Comparable {
        case atMostOnce = 0
        case atLeastOnce = 1

        static func < (a: QoS, b: QoS) -> Bool { a.rawValue < b.rawValue }
    }

    /// What a publisher hands over. Shared by all its deliveries.
    final class Message {
        let topic: String
        let content: Content
        /// No payload: deletes what is retained.
        let isEmpty: Bool
        let qos: QoS
        let retain: Bool
        /// The second after which it is not delivered any more; mosquitto counts in whole seconds.
        let expires: Int64?

        /// - Parameter lifetime: how long it may wait in the broker; `nil` for ever.
        init(topic: String, content: Content, isEmpty: Bool, qos: QoS, retain: Bool, lifetime: Duration? = nil, at now: Instant) {
            self.topic = topic
            self.content = content
            self.isEmpty = isEmpty
            self.qos = qos
            self.retain = retain
            expires = lifetime.map { now.nanoseconds / 1_000_000_000 + $0.components.seconds }
        }
    }

    struct Delivery {
        let message: Message
        let qos: QoS
        /// It was kept, and is sent because of a subscription.
        let isRetained: Bool
    }

    enum Output {
        case deliver(UInt64, Delivery)
        case suback(UInt64, token: UInt64)
        case puback(UInt64, token: UInt64)
        /// The broker closes a connection, since another one came with the same client id.
        case closed(UInt64)
        /// A QoS 0 message for a receiver that takes none.
        case dropped(UInt64)
    }

    struct Limits {
        /// How many QoS 1 messages may be on their way to a client without its receipt: the rest waits, and QoS 0 overtakes it.
        var inFlight = 20
        /// How many QoS 0 messages may wait for a receiver whose socket is full.
        var queuedAtMostOnce = 1000
    }

    /// What its file holds: the retained messages.
    struct Persisted {
        var retained: [Message] = []
    }

    final class Client {
        let connection: UInt64
        let name: String
        var will: Message?
        var filters: [String] = []
        var isWritable = true
        /// Sent and not acknowledged.
        var inFlight = 0
        /// Waits for the window, or for the socket.
        var waiting: [Delivery] = []
        var waitingAtMostOnce = 0

        init(connection: UInt64, name: String, will: Message?) {
            self.connection = connection
            self.name = name
            self.will = will
        }
    }

    private struct Kept {
        var retained: Message?
        /// Who gets what is published here, as far as `generation` is that of the tree.
        var subscribers: [SubscriptionTree.Subscriber] = []
        var generation: UInt64 = 0
    }

    let limits: Limits
    private var clients: [Client?] = []
    private var names: [String: UInt64] = [:]
    private var tree = SubscriptionTree()
    private var topics: [String: Int] = [:]
    private var kept: [Kept] = []

    init(limits: Limits = Limits()) { self.limits = limits }

    // MARK: What clients do

    /// A CONNECT. An older connection with this client id is closed, and its will published, before the answer. Numbers of connections are used once.
    mutating func connect(_ connection: UInt64, client name: String, will: Message?, at now: Instant, into out: inout [Output]) {
        if let older = names[name] {
            // Its subscriptions go first: it does not get its own will.
            let old = remove(older)
            if let last = old?.will { spread(last, at: now, &out) }
            out.append(.closed(older))
        }
        while clients.count <= Int(connection) { clients.append(nil) }
        clients[Int(connection)] = Client(connection: connection, name: name, will: will)
        names[name] = connection
    }

    /// A SUBSCRIBE with some filters. The SUBACK comes first, then what is retained; a filter that it has is set anew, and what is retained sent again.
    mutating func subscribe(_ connection: UInt64, _ filters: [(filter: String, qos: QoS)], token: UInt64, at now: Instant, into out: inout [Output]) {
        guard let client = self[connection] else { return }
        for (filter, qos) in filters {
            if !client.filters.contains(filter) { client.filters.append(filter) }
            tree.insert(filter, SubscriptionTree.Subscriber(connection: connection, qos: qos.rawValue))
        }
        out.append(.suback(connection, token: token))
        for (filter, qos) in filters { sendRetained(filter, qos, to: client, at: now, &out) }
    }

    private mutating func sendRetained(_ filter: String, _ qos: QoS, to client: Client, at now: Instant, _ out: inout [Output]) {
        guard SubscriptionTree.isPattern(filter) else {
            if let index = topics[filter] { sendRetained(index, qos, to: client, at: now, &out) }
            return
        }
        let levels = SubscriptionTree.levels(of: filter)
        for topic in topics.keys.sorted() where SubscriptionTree.matches(levels, topic) {
            if let index = topics[topic] { sendRetained(index, qos, to: client, at: now, &out) }
        }
    }

    private mutating func sendRetained(_ index: Int, _ qos: QoS, to client: Client, at now: Instant, _ out: inout [Output]) {
        guard let message = kept[index].retained else { return }
        // mosquitto lets a retained message go at its second, a queued one after it.
        if let expires = message.expires, now.nanoseconds / 1_000_000_000 >= expires {
            kept[index].retained = nil
        } else {
            give(message, min(qos, message.qos), retained: true, to: client, at: now, &out)
        }
    }

    /// A PUBLISH. Whoever subscribed gets it before the publisher its PUBACK.
    /// - Parameter token: comes back with the PUBACK; for QoS 1.
    mutating func publish(_ connection: UInt64, _ message: Message, token: UInt64?, at now: Instant, into out: inout [Output]) {
        guard self[connection] != nil else { return }
        spread(message, at: now, &out)
        if let token { out.append(.puback(connection, token: token)) }
    }

    /// A PUBACK of a client's.
    mutating func acknowledge(_ connection: UInt64, at now: Instant, into out: inout [Output]) {
        guard let client = self[connection], client.inFlight > 0 else { return }
        client.inFlight -= 1
        flow(client, at: now, &out)
    }

    /// A DISCONNECT: the will is thrown away.
    mutating func disconnect(_ connection: UInt64) { _ = remove(connection) }

    /// The connection is broken, or was silent for too long: the will speaks.
    mutating func drop(_ connection: UInt64, at now: Instant, into out: inout [Output]) {
        if let will = remove(connection)?.will { spread(will, at: now, &out) }
    }

    /// Whether a client's socket takes anything.
    mutating func setWritable(_ connection: UInt64, _ isWritable: Bool, at now: Instant, into out: inout [Output]) {
        guard let client = self[connection] else { return }
        client.isWritable = isWritable
        flow(client, at: now, &out)
    }

    // MARK: Its own life

    /// SIGTERM: every will is published, and what is retained written to the file.
    mutating func stop(at now: Instant, into out: inout [Output]) -> Persisted {
        for case let client? in clients {
            guard let will = client.will else { continue }
            client.will = nil
            spread(will, at: now, &out)
        }
        return end()
    }

    /// SIGKILL.
    /// - Returns: what the file would hold if it had just been written.
    mutating func kill() -> Persisted { end() }

    private mutating func end() -> Persisted {
        let file = persisted
        self = MQTTBroker(limits: limits)
        return file
    }

    /// It starts, with a file or without.
    mutating func start(with file: Persisted?) {
        for message in file?.retained ?? [] { kept[index(of: message.topic)].retained = message }
    }

    var persisted: Persisted { Persisted(retained: kept.compactMap(\.retained)) }

    func retained(on topic: String) -> Message? { topics[topic].flatMap { kept[$0].retained } }

    // MARK: Inside

    private subscript(connection: UInt64) -> Client? { connection < UInt64(clients.count) ? clients[Int(connection)] : nil }

    private mutating func remove(_ connection: UInt64) -> Client? {
        guard let client = self[connection] else { return nil }
        clients[Int(connection)] = nil
        names[client.name] = nil
        for filter in client.filters { tree.remove(filter, connection) }
        return client
    }

    private mutating func index(of topic: String) -> Int {
        if let index = topics[topic] { return index }
        topics[topic] = kept.count
        kept.append(Kept())
        return kept.count - 1
    }

    private mutating func spread(_ message: Message, at now: Instant, _ out: inout [Output]) {
        let index = index(of: message.topic)
        if message.retain { kept[index].retained = message.isEmpty ? nil : message }
        if kept[index].generation != tree.generation {
            kept[index].subscribers = tree.subscribers(of: message.topic)
            kept[index].generation = tree.generation
        }
        for subscriber in kept[index].subscribers {
            // Who is gone is taken out of the list only with the next subscription.
            guard let client = clients[Int(subscriber.connection)] else { continue }
            give(message, subscriber.qos == 0 ? .atMostOnce : message.qos, retained: false, to: client, at: now, &out)
        }
    }

    private func give(_ message: Message, _ qos: QoS, retained: Bool, to client: Client, at now: Instant, _ out: inout [Output]) {
        let delivery = Delivery(message: message, qos: qos, isRetained: retained)
        let mayGo = client.isWritable && (qos == .atMostOnce || (client.inFlight < limits.inFlight && client.waiting.isEmpty))
        if mayGo {
            send(delivery, to: client, &out)
        } else if qos == .atMostOnce {
            guard client.waitingAtMostOnce < limits.queuedAtMostOnce else { return out.append(.dropped(client.connection)) }
            client.waitingAtMostOnce += 1
            client.waiting.append(delivery)
        } else {
            client.waiting.append(delivery)
        }
    }

    private func send(_ delivery: Delivery, to client: Client, _ out: inout [Output]) {
        if delivery.qos == .atLeastOnce { client.inFlight += 1 }
        out.append(.deliver(client.connection, delivery))
    }

    /// What waits goes, as far as window and socket let it; what has expired meanwhile does not.
    private func flow(_ client: Client, at now: Instant, _ out: inout [Output]) {
        guard client.isWritable, !client.waiting.isEmpty else { return }
        var stay: [Delivery] = []
        for delivery in client.waiting {
            if delivery.qos == .atLeastOnce, client.inFlight >= limits.inFlight {
                stay.append(delivery)
                continue
            }
            if delivery.qos == .atMostOnce { client.waitingAtMostOnce -= 1 }
            if let expires = delivery.message.expires, now.nanoseconds / 1_000_000_000 > expires { continue }
            send(delivery, to: client, &out)
        }
        client.waiting = stay
    }
}
