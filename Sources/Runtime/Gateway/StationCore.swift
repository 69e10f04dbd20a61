public import ChargingModel
public import OCPP

/// A station as the gateway sees it, as a value: frames, the wishes of its engines and the time go in, actions come out. It knows OCPP and what the
/// station has begun; who may charge, and what it costs, it does not know.
///
/// What follows a `journal` waits until that is on the disk.
public struct StationCore: Sendable {
    public struct Settings: Hashable, Sendable {
        /// The time between two heartbeats that a station is asked for.
        public var heartbeat: Duration
        /// The time that a station has to answer a call.
        public var callPatience: Duration
        /// The time that Central has to say whether a token may charge, while the station waits.
        public var tokenPatience: Duration
        /// A beginning that is told later than this was offline: nobody waits for an answer any more, and what flowed since then would be more than a
        /// session that is accepted now can have metered (P4).
        public var freshness: Duration

        public init(
            heartbeat: Duration = .seconds(300), callPatience: Duration = .seconds(30), tokenPatience: Duration = .seconds(8),
            freshness: Duration = .seconds(20)
        ) {
            self.heartbeat = heartbeat
            self.callPatience = callPatience
            self.tokenPatience = tokenPatience
            self.freshness = freshness
        }
    }

    public enum Event: Sendable {
        /// A connection stands; it takes the place of any before.
        case connected(UInt64, OCPPVersion)
        case disconnected(UInt64)
        case text(UInt64, [UInt8])
        /// The engine of a connector wants a session to begin: at a driver's wish, or as the answer to a token that was shown.
        case start(Int32, SessionID, answering: RequestID?)
        case order(Int32, StationOrder)
        /// The engine's journal has the record of this session.
        case recorded(SessionID)
        /// Somebody wants something of the station; the question is answered by its number.
        case call(BackendCall, question: UInt64)
        case tick
    }

    public enum Action: Sendable {
        case journal(StationEntry)
        case send(UInt64, [UInt8])
        case close(UInt64, String)
        /// A connector that was not known: it needs a charge point.
        case found(Int32)
        case engine(Int32, StationEvent)
        case vehicleAwaited(Int32, SessionID)
        case fault(Int32, String?)
        /// Asks Central whether a token may charge here.
        case ask(Int32, RequestID, TokenID)
        case answered(UInt64, CallOutcome)
        case notice(Notice)
    }

    /// The outcome of a call to a station.
    public enum CallOutcome: Sendable {
        case answered(OCPPPayload)
        /// With the code and the words of its CALLERROR.
        case refused(String)
        case noAnswer
        case notConnected
        case notInThisVersion
    }

    public enum Notice: Hashable, Sendable {
        case booted(BootReport)
        /// An oddity, the first time that it is met in a connection.
        case quirk(Remark)
        case status(StatusReport)
        /// A token that may not charge, with the reason in a word.
        case turnedAway(String, TokenStatus)
        /// A stop of a transaction that nobody knows.
        case unmatchedStop(String)
        /// A transaction whose beginning was announced and did not come: its record begins where the first value of it stands.
        case beginningLost(String)
        case registerFell(Int32, from: Energy, to: Energy)
        /// It has other meters than before.
        case metersChanged(from: MeterSerials, to: MeterSerials)
        case broken(String)
        case callFailed(String, String)
    }

    /// A connection of the station.
    struct Link: Sendable {
        var id: UInt64
        var version: OCPPVersion
        /// Answers to calls of this connection, by their ids, for those that come again.
        var answers: [(id: String, bytes: [UInt8])] = []
        var hasSpoken = false
        var hasBooted = false
        var since: Instant
        var askedToBoot = false
        var remarked: Set<Quirk> = []
    }

