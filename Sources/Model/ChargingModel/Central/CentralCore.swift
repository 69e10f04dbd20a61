/// Central as a value: it believes what it hears live, decides on requests, and closes every session exactly once.
///
/// Decide → write → publish: what promises something goes out as a `commit` first; the actions that follow from it come
/// with the commit's result (S1). One commit is in flight at a time; what is decided meanwhile is the next group.
public struct CentralCore: Sendable {
    public enum Event: Hashable, Sendable {
        case online(Epoch)
        case offline
        /// A message of an engine, a monitor, a driver, or the own fence.
        case received(BusMessage, retained: Bool)
        /// The broker has taken a message that was published with this delivery number.
        case delivered(UInt64)
        /// The broker has refused the message with this delivery number; perhaps it takes it another time.
        case refused(UInt64)
        case committed(UInt64, [LedgerResult])
        /// The commit with this number failed: nothing of it is in the ledger, or it is not known what.
        case commitFailed(UInt64)
        /// The answer to `read`; `nil` when the ledger could not be read.
        case snapshot(LedgerSnapshot?)
        /// The operator asks for something; answered once, with this number.
        case ask(OperatorRequest, UInt64)
        /// The answer to `readAccess`: who is known now; `nil` when that is as it was.
        case access(AccessList?)
        /// The own retained topic was overwritten or emptied, and is to be said again (P9).
        /// - isNews: somebody did it now; false when it is said once more, for those who believe another Central.
        case overwritten(isNews: Bool = true)
        /// Somebody else spoke on a topic that is Central's alone, or emptied it.
        case foreign(KeptTopic)
        case tick
        case stop
    }

    /// A topic on which the broker keeps what Central says, besides its status.
    public enum KeptTopic: Hashable, Sendable {
        case verdict(ChargePointID)
        case tickets(DriverID)
    }

    public enum Action: Hashable, Sendable {
        /// Write a group of operations, all or nothing; answered by `committed` or `commitFailed`.
        case commit(UInt64, [LedgerOperation])
        /// Read everything needed to go on; answered by `snapshot`.
        case read
        /// Look who is known now (P15); answered by `access`.
        case readAccess
        /// Go on the bus, and stay on it: the ledger has been read, or has been found not to work.
        case connect
        /// Publish a message, with a delivery number where the broker's receipt matters.
        case publish(BusMessage, delivery: UInt64?)
        case farewell(BusMessage)
        /// The answer to the operator's question with this number.
        case answer(UInt64, OperatorAnswer)
        /// Empty what the broker keeps of a point.
        case erase(ChargePointID)
        case notice(Notice)
    }

    /// A message for the operator.
    public indirect enum Notice: Hashable, Sendable {
        case registered(ChargePointID)
        case faulty(ChargePointID, why: String)
        case recovered(ChargePointID)
        case disconnected(ChargePointID, why: String)
        case requested(DriverID, RequestID, ChargePointID?)
        case assigned(DriverID, ChargePointID)
        case denied(DriverID, ChargePointID?, DenialCode, String)
        /// A card was turned away at a station, or could not be looked up.
        case cardDenied(TokenID, ChargePointID, DenialCode, String)
        case sessionStarted(DriverID, ChargePointID)
        case sessionCompleted(DriverID, ChargePointID, SessionID, EndReason)
        case sessionFailed(DriverID, ChargePointID, SessionID, EndReason)
        case recordCompleted(SessionID)
        case orphan(ChargePointID, SessionRecord)
        /// A session that was begun offline is billed to the account of its token.
        case enteredOffline(DriverID, ChargePointID, SessionID, Energy)
        case contradiction(SessionID, String)
        /// The engine of a closed session keeps its record no more: it stays incomplete.
        case recordIsGone(ChargePointID, SessionID)
        /// A reading of an open session was not believed: said once for each session.
        case doubted(ChargePointID, SessionID, ReadingBelief.Doubt)
        /// The operator decided on a record that had been put aside.
        case judged(RecordVerdict)
        /// The operator changed a token.
        case tokenChanged(TokenChange, by: String)
        /// A token is one account's in the ledger, and this one's in `network.json`.
        case tokenDisputed(AccountToken, DriverID)
        case ledgerFailed
        case ledgerBack
        /// An operation that the ledger can't hold: a bug, or a ledger that somebody else wrote to.
        case ledgerRefused(String)
        /// The limit of points is reached, and further unknown points are ignored; said once.
        case tooManyPoints(Int)
        /// A point that is in no list wants in: it is not heard. Said once a minute.
        case unknownPoint(ChargePointID)
        /// A driver asked so often, or so many asked for a point, that denials are not recorded any more; said once a minute.
        case tooManyRequests(DriverID, ChargePointID?)
        /// So many records of a point had to be put aside that no more are taken; said once a minute.
        case tooManyRecords(ChargePointID)
    }

