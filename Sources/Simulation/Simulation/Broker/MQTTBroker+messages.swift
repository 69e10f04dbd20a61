extension MQTTBroker {
    /// A publication as it reaches the broker, or a will.
    struct Message: Sendable {
        var topic: BrokerTopic
        var content: Content
        /// True when the payload is empty: retained, it deletes what is retained (MQTT 5, 3.3.1.3).
        var isEmpty = false
        /// True for QoS 1, false for QoS 0.
        var atLeastOnce = false
        var retain = false
        /// The message expiry interval in seconds; 0 is none, as mosquitto takes it.
        var expirySeconds: UInt32 = 0
        /// The caller's own mark of the sender, which the broker passes on.
        var sender: UInt64 = 0
    }

    /// A message that the broker keeps.
    struct Stored: Sendable {
        let message: Message
        /// The last whole second of the wall clock in which it may be sent; 0 for always.
        var lastSecond: Int64
    }

    /// A message on its way to a client.
    struct Delivery: Sendable {
        /// The receiver's connection.
        var connection: UInt64
        var topic: BrokerTopic
        var content: Content
        var isEmpty: Bool
        /// The number to acknowledge, counted up from 1 for each connection; `nil` for QoS 0.
        var id: UInt64?
        /// True for RETAIN=1: sent because of a subscription, not of a publication (Retain As Published is 0).
        var isRetained: Bool
        /// The seconds left when the broker wrote the message; `nil` without expiry, and in the last second, in which mosquitto leaves the
        /// property out.
        var remainingSeconds: UInt32?
        var sender: UInt64
    }

    /// An output of the broker: a packet or an act. What goes to one connection goes in this order.
    enum Output: Sendable {
        case connack(UInt64)
        case deliver(Delivery)
        case suback(UInt64, token: UInt64)
        case unsuback(UInt64, token: UInt64)
        case puback(UInt64, token: UInt64)
        /// The broker closes the connection; nothing follows to it.
        case closed(UInt64, BrokerCloseReason)
        /// A message was not sent, since too much waits for its receiver.
        case dropped(UInt64, BrokerTopic)
    }

    /// A subscription as a client asks for it, with Retain As Published 0, Retain Handling 0 and No Local 0.
    struct Filter: Hashable, Sendable {
        var filter: String
        var atLeastOnce: Bool
        /// Retained messages are not sent (Retain Handling 2).
        var liveOnly: Bool
        /// The subscriber's own messages do not come back (No Local).
        var othersOnly: Bool

        init(_ filter: String, atLeastOnce: Bool = true, liveOnly: Bool = false, othersOnly: Bool = false) {
            self.filter = filter
            self.atLeastOnce = atLeastOnce
            self.liveOnly = liveOnly
            self.othersOnly = othersOnly
        }
    }

    /// The contents of the persistence file: retained messages in the order of mosquitto's tree. Good for the broker that made it and for its copies.
    struct Persisted: Sendable {
        let messages: [Stored]

        /// A file that does not exist.
        init() { messages = [] }
        init(_ messages: [Stored]) { self.messages = messages }
    }
}
