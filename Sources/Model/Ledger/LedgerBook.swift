public import ChargingModel

/// The ledger as a pure value in memory, for the simulator and for tests: every store must answer as this one does.
public struct LedgerBook: Hashable, Sendable {
    struct RequestKey: Hashable, Sendable {
        var driver: DriverID
        var request: RequestID
    }

    public private(set) var decisions: [Decision] = []
    private var decisionIndex: [RequestKey: Int] = [:]
    public private(set) var sessions: [SessionID: LedgerSession] = [:]
    private var closedOrder: [DriverID: [SessionID]] = [:]
    private var changes: [DriverID: WallTime] = [:]
    private var open: Set<SessionID> = []
    private var slots: [DriverID: Set<Int>] = [:]
    private var awaitingRecord: Set<SessionID> = []
    private var strayIndex: [SessionID: [StrayRecord]] = [:]
    public private(set) var faults: [Fault] = []
    private var openFaultIndex: [ChargePointID: Int] = [:]
    public private(set) var auditLog: [AuditEntry] = []
    private var tokenIndex: [TokenID: AccountToken] = [:]
    private var wantedOutOfOrder: [ChargePointID: Bool] = [:]

    public init() {}

    /// Carries out a commit.
    public mutating func apply(_ operations: [LedgerOperation]) -> [LedgerResult] { operations.map { apply($0) } }

    public mutating func apply(_ operation: LedgerOperation) -> LedgerResult { LedgerRules.apply(operation, to: &self) }

    /// Records that no session could take, by session and meter.
    public var strays: [StrayRecord] {
        strayIndex.sorted { $0.key < $1.key }.flatMap { $0.value.sorted(by: StrayRecord.isInOrder) }
    }

    /// True when a driver's tickets last changed in that time.
    public func hasTickets(of driver: DriverID, changedIn times: ClosedRange<WallTime>) -> Bool { changes[driver].map(times.contains) ?? false }

    public func snapshot(at now: WallTime) -> LedgerSnapshot { LedgerRules.snapshot(of: self, at: now) }
}

extension LedgerBook: LedgerRows {
    public func decision(of driver: DriverID, _ request: RequestID) -> Decision? {
        decisionIndex[RequestKey(driver: driver, request: request)].map { decisions[$0] }
    }

    public func session(_ id: SessionID) -> LedgerSession? { sessions[id] }

    public func strays(of session: SessionID) -> [StrayRecord] { (strayIndex[session] ?? []).sorted(by: StrayRecord.isInOrder) }

    public func tickets(of driver: DriverID, most: Int = TicketList.limit) -> [Ticket] {
        (closedOrder[driver] ?? []).suffix(most).reversed().compactMap { sessions[$0]?.ticket }
    }

    public mutating func add(_ decision: Decision) {
        decisionIndex[RequestKey(driver: decision.driver, request: decision.request)] = decisions.count
        decisions.append(decision)
    }

    public mutating func add(_ session: LedgerSession) {
        sessions[session.id] = session
        if session.isOpen {
            open.insert(session.id)
            if let slot = session.slot { slots[session.driver, default: []].insert(slot) }
        } else {
            closedOrder[session.driver, default: []].append(session.id)
            changes[session.driver] = session.closing?.at
        }
    }

    public func isBilled(_ record: SessionRecord, at cp: ChargePointID) -> Bool {
        sessions.values.contains { session in
            guard session.isComplete, session.energy > .zero, session.assignment.cp == cp, session.billedMeter == record.meter else { return false }
            return session.startRegister ?? .limit < record.endRegister && session.register ?? .zero > record.startRegister
        }
    }

    public func openSlots(of driver: DriverID) -> [Int] { slots[driver]?.sorted() ?? [] }

    public mutating func change(_ session: LedgerSession, ticketChangedAt at: WallTime?) {
        sessions[session.id] = session
        if let at { changes[session.driver] = at }
        if !session.isOpen, open.remove(session.id) != nil {
            closedOrder[session.driver, default: []].append(session.id)
            if let slot = session.slot { slots[session.driver]?.remove(slot) }
        }
        if session.awaitsRecord { awaitingRecord.insert(session.id) } else { awaitingRecord.remove(session.id) }
    }

    public mutating func add(_ stray: StrayRecord) {
        strayIndex[stray.record.session, default: []].append(stray)
    }

    public mutating func judge(_ stray: StrayRecord.Key, _ judgement: StrayRecord.Judgement) {
        guard let index = strayIndex[stray.session]?.firstIndex(where: { $0.key == stray }) else { return }
        strayIndex[stray.session]?[index].judgement = judgement
    }

    public func openFault(of cp: ChargePointID) -> Verdict? { openFaultIndex[cp].map { faults[$0].verdict } }

    public func openFaults() -> [ChargePointID: Verdict] { openFaultIndex.mapValues { faults[$0].verdict } }

    /// Always false: a book is never pruned.
    public func wasPruned(_ record: SessionRecord) -> Bool { false }

    public mutating func log(_ entry: AuditEntry) { auditLog.append(entry) }

    public mutating func add(_ fault: Fault) {
        openFaultIndex[fault.cp] = faults.count
        faults.append(fault)
    }

    public mutating func endFault(of cp: ChargePointID, at: WallTime) {
        if let index = openFaultIndex.removeValue(forKey: cp) { faults[index].ended = at }
    }

    public mutating func set(availability: Bool, for cp: ChargePointID, at: WallTime) { wantedOutOfOrder[cp] = availability }

    public mutating func removeAvailability(for cp: ChargePointID) { wantedOutOfOrder[cp] = nil }

    public func token(_ id: TokenID) -> AccountToken? { tokenIndex[id] }

    public func tokens() -> [AccountToken] { tokenIndex.values.sorted { $0.id < $1.id } }

    public mutating func set(_ token: AccountToken) { tokenIndex[token.id] = token }

    public func openSessions() -> [LedgerSession] { open.sorted().compactMap { sessions[$0] } }

    public func sessionsAwaitingRecord() -> [LedgerSession] { awaitingRecord.sorted().compactMap { sessions[$0] } }

    public func availabilities() -> [ChargePointID: Bool] { wantedOutOfOrder }

    public func decisions(in times: ClosedRange<WallTime>) -> [Decision] { decisions.filter { times.contains($0.at) } }

    public func sessionsClosed(in times: ClosedRange<WallTime>) -> [LedgerSession] {
        closedOrder.keys.sorted().flatMap { driver in
            (closedOrder[driver] ?? []).compactMap { sessions[$0] }.filter { ($0.closing?.at).map(times.contains) ?? false }
        }
    }

    public func driversWithTicketsChanged(in times: ClosedRange<WallTime>) -> [DriverID] {
        changes.filter { times.contains($0.value) }.keys.sorted()
    }
}
