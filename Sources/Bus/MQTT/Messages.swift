/// How hard the bus tries. QoS 2 is not used.
public enum QoS: UInt8, Hashable, Sendable {
    /// Lost without a word when a queue is full or a connection ends.
    case atMostOnce = 0
    /// Acknowledged by the broker (PUBACK); may arrive more than once.
    case atLeastOnce = 1
}

/// What a client wants to hear. Retained messages come with RETAIN set, live ones without (Retain As Published 0), unless it asks for more.
public struct Subscription: Hashable, Sendable {
    /// What else MQTT 5 lets a subscriber ask for.
    public struct Options: Hashable, Sendable {
        /// Live messages come with the RETAIN flag that their publisher set (Retain As Published 1).
        public var retainAsPublished: Bool
        /// What the broker keeps is not sent (Retain Handling 2).
        public var liveOnly: Bool
        /// The client's own messages do not come back (No Local).
        public var othersOnly: Bool
        /// Comes back in `IncomingMessage.subscription`: 1…268 435 455.
        public var identifier: UInt32?

        public init(retainAsPublished: Bool = false, liveOnly: Bool = false, othersOnly: Bool = false, identifier: UInt32? = nil) {
            self.retainAsPublished = retainAsPublished
            self.liveOnly = liveOnly
            self.othersOnly = othersOnly
            self.identifier = identifier
        }
    }

    /// A topic filter, with `+` and `#`.
    public var filter: String
    public var qos: QoS
    public var options: Options
    /// True when the connection goes on without it if the broker refuses it.
    public var isOptional: Bool

    public init(_ filter: String, _ qos: QoS = .atLeastOnce, options: Options = Options(), isOptional: Bool = false) {
        self.filter = filter
        self.qos = qos
        self.options = options
        self.isOptional = isOptional
    }
}

/// What goes out.
public struct OutgoingMessage: Hashable, Sendable {
    /// Without wildcards, not empty.
    public var topic: String
    /// At most 256 MiB; brokers take less. Empty and retained: deletes what the broker keeps.
    public var payload: [UInt8]
    public var qos: QoS
    public var retain: Bool
    /// Seconds after which the broker throws the message away instead of delivering it; nil for never.
    public var expirySeconds: UInt32?

    /// The bytes of topic and payload: what a queue's limit counts.
    package var bytes: Int { topic.utf8.count + payload.count }

    public init(topic: String, payload: [UInt8], qos: QoS = .atLeastOnce, retain: Bool = false, expirySeconds: UInt32? = nil) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.expirySeconds = expirySeconds
    }
}

/// What came in.
public struct IncomingMessage: Hashable, Sendable {
    public var topic: String
    /// At most `MQTTSettings.maxInboundPayload` bytes.
    public var payload: [UInt8]
    /// What the broker kept from earlier; false for what was sent while subscribed, unless `Subscription.Options.retainAsPublished` was asked for.
    public var retained: Bool
    public var qos: QoS
    /// The identifier of the subscription that it came by, if that has one.
    public var subscription: UInt32?

    public init(topic: String, payload: [UInt8], retained: Bool = false, qos: QoS = .atMostOnce, subscription: UInt32? = nil) {
        self.topic = topic
        self.payload = payload
        self.retained = retained
        self.qos = qos
        self.subscription = subscription
    }
}

/// Names one accepted message of one client. Later ones are greater.
public struct DeliveryToken: Hashable, Comparable, Sendable {
    public let number: UInt64

    public init(number: UInt64) { self.number = number }

    public static func < (a: DeliveryToken, b: DeliveryToken) -> Bool { a.number < b.number }
}
