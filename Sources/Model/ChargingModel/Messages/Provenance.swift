/// The party that began a session.
public enum SessionOrigin: String, Hashable, Sendable, CaseIterable {
    /// Central, at a driver's request: the session and its price were promised before it began.
    case central
    /// Somebody at the station, whom Central let in.
    case station
    /// Somebody at the station, without Central: that it was metered is a fact.
    case offline
}

/// The clock by which the beginning and the end of a session were timed.
public enum SessionClock: String, Hashable, Sendable, CaseIterable {
    /// The engine's.
    case engine
    /// A station's own, which nobody has set, perhaps.
    case station
    /// The gateway's, which heard of it.
    case gateway
}

/// The origin of a session.
public struct Provenance: Hashable, Sendable {
    public var origin: SessionOrigin
    /// The name under which the card is known with which it was begun; never what is stored on the card.
    public var token: TokenID?
    public var clock: SessionClock

    public init(origin: SessionOrigin = .central, token: TokenID? = nil, clock: SessionClock = .engine) {
        self.origin = origin
        self.token = token
        self.clock = clock
    }

    /// Begun by Central and timed by the engine, as all sessions of protocol version 1 are.
    public static let central = Provenance()
}
