public import ChargingModel

/// A transaction of a station, as the gateway keeps it: one session, whatever the station calls it.
public struct StationTransaction: Hashable, Sendable {
    /// The id by which the station knows it: the gateway's number in 1.6, the station's own text in 2.0.1.
    public var id: String
    /// The connector of 1.6, the EVSE of 2.0.1.
    public var evse: Int32
    /// Central's session, or one of the gateway's making where Central was not asked, or did not agree.
    public var session: SessionID
    /// True when the session is Central's, and its engine has it.
    public var isAgreed: Bool
    /// The token as the station sent it.
    public var token: String
    /// The station's register when it began; `nil` while nobody has said it (2.0.1, events out of order).
    public var start: Energy?
    /// What is added to the station's register, so that the engine's never falls.
    public var offset: Energy
    public var began: WallTime
    /// The station's own time of it, by which a repeat is known; `nil` when it said none.
    public var told: WallTime?
    public var clock: SessionClock

    /// The register of the engine for one of the station's.
    func register(_ raw: Energy) -> Energy { raw + offset }
}

/// One line of a station's journal.
public enum StationEntry: Hashable, Sendable {
    /// Numbers up to this one were given to transactions.
    case numbered(Int64)
    /// A transaction began, or more of it is known.
    case began(StationTransaction)
    /// Its session is in its engine's journal, whole: nothing of it is left to do.
    case ended(String)
}

/// The state that a station's journal adds up to.
public struct StationMemory: Hashable, Sendable {
    /// The most ended transactions that are kept, by which what a station says again is known.
    public static let keptEnded = 64
    /// The most open ones: a station that begins without end forgets its oldest.
    public static let mostOpen = 256

    /// The last number that was given to a transaction of 1.6; 0 for none.
    public private(set) var lastNumber: Int64 = 0
    /// Those whose end is not known, in the order in which they began.
    public private(set) var open: [StationTransaction] = []
    public private(set) var ended: [StationTransaction] = []

    public init() {}

    public init(replaying entries: some Sequence<StationEntry>) { for entry in entries { apply(entry) } }

    public mutating func apply(_ entry: StationEntry) {
        switch entry {
        case .numbered(let number): lastNumber = max(lastNumber, number)
        case .began(let transaction):
            if let number = Int64(transaction.id) { lastNumber = max(lastNumber, number) }
            if let index = open.firstIndex(where: { $0.id == transaction.id }) {
                open[index] = transaction
            } else if !ended.contains(where: { $0.id == transaction.id }) {
                open.append(transaction)
                if open.count > StationMemory.mostOpen { open.removeFirst() }
            }
        case .ended(let id):
            guard let index = open.firstIndex(where: { $0.id == id }) else { break }
            ended.append(open.remove(at: index))
            if ended.count > StationMemory.keptEnded { ended.removeFirst() }
        }
    }

    public func transaction(_ id: String) -> StationTransaction? { open.first { $0.id == id } ?? ended.last { $0.id == id } }
    public func isOpen(_ id: String) -> Bool { open.contains { $0.id == id } }

    /// The open transaction of a session of Central's.
    func openTransaction(of session: SessionID) -> StationTransaction? { open.last { $0.session == session } }

    /// The fewest entries that fold into this memory.
    public var entries: [StationEntry] {
        var entries: [StationEntry] = lastNumber > 0 ? [.numbered(lastNumber)] : []
        for transaction in ended { entries += [.began(transaction), .ended(transaction.id)] }
        return entries + open.map { .began($0) }
    }
}
