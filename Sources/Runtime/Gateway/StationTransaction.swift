public import ChargingModel

/// A transaction of a station, as the gateway keeps it: one session, whatever the station calls it.
public struct StationTransaction: Hashable, Sendable {
    /// The station's word on its end.
    public struct End: Hashable, Sendable {
        /// The station's register; `nil` when it said none that can be read.
        public var register: Energy?
        public var at: WallTime
        public var clock: SessionClock
        public var reason: EndReason
        /// The station's own word for it; `nil` when it said none.
        public var word: StationWord?

        public init(register: Energy?, at: WallTime, clock: SessionClock, reason: EndReason, word: StationWord? = nil) {
            self.register = register
            self.at = at
            self.clock = clock
            self.reason = reason
            self.word = word
        }
    }

    /// The id by which the station knows it: the gateway's number in 1.6, the station's own text in 2.0.1.
    public var id: String
    /// The connector of 1.6, the EVSE of 2.0.1.
    public var evse: Int32
    /// Central's session, or one of the gateway's making where Central was not asked, or did not agree.
    public var session: SessionID
    /// True when the session is Central's, and its engine has it.
    public var isAgreed: Bool
    /// The token as the station sent it; empty while none was shown (2.0.1).
    public var token: String
    /// The station's register when it began, or the first that was heard, as long as it has not begun; `nil` while none was.
    public var start: Energy?
    /// The energy that is added to the station's register, so that the engine's never falls.
    public var offset: Energy
    public var began: WallTime
    /// The station's own time of it, by which a repeat is known; `nil` when it said none.
    public var told: WallTime?
    public var clock: SessionClock
    /// False while only what came after its beginning was heard: that may still come (2.0.1).
    public var hasBegun: Bool
    /// Its end; what is left to do then is the record.
    public var end: End?

    public init(
        id: String, evse: Int32, session: SessionID, isAgreed: Bool, token: String, start: Energy?, offset: Energy = .zero, began: WallTime,
        told: WallTime?, clock: SessionClock, hasBegun: Bool = true, end: End? = nil
    ) {
        self.id = id
        self.evse = evse
        self.session = session
        self.isAgreed = isAgreed
        self.token = token
        self.start = start
        self.offset = offset
        self.began = began
        self.told = told
        self.clock = clock
        self.hasBegun = hasBegun
        self.end = end
    }

    /// The register of the engine for one of the station's.
    func register(_ raw: Energy) -> Energy { raw + offset }
}
