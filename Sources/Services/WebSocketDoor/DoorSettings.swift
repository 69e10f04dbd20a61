internal import Platform
public import ServerTLS

/// The settings of a door for stations.
public struct DoorSettings: Sendable {
    /// A name or a numeric address.
    public var host: String
    /// 0 for any.
    public var port: UInt16
    /// For `wss`; `nil`: `ws`.
    public var certificate: ServerCertificate?
    /// The most stations; above it, 503. As many as the process may have descriptors for beside the handshakes, at most 10 000.
    public var stations = DoorSettings.room
    /// The most connections whose handshake is not over.
    public var handshakes = 512
    /// The longest time for a whole handshake.
    public var handshakeTime = Duration.seconds(10)
    /// The time for the caller's decision; then 503.
    public var decisionTime = Duration.seconds(5)
    /// The time that a connection may have for its handshake even if others wait.
    public var grace = Duration.milliseconds(250)
    public var pingInterval = Duration.seconds(20)
    /// After so many pings without any frame a connection is over.
    public var pings = 3
    /// The longest wait for a station's goodbye.
    public var farewell = Duration.seconds(2)
    /// The most bytes of one message.
    public var messageBytes = 1 << 20
    /// The most bytes that may wait for one station to take them.
    public var outgoingBytes = 1 << 20
    /// So many messages, and bytes, of a station may wait for the loop before nothing more is read of it.
    public var framesAhead = 16
    public var bytesAhead = 256 << 10
    /// The bytes that may wait for the loop, and that may be held for the rest of messages, of all stations together.
    public var totalBytes = 64 << 20
    /// NIO's threads.
    public var threads = 2

    private static var room: Int { DescriptorLimit.current.map { max(16, min(10_000, Int(clamping: $0) - 512 - 128)) } ?? 384 }

    public init(host: String = "127.0.0.1", port: UInt16, certificate: ServerCertificate? = nil) {
        self.host = host
        self.port = port
        self.certificate = certificate
    }
}