    public let id: String
    public let settings: Settings
    public internal(set) var memory: StationMemory
    public internal(set) var boot: BootReport?
    var link: Link?
    var connectors: [Int32: Connector]
    /// The station's word on itself as a whole.
    var station: (status: ConnectorStatus, error: String?)?
    /// The open transactions, by their ids.
    var courses: [String: Course] = [:]
    /// The serial numbers of other meters than the known ones, until all engines count on them.
    var newSerials: MeterSerials?
    /// The milliseconds by which the station's clock is ahead; `nil` as long as nobody knows.
    var clockAhead: Int64?
    /// Calls of the station whose answer is still to come, by their ids.
    var replies: [String: Reply] = [:]
    var asks: [RequestID: Ask] = [:]
    var calls = OutgoingCalls()
    var now = Now(monotonic: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 0))
    var random: SplitMix64
    var actions: [Action] = []

    /// - Parameter connectors: those that are known, as their engines have them.
    public init(id: String, settings: Settings = Settings(), memory: StationMemory, connectors: [Int32: Connector] = [:], seed: UInt64) {
        self.id = id
        self.settings = settings
        self.memory = memory
        self.connectors = connectors
        random = SplitMix64(seed: seed)
    }

    /// Tells the engines again what they may not have heard before this process ended. Must be the first call.
    public mutating func begin(at now: Now) -> [Action] {
        self.now = now
        for transaction in memory.open { resume(transaction) }
        for transaction in memory.open where transaction.end != nil && transaction.hasBegun { settle(transaction.id) }
        for evse in connectors.keys.sorted() {
            // One whose transaction is not known any more can't be told from others when it ends.
            if let session = connectors[evse]?.charging, memory.openTransaction(of: session) == nil { actions.append(.engine(evse, .lost(session))) }
            connectors[evse]?.charging = nil
            settlePast(at: evse)
        }
        for evse in connectors.keys.sorted() { sayOccupied(evse) }
        return take()
    }

    /// Goes on with a transaction of an earlier life.
    private mutating func resume(_ transaction: StationTransaction) {
        let evse = place(transaction.evse)
        if let start = transaction.start {
            let reached = transaction.isAgreed ? connectors[evse].map { $0.register - transaction.offset } : nil
            withCourse(transaction.id) { $0.meter = SessionMeter(start: start, remembered: reached) }
        }
        withCourse(transaction.id) { $0.isDrawing = !transaction.token.isEmpty }
        if !transaction.hasBegun { waitForRest(of: transaction.id) }
        if transaction.end == nil {
            connectors[evse]?.transaction = transaction.id
            if transaction.isAgreed { sayBegan(transaction) }
            if connectors[evse]?.wanted?.session == transaction.session { connectors[evse]?.wanted = nil }
        }
    }

    public mutating func handle(_ event: Event, at now: Now) -> [Action] {
        self.now = now
        switch event {
        case .connected(let id, let version): connect(id, version)
        case .disconnected(let id): if link?.id == id { disconnect() }
        case .text(let id, let bytes): if link?.id == id { hear(bytes) }
        case .start(let evse, let session, let request): start(session, at: evse, answering: request)
        case .order(let evse, .end(let session)): end(session, at: evse)
        case .order(let evse, .serve(let isServing)): serve(isServing, at: evse)
        case .order(_, .denied(let request, let code)): deny(request, code)
        // Who is admitted is told with the session that begins.
        case .order(_, .admitted): break
        case .order(let evse, .meterChanged): meterChanged(evse)
        case .recorded(let session): recorded(session)
        case .call(let call, let question): ask(call, question)
        case .tick: break
        }
        advance()
        return take()
    }

    private mutating func take() -> [Action] {
        assert(disagreement == nil, disagreement ?? "")
        defer { actions = [] }
        return actions
    }

    /// The time at which `tick` is due.
    public var deadline: Instant? {
        var next = calls.deadline
        func consider(_ instant: Instant) { next = next.map { min($0, instant) } ?? instant }
        for ask in asks.values { consider(min(ask.until, ask.askAt ?? ask.until)) }
        for course in courses.values { if let until = course.waitsUntil { consider(until) } }
        for connector in connectors.values where link?.hasSpoken == true {
            if let at = connector.lostAt { consider(at) }
            if let at = connector.endsAgainAt { consider(at) }
        }
        for connector in connectors.values where connector.mayChangeMeter { if let at = connector.meterChangesAt { consider(at) } }
        if let link, !link.hasBooted, !link.askedToBoot { consider(link.since + StationCore.bootPatience) }
        return next
    }

    /// The time after which a station that says nothing of itself is asked.
    static let bootPatience = Duration.seconds(10)

    private mutating func advance() {
        if let given = calls.overdue(at: now.monotonic) { conclude(given, .noAnswer) }
        askWhatIsDue()
        waitNoLonger()
        for evse in connectors.keys.sorted() where link?.hasSpoken == true {
            loseIfDue(evse)
            if let at = connectors[evse]?.endsAgainAt, at <= now.monotonic { askToEndAgain(evse) }
        }
        changeMeters()
        if let link, !link.hasBooted, !link.askedToBoot, now.monotonic - link.since >= StationCore.bootPatience {
            self.link?.askedToBoot = true
            send(.trigger(.boot, nil), for: .nobody)
            send(.trigger(.status, nil), for: .nobody)
        }
        sendNext()
    }
}