    /// Counters for metrics.
    public struct Counters: Hashable, Sendable {
        public var staleDropped: UInt64 = 0
        public var repeatedDropped: UInt64 = 0
        public var stateGaps: UInt64 = 0
        public var telemetryLost: UInt64 = 0
        /// Readings of open sessions that were not believed (S3).
        public var readingsDoubted: UInt64 = 0
        /// Messages that the broker refused to take.
        public var refused: UInt64 = 0
        /// Messages of points beyond the limit.
        public var pointsIgnored: UInt64 = 0
        /// Messages of points that are in no list.
        public var strangersIgnored: UInt64 = 0
        /// Denials that were not recorded, since there were too many.
        public var denialsUnrecorded: UInt64 = 0
        /// Records that were not kept, since too many had to be put aside.
        public var recordsRefused: UInt64 = 0
    }

    enum Timer: Hashable, Sendable {
        case arrival
        case starting
        case ledger
        case breaker(ChargePointID)
        case session(SessionID)
        case stop(SessionID)
        /// Whoever believed another Central does so no more.
        case contested
        /// Points are settled at which somebody wants to charge.
        case held
        /// Engines that owe a record are told STOP again.
        case stops
        /// A message that the broker refused is said once more.
        case refused
        /// Points that were turned away may be listed by now.
        case access
        /// A fault of a point, or its end, may be recorded again.
        case fault(ChargePointID)
    }

    /// A connection of Central's whose handshake is done.
    struct Link: Hashable, Sendable {
        var epoch: Epoch
        var since: Instant
        var isStarting = true
        /// Somebody claimed to be Central.
        var wasContested = false
    }

    /// A connection in which Central reads what the broker kept, before it says that it is there.
    struct Arrival: Hashable, Sendable {
        var epoch: Epoch
        /// The number of the fence behind all that was kept, and of its delivery.
        var fence: UInt64
        var delivery: UInt64
        /// Somebody claimed to be Central.
        var wasContested = false
    }

    enum LedgerState: Hashable, Sendable {
        /// Not read yet: the ledger is read at the start, before anything else.
        case unread
        case working
        case failed
    }

    public let settings: Settings
    public internal(set) var counters = Counters()
    /// The points that the operator wants out of order, as the ledger has it (S8), whatever their state is.
    public internal(set) var outOfOrder: Set<ChargePointID> = []
    var arrival: Arrival?
    var link: Link?
    var ledger: LedgerState = .unread
    var points: [ChargePointID: PointBelief] = [:]
    var available = AvailablePoints()
    var sessions: [SessionID: OpenSession] = [:]
    var openRequests: [DriverRequestKey: SessionID] = [:]
    var openPerDriver: [DriverID: Int] = [:]
    /// Closed sessions whose record is still to come.
    var awaitingRecord = AwaitedRecords()
    /// The ledger's contents, read before Central was online, from which answers are repeated when it is.
    var recent: LedgerSnapshot?
    var outbox = Outbox()
    /// Points that the ledger has forgotten and the broker not yet, with the operator's questions.
    var erasing: [ChargePointID: UInt64] = [:]
    var timers = TimerQueue<Timer>()
    var queue = PublishQueue()
    /// Records that came while the ledger did not work, or whose commit failed: they go to it before anything is decided (S5, S7).
    var parkedRecords: [ParkedRecord.Key: ParkedRecord] = [:]
    static let parkedLimit = 10_000
    /// Requests for points that have just connected, in their order.
    var heldRequests: [ReceivedRequest] = []
    static let heldLimit = 1000
    var access: Access
    /// The tokens that operators gave, as the ledger has them.
    var tokens: [TokenID: AccountToken] = [:]
    /// The drivers whose tickets are being read again, since somebody else spoke in their place.
    var restoringTickets: Set<DriverID> = []
    /// Answers and outcomes that the broker has not taken yet, by delivery number (P8).
    var undelivered: [UInt64: DriverStatus] = [:]
    /// The other important messages that the broker has not taken yet, by delivery number, and those that it refused.
    var important: [UInt64: Important] = [:]
    var refusals = KeyedQueue<Important>()
    /// The time after which it is said again: longer each time, up to a minute.
    var refusalPause = CentralCore.firstRefusalPause
    var nextDelivery: UInt64 = 1
    var nextFence: UInt64 = 1
    var fences: [UInt64: SessionID] = [:]
    var assignments: UInt64 = 0
    var allowances = RowAllowances()
    /// The notices that there are too many requests, or records.
    var saidTooManyRequests = RowAllowances.ofNotices
    var saidTooManyRecords = RowAllowances.ofNotices
    /// Points that were heard and never whole, in their sequence: at the limit the first of them makes room.
    var unproven = Queue<ChargePointID>()
    var isStopping = false
    var saidFarewell = false
    var random: SplitMix64
    var now: Now
    var actions: [Action] = []

