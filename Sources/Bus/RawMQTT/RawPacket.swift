/// A packet of a broker, MQTT 5.
public enum RawPacket: Hashable, Sendable {
    case connack(RawAnswer)
    case publish(RawPublish)
    case puback(UInt16, reason: UInt8)
    case suback(UInt16, reasons: [UInt8])
    case unsuback(UInt16)
    case pingresp
    case disconnect(reason: UInt8)
}

/// A PUBLISH, or a will.
public struct RawPublish: Hashable, Sendable {
    public var topic: String
    public var payload: [UInt8]
    /// 0 for QoS 0.
    public var id: UInt16
    public var retain: Bool
    /// True for one that was sent before, and is sent again.
    public var isRepeated = false
    public var expirySeconds: UInt32?
    /// The identifiers of the subscriptions that it came by.
    public var subscriptions: [UInt32] = []

    public init(topic: String, payload: [UInt8], id: UInt16 = 0, retain: Bool = false, expirySeconds: UInt32? = nil) {
        self.topic = topic
        self.payload = payload
        self.id = id
        self.retain = retain
        self.expirySeconds = expirySeconds
    }

    public var text: String { String(decoding: payload, as: UTF8.self) }
}

/// A CONNACK, and what the broker offers by it.
public struct RawAnswer: Hashable, Sendable {
    public var reason: UInt8
    public var hasSession: Bool
    public var properties: RawProperties

    public init(reason: UInt8, hasSession: Bool = false, properties: RawProperties = RawProperties()) {
        self.reason = reason
        self.hasSession = hasSession
        self.properties = properties
    }
}

/// A CONNECT.
public struct RawConnect: Sendable {
    public var clientID: String
    public var isCleanStart = true
    /// Seconds; 0 for none.
    public var keepAlive: UInt16 = 0
    public var sessionExpirySeconds: UInt32 = 0
    public var receiveMaximum: UInt16?
    public var will: RawPublish?
    public var isWillAtLeastOnce = false
    public var user: String?
    public var password: String?

    public init(_ clientID: String) { self.clientID = clientID }
}

/// One filter of a SUBSCRIBE, with its options.
public struct RawSubscription: Sendable {
    public var filter: String
    public var isAtLeastOnce: Bool
    public var noLocal = false
    public var retainAsPublished = false
    /// 0: what is kept comes; 1: only with a new subscription; 2: never.
    public var retainHandling: UInt8 = 0

    public init(_ filter: String, atLeastOnce: Bool = true, noLocal: Bool = false, retainAsPublished: Bool = false, retainHandling: UInt8 = 0) {
        self.filter = filter
        isAtLeastOnce = atLeastOnce
        self.noLocal = noLocal
        self.retainAsPublished = retainAsPublished
        self.retainHandling = retainHandling
    }

    var options: UInt8 { (isAtLeastOnce ? 1 : 0) | (noLocal ? 4 : 0) | (retainAsPublished ? 8 : 0) | retainHandling << 4 }
}
