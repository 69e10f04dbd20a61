public import ChargingModel

/// What the ledger means, as a pure value in memory: every store must answer as this one does.
public struct LedgerBook: Hashable, Sendable {
    /// A record that no session of the ledger could take (S6).
    public struct StrayRecord: Hashable, Sendable {
        public var cp: ChargePointID
        public var record: SessionRecord
        public var at: WallTime
    }

    struct RequestKey: Hashable, Sendable {
        var driver: DriverID
        var request: RequestID
    }

    /// How long answers and outcomes are repeated at a connection, in milliseconds.
    static let recentTime: Int64 = 60_000
    /// How long changed tickets are repeated at a connection, in milliseconds.
    static let ticketTime: Int64 = 86_400_000

    public internal(set) var decisions: [Decision] = []
    var decisionIndex: [RequestKey: Int] = [:]
    public internal(set) var sessions: [SessionID: LedgerSession] = [:]
    /// Accepted and closed in this order.
    var acceptedOrder: [SessionID] = []
    var closedOrder: [DriverID: [SessionID]] = [:]
    var changes: [DriverID: WallTime] = [:]
    var open: Set<SessionID> = []
    var awaitingRecord: Set<SessionID> = []
    public internal(set) var orphans: [SessionID: StrayRecord] = [:]
    /// Records stored beside their session, which they contradict.
    public internal(set) var contradictions: [SessionID: StrayRecord] = [:]
    /// The records that made sessions complete, as they came.
    public internal(set) var records: [SessionID: SessionRecord] = [:]
    public internal(set) var wishes: [ChargePointID: Bool] = [:]

    public init() {}

    /// The sessions without an outcome, in the order of their ids.
    public var openSessions: [LedgerSession] { open.sorted().compactMap { sessions[$0] } }

    /// Carries out a commit.
    public mutating func apply(_ operations: [LedgerOperation]) -> [LedgerResult] { operations.map { apply($0) } }

    public mutating func apply(_ operation: LedgerOperation) -> LedgerResult {
        switch operation {
        case .decide(let decision): return decide(decision)
        case .find(let driver, let request):
            let decision = decisionIndex[RequestKey(driver: driver, request: request)].map { decisions[$0] }
            return .found(decision, decision.flatMap { session(of: $0) })
        case .findSession(let id, let driver):
            let session = sessions[id]
            return .foundSession(session?.driver == driver ? session : nil)
        case .confirm(let id):
            sessions[id]?.isConfirmed = true
            return .done
        case .close(let id, let reason, let register, let energy, let at):
            return close(id, reason, register: register, energy: energy, at: at)
        case .record(let cp, let record, let seen, let at):
            return take(record, from: cp, seen: seen, at: at)
        case .wish(let cp, let outOfOrder):
            wishes[cp] = outOfOrder
            return .done
        case .recent(let at):
            return .recent(snapshot(at: at))
        }
    }

    func session(of decision: Decision) -> LedgerSession? {
        if case .accepted(let assignment) = decision.ruling { sessions[assignment.session] } else { nil }
    }

    private mutating func decide(_ decision: Decision) -> LedgerResult {
        let key = RequestKey(driver: decision.driver, request: decision.request)
        if let index = decisionIndex[key] { return .alreadyDecided(decisions[index], session(of: decisions[index])) }
        decisionIndex[key] = decisions.count
        decisions.append(decision)
        if case .accepted(let assignment) = decision.ruling {
            let session = LedgerSession(driver: decision.driver, request: decision.request, assignment: assignment, accepted: decision.at)
            sessions[session.id] = session
            acceptedOrder.append(session.id)
            open.insert(session.id)
        }
        return .decided
    }
}
