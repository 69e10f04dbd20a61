internal import NIOCore
internal import WebSocket

/// The limits and times of a connection after its handshake.
struct SocketRules: Sendable {
    /// The most bytes of one message.
    var messageBytes: Int
    /// The most bytes that may wait for the other end to take them.
    var outgoingBytes: Int
    /// `nil`: no pings.
    var pingInterval: TimeAmount?
    /// After so many pings without any frame it is over.
    var pings: Int
    /// The longest wait for the other end's goodbye.
    var farewell: TimeAmount
    /// True at the side of the server.
    var isServer: Bool
    /// The name of the other end in words.
    var other: String { isServer ? "the station" : "the backend" }
}
