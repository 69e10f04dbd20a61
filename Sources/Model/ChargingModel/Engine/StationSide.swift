/// A word of a station that is the hardware of an engine: it has a meter and a will of its own.
public enum StationEvent: Hashable, Sendable {
    /// It can be reached, or not: then it charges on, and says later what it did.
    case reachable(Bool)
    /// It can't serve, since its own people took it out of service.
    case unavailable(Bool)
    /// A vehicle is plugged in that may not be promised to anybody: one that has been charged, or charges unasked.
    case occupied(Bool)
    /// It won't begin the session, with the reason in a few words.
    case refused(SessionID, String)
    /// Energy flows for the session, counted from this register on.
    case began(SessionID, register: Energy, at: WallTime, clock: SessionClock)
    case metered(SessionID, StationReading)
    case phase(SessionID, Phase)
    /// The session is over, at this register.
    case ended(SessionID, MeteredEnd)
    /// Nothing is charged any more, and nobody knows at which register the session ended: it is left open for what may still be said.
    case lost(SessionID)
    /// The record of a session that is not under way: begun without Central, or told so late.
    case found(FoundRecord)
    /// Registers of before are of another meter than those that come.
    case newMeter
    /// Somebody shows a token and waits: Central is asked; answered by `admitted` or `denied`.
    case asks(RequestID, TokenID)

    /// The reason that is told while it can't be reached.
    public static let notConnected = "the station is not connected"
}

/// A session that a station metered and nobody agreed to, or that its engine does not have.
public struct FoundRecord: Hashable, Sendable {
    public var session: SessionID
    /// The token with which it was begun; `nil` for one that no account can have.
    public var token: TokenID?
    public var metered: MeteredEnd

    public init(session: SessionID, token: TokenID?, _ metered: MeteredEnd) {
        self.session = session
        self.token = token
        self.metered = metered
    }
}

/// The end of a session, as its station tells it.
public struct MeteredEnd: Hashable, Sendable {
    public var start: Energy
    public var end: Energy
    public var started: WallTime
    public var ended: WallTime
    public var clock: SessionClock
    public var reason: EndReason
    /// Its own word for that; `nil` when it said none.
    public var word: StationWord?

    public init(
        start: Energy, end: Energy, started: WallTime, ended: WallTime, clock: SessionClock, reason: EndReason, word: StationWord? = nil
    ) {
        self.start = start
        self.end = end
        self.started = started
        self.ended = ended
        self.clock = clock
        self.reason = reason
        self.word = word
    }
}

/// A meter value of a station.
public struct StationReading: Hashable, Sendable {
    public var register: Energy
    public var power: Power
    public var measured: Measurements

    public init(register: Energy, power: Power, measured: Measurements = Measurements()) {
        self.register = register
        self.power = power
        self.measured = measured
    }
}

/// An engine's wish to the station that is its hardware.
public enum StationOrder: Hashable, Sendable {
    /// End the session, or begin it no more; answered by `ended`, whenever the station obeys. It may come again.
    case end(SessionID)
    /// Serve nobody, or serve again (S8).
    case serve(Bool)
    /// The request is answered by this session, which is about to begin.
    case admitted(RequestID, SessionID)
    case denied(RequestID, DenialCode)
    /// Registers count on a new meter from now on, from zero: the answer to `newMeter`.
    case meterChanged
}

/// An engine's knowledge of the station that is its hardware.
struct StationSide: Hashable, Sendable {
    var isReachable = false
    /// The station's own fault.
    var fault: String?
    var isUnavailable = false
    /// The operator's wish (S8).
    var isOutOfOrder = false
    /// True when what it counts from now on is of another meter.
    var isMeterSpent = false
    /// True with a vehicle plugged in that is nobody's, as far as Central knows.
    var isOccupied = false
}
