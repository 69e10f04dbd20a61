internal import ChargingModel

/// The limits of a broker and its way of counting; the defaults are those of `mosquitto.conf`.
struct BrokerLimits: Hashable, Sendable {
    /// QoS 1 messages that one client is sent before it acknowledges, unless it says otherwise in its CONNECT (MQTT 5, 3.1.2.11.3);
    /// 1…65 535. mosquitto goes beyond it, see ``MQTTBroker/Outgoing``.
    var receiveMaximum = 20
    /// QoS 1 messages that may wait for one client's window, above which they are dropped; `nil` for no limit (`max_queued_messages 0`).
    var queued: Int?
    /// Packets that may wait for one client's full socket, above which QoS 0 messages to it are dropped; `nil` for no limit. mosquitto has one
    /// setting for both limits, and with ours, 0, drops nothing; a simulator may want less patience for QoS 0.
    var backlog: Int?
    /// Changes after which the retained messages are saved (`autosave_on_changes true`, `autosave_interval`), at least 1; `nil` for only at SIGTERM.
    var autosave: Int? = 10
    /// The wall clock's time at the monotonic clock's origin. mosquitto counts expiry in whole seconds of the wall clock, so that only
    /// the part below a second matters here.
    var wallOrigin: Duration = .zero
}

/// A topic's number in one broker's table.
struct BrokerTopic: Hashable, Sendable {
    let number: Int32
}

/// The reason why a broker closes a connection whose client did not ask for it. mosquitto 2.0.11 sends no DISCONNECT before it.
enum BrokerCloseReason: Hashable, Sendable {
    /// Another connection came with the same client id.
    case takenOver
    /// Nothing came from the client for 1.5 keepalives and up to 6 s more.
    case keepAlive
    /// The broker got SIGTERM.
    case stopped
    /// The broker got SIGKILL.
    case killed
}

/// The counts of a broker since it was made; a restart does not reset them.
struct BrokerCounts: Hashable, Sendable {
    var published: UInt64 = 0
    var delivered: UInt64 = 0
    /// Messages not sent because too much waited for their receiver.
    var dropped: UInt64 = 0
    /// Messages not sent because they expired while they waited for a window.
    var expired: UInt64 = 0
    var saves: UInt64 = 0
}
