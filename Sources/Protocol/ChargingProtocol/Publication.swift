/// A message as it goes to the broker.
public struct Publication: Hashable, Sendable {
    public enum QoS: Hashable, Sendable {
        case atMostOnce
        case atLeastOnce
    }

    public var topic: String
    /// The payload: JSON in UTF-8.
    public var payload: [UInt8]
    public var qos: QoS
    public var retain: Bool
    /// The seconds after which the broker throws it away undelivered (P12); `nil` for never.
    public var expirySeconds: UInt32?
}
