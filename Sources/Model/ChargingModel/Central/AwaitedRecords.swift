/// Closed sessions whose record is still to come (S5), by their points.
struct AwaitedRecords: Sendable {
    private var points: [SessionID: ChargePointID] = [:]
    private var sessions: [ChargePointID: Set<SessionID>] = [:]
    /// Sessions whose engine said that it keeps their record no more: they are asked for at its births only.
    private var refused: Set<SessionID> = []

    init() {}

    /// - Parameter earlier: those that were awaited before, and what was heard of them.
    init(_ awaiting: [LedgerSession], after earlier: AwaitedRecords) {
        for session in awaiting { insert(session) }
        refused = earlier.refused.filter { points[$0] != nil }
    }

    var isEmpty: Bool { points.isEmpty }

    /// Those that are asked for again and again, with their points, in a fixed order.
    var wanted: [(session: SessionID, cp: ChargePointID)] {
        points.filter { !refused.contains($0.key) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Notes that the engine of a point keeps the record of a session no more.
    /// - Returns: true when that is news, and the session one of the point's.
    mutating func refuse(_ session: SessionID, by cp: ChargePointID) -> Bool { points[session] == cp && refused.insert(session).inserted }

    func sessions(of cp: ChargePointID) -> [SessionID] { sessions[cp]?.sorted() ?? [] }

    func holds(_ session: SessionID) -> Bool { points[session] != nil }

    mutating func insert(_ session: LedgerSession) {
        points[session.id] = session.assignment.cp
        sessions[session.assignment.cp, default: []].insert(session.id)
    }

    mutating func remove(_ session: SessionID) {
        guard let cp = points.removeValue(forKey: session) else { return }
        refused.remove(session)
        sessions[cp]?.remove(session)
        if sessions[cp]?.isEmpty == true { sessions[cp] = nil }
    }
}
