public import ChargingProtocol

/// The way in which a message came.
public enum Delivery: Hashable, Sendable {
    /// The broker kept it, and sent it because somebody subscribed (P11).
    case stored
    /// It was published just now.
    /// - Parameter retain: the flag that its publisher set; `nil` where the broker does not show it (Retain As Published 0).
    case live(retain: Bool?)

    var isLive: Bool {
        switch self {
        case .stored: false
        case .live: true
        }
    }
}

/// A message as the checker understood it.
public struct Heard: Sendable {
    /// The message as it was read; `nil` when it could not be.
    public var received: Wire.Received?
    /// The faults in it.
    public var findings: [Finding]
}
