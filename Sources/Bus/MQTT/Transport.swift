/// The number of one attempt of a client to connect, and of the connection that came of it. Later ones are greater.
public struct ConnectionID: Hashable, Comparable, Sendable {
    public let number: UInt64

    public init(number: UInt64) { self.number = number }

    public static func < (a: ConnectionID, b: ConnectionID) -> Bool { a.number < b.number }
}

/// The last will of a connection: QoS 1, retained.
public struct LastWill: Hashable, Sendable {
    public var topic: String
    public var payload: [UInt8]

    public init(topic: String, payload: [UInt8]) {
        self.topic = topic
        self.payload = payload
    }
}

/// An order of a `BusSession` to whatever makes connections: libmosquitto in a program, the modelled network in the simulator. Orders are carried out in
/// their sequence; what comes of them are `TransportEvent`s.
public enum TransportOrder: Hashable, Sendable {
    /// Make a connection of this number, now or when there is a place for it: `attempting` says that it begins.
    case connect(ConnectionID, will: LastWill?)
    /// One SUBSCRIBE, whose filters share QoS and options; answered by `subscribed` with the token.
    case subscribe(ConnectionID, DeliveryToken, [Subscription])
    /// QoS 1 is answered by `acknowledged` or `rejected` with the token; QoS 0 by nothing, or by `rejected`.
    case publish(ConnectionID, DeliveryToken, OutgoingMessage)
    /// Write what is queued, say DISCONNECT so that the will is forgotten, close; answered by `disconnected` in any case. Nothing else is told of it.
    case disconnect(ConnectionID)
    /// Close at once, without a word. Nothing is told of it any more.
    case close(ConnectionID)
}

/// News of a connection. Each names its connection: one that is not the session's current one changes nothing.
public enum TransportEvent: Hashable, Sendable {
    /// The attempt has begun: from here its time runs.
    case attempting(ConnectionID)
    /// TCP is up: a CONNECT may be on its way from here.
    case opened(ConnectionID)
    /// The broker said yes (CONNACK).
    case accepted(ConnectionID)
    /// SUBACK. The error names the first filter that the broker refused.
    case subscribed(ConnectionID, DeliveryToken, refusal: MQTTError?)
    case received(ConnectionID, IncomingMessage)
    /// PUBACK.
    case acknowledged(ConnectionID, DeliveryToken)
    /// The message can't be sent, or the broker does not want it.
    case rejected(ConnectionID, DeliveryToken, MQTTError)
    /// The attempt failed, or the connection broke.
    case ended(ConnectionID, MQTTError)
    /// The clean disconnect that was ordered is done.
    case disconnected(ConnectionID)
    /// The process stood still for so long.
    case stalled(Duration)
}
