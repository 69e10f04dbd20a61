internal import ChargingModel
internal import MQTT

/// A payload on its way: encoded once, whoever gets it.
final class Parcel: Sendable {
    let topic: String
    let payload: [UInt8]

    init(topic: String, payload: [UInt8]) {
        self.topic = topic
        self.payload = payload
    }
}

/// A packet of a client.
enum Upward {
    case connect(will: Parcel?)
    case subscribe([Subscription], token: UInt64)
    case publish(Parcel, isAtLeastOnce: Bool, retain: Bool, expires: Duration?, token: UInt64)
    case disconnect
    /// Its end of the connection is closed without a word.
    case closed
}

/// A packet of the broker.
enum Downward {
    case accepted
    case subscribed(token: UInt64)
    case received(token: UInt64)
    case publish(Parcel, retained: Bool, delivery: UInt64?)
    case closed
}