    public init(_ settings: Settings, seed: UInt64, now: Now) {
        self.settings = settings
        access = Access(settings.access)
        random = SplitMix64(seed: seed)
        self.now = now
    }

    /// The first call: returns the action that reads the ledger.
    public mutating func begin(at now: Now) -> [Action] {
        self.now = now
        return [.read]
    }

    public mutating func handle(_ event: Event, at now: Now) -> [Action] {
        self.now = now
        switch event {
        // After the last word nothing of points is written any more: the next Central hears it. Who asks is still told that it is stopping.
        case .received(let message, let retained) where saidFarewell: if message.asksToCharge { receive(message, retained: retained) }
        case .online(let epoch): arrive(epoch)
        case .offline: goOffline()
        case .received(let message, let retained): receive(message, retained: retained)
        case .delivered(let number): settle(number)
        case .refused(let number): refuse(number)
        case .committed(let number, let results): finish(commit: number, results)
        case .commitFailed(let number): fail(commit: number)
        case .snapshot(let snapshot):
            // Before, nobody could be told what is available and what has been promised.
            if ledger == .unread, !saidFarewell { actions.append(.connect) }
            restore(snapshot)
        case .ask(let request, let question): hear(request, question: question)
        case .access(let list): take(access: list)
        case .overwritten(let isNews):
            publishStatus()
            guard isNews else { break }
            link?.wasContested = true
            arrival?.wasContested = true
            timers.set(.contested, at: now.monotonic + CentralCore.contestTime)
        case .foreign(let topic): restore(topic)
        case .tick: break
        case .stop: isStopping = true
        }
        while let timer = timers.popDue(at: now.monotonic) { fire(timer) }
        flush()
        publishWaiting()
        if isStopping, !saidFarewell, outbox.isIdle || ledger != .working {
            saidFarewell = true
            actions.append(
                .farewell(.centralStatus(CentralStatus(epoch: link?.epoch ?? arrival?.epoch ?? 0, online: false, reason: StateReport.stopped))))
        }
        assert(disagreement == nil, disagreement ?? "")
        defer { actions = [] }
        return actions
    }

    /// True when it has said its last word (P10).
    public var isDone: Bool { saidFarewell }

    /// The `info` of a point's engine that is believed; `nil` when none is known.
    public func info(of cp: ChargePointID) -> ChargePointInfo? { points[cp].flatMap { $0.isInfoKnown ? $0.info : nil } }

    /// True while it has said in its connection that it is there.
    public var isThere: Bool { link != nil }

    /// True while the ledger works, and Central can promise something.
    public var isLedgerWorking: Bool { ledger == .working }

    /// The time at which `tick` is due; `nil` when nothing is waited for.
    public var deadline: Instant? { timers.next }

    mutating func settle(_ delivery: UInt64) {
        undelivered[delivery] = nil
        important[delivery] = nil
        queue.settled(delivery)
    }

    private mutating func fire(_ timer: Timer) {
        switch timer {
        case .arrival: goOnline()
        case .starting: endStarting()
        case .ledger: actions.append(.read)
        case .breaker(let cp):
            points[cp]?.breaker.tick(at: now.monotonic)
            publishVerdict(cp)
        case .session(let session): waitIsOver(session)
        case .contested: speakAgain()
        case .held: decideHeld()
        case .stops: repeatStops()
        case .refused: sayRefused()
        case .fault(let cp): publishVerdict(cp)
        case .stop(let session): repeatStop(session)
        case .access: if !access.strangers.isEmpty { lookAtAccess() }
        }
    }
}

extension BusMessage {
    /// True for the request of a driver or a station.
    fileprivate var asksToCharge: Bool {
        switch self {
        case .request, .stationRequest: true
        case .info, .state, .telemetry, .event, .health, .command, .centralStatus, .fence, .verdict, .status, .tickets, .gateway, .station: false
        }
    }
}

/// A driver's request, the key of its one decision.
struct DriverRequestKey: Hashable, Sendable {
    var driver: DriverID
    var request: RequestID
}
