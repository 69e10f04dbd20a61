public import ChargingModel

/// A record that no session of the ledger could take (S6).
public struct StrayRecord: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        /// Of a session that the ledger does not know.
        case orphan
        /// Of a session that it contradicts.
        case contradiction
    }

    public var kind: Kind
    public var cp: ChargePointID
    public var record: SessionRecord
    public var at: WallTime

    public init(kind: Kind, cp: ChargePointID, record: SessionRecord, at: WallTime) {
        self.kind = kind
        self.cp = cp
        self.record = record
        self.at = at
    }
}

/// What a ledger keeps, as its rules see it: rows that are found, added and changed. Each store has its own.
public protocol LedgerRows {
    /// What a store can fail with; `Never` in memory.
    associatedtype Failure: Error

    func decision(of driver: DriverID, _ request: RequestID) throws(Failure) -> Decision?
    func session(_ id: SessionID) throws(Failure) -> LedgerSession?
    func hasOrphan(_ id: SessionID) throws(Failure) -> Bool
    /// The newest of a driver's tickets, the last closed first.
    func tickets(of driver: DriverID, most: Int) throws(Failure) -> [Ticket]

    mutating func add(_ decision: Decision) throws(Failure)
    mutating func add(_ session: LedgerSession) throws(Failure)
    /// Changes a session; `at` when its ticket changes with that.
    mutating func change(_ session: LedgerSession, ticketChangedAt at: WallTime?) throws(Failure)
    mutating func add(_ stray: StrayRecord) throws(Failure)
    mutating func set(wish: Bool, for cp: ChargePointID) throws(Failure)

    func openSessions() throws(Failure) -> [LedgerSession]
    func sessionsAwaitingRecord() throws(Failure) -> [LedgerSession]
    func wishes() throws(Failure) -> [ChargePointID: Bool]
    /// Decided since then, in the order they were.
    func decisions(since: WallTime) throws(Failure) -> [Decision]
    /// Closed since then, by driver and in the order they were.
    func sessionsClosed(since: WallTime) throws(Failure) -> [LedgerSession]
    /// Whose tickets changed since then, in order.
    func driversWithTicketsChanged(since: WallTime) throws(Failure) -> [DriverID]
}
