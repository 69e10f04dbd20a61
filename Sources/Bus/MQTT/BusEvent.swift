/// What a `BusClient` tells its owner, on the loop.
public enum BusEvent: Hashable, Sendable {
    /// The epoch of the next connection is to be put where a crash can't take it; until `persisted` says so there is no connection.
    case persist(epoch: UInt64)
    /// Connected, subscribed, own retained topic read: from here the owner may publish, everything under this epoch.
    case online(epoch: UInt64)
    /// It was online and is not any more. Nothing that was accepted and not yet `.delivered` will be sent again; the client reconnects by itself.
    case offline(MQTTError)
    /// An attempt to get online failed; the next one comes by itself after the delay.
    case attemptFailed(MQTTError, retryIn: Duration)
    /// A handshake was given up after the connection was made: messages that were heard in it are of a connection that is gone.
    case abandoned
    /// Something arrived, perhaps (retained messages) before `.online`. Messages on the presence's own topic are not told.
    case message(IncomingMessage)
    /// The broker has this QoS 1 message (PUBACK).
    case delivered(DeliveryToken)
    /// The broker does not want this QoS 1 message, by its access rules or limits.
    case rejected(DeliveryToken, MQTTError)
    /// The own retained message was overwritten or deleted: publish it again.
    /// - isNews: somebody did it now; false when it is said again, for those who believe another epoch.
    /// - number: the highest that was given in this connection, perhaps by somebody else: the next one is above it.
    case restore(isNews: Bool, number: UInt64)
    /// Another copy of this client took over with this epoch. The client has disconnected, published nothing, and will not come back.
    case takenOver(epoch: UInt64)
    /// The client can't go on (epochs used up) and will not come back.
    case failed(MQTTError)
    /// The stop that was asked for is complete. The last event.
    case stopped
}

/// What a client has done since it was made.
public struct BusCounters: Hashable, Sendable {
    /// Messages accepted by `publish`.
    public var accepted: UInt64 = 0
    /// Of those, written to the socket (QoS 0) or acknowledged (QoS 1).
    public var sent: UInt64 = 0
    /// QoS 0 messages refused because too much was queued.
    public var droppedQueueFull: UInt64 = 0
    /// Messages that were not accepted since the broker takes none of their size.
    public var tooLarge: UInt64 = 0
    /// QoS 1 messages refused because too much was queued.
    public var refusedQueueFull: UInt64 = 0
    /// Messages accepted whose connection ended before they were written or acknowledged.
    public var lostWithConnection: UInt64 = 0
    /// QoS 1 messages that the broker did not want.
    public var rejected: UInt64 = 0
    /// Messages that arrived, the next two included.
    public var received: UInt64 = 0
    /// Arrived with a payload over the limit and thrown away.
    public var droppedTooLong: UInt64 = 0
    /// Arrived with a topic that is not UTF-8 and thrown away.
    public var droppedMalformed: UInt64 = 0
    /// Accepted connections.
    public var connects: UInt64 = 0
    /// Attempts to connect that failed.
    public var failedAttempts: UInt64 = 0
    /// Connections dropped because this process stood still for longer than the keepalive (P12).
    public var stalls: UInt64 = 0
    /// Now: accepted messages not yet written or acknowledged, and their bytes.
    public var inFlight = 0
    public var inFlightBytes = 0

    public init() {}

    /// The sums of both.
    package func adding(_ other: BusCounters) -> BusCounters {
        var sum = self
        for counter in [
            \BusCounters.accepted, \.sent, \.droppedQueueFull, \.tooLarge, \.refusedQueueFull, \.lostWithConnection, \.rejected, \.received,
            \.droppedTooLong, \.droppedMalformed, \.connects, \.failedAttempts, \.stalls,
        ] { sum[keyPath: counter] &+= other[keyPath: counter] }
        sum.inFlight += other.inFlight
        sum.inFlightBytes += other.inFlightBytes
        return sum
    }
}
