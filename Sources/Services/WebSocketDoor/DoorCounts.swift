/// The counts of a door.
public struct DoorCounts: Hashable, Sendable {
    /// Connections of TCP that were taken.
    public var accepted: UInt64 = 0
    /// Those that made room for others before their handshake was over.
    public var dismissed: UInt64 = 0
    /// Those whose handshake took too long.
    public var late: UInt64 = 0
    /// Those that failed at TLS, or spoke no HTTP.
    public var unreadable: UInt64 = 0
    /// Those that were refused, by the door or its caller, with an HTTP status.
    public var refused: UInt64 = 0
    /// Those that were let in.
    public var opened: UInt64 = 0
    /// Those that are in their handshake now.
    public var unfinished = 0
    /// The stations that are there now.
    public var stations = 0

    public init() {}
}
