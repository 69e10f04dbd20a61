/// Closed sessions whose record is still to come (S5), by their points.
struct AwaitedRecords: Sendable {
    private var points: [SessionID: ChargePointID] = [:]
    private var sessions: [ChargePointID: Set<SessionID>] = [:]

    init(_ awaiting: [LedgerSession] = []) {
        for session in awaiting { insert(session) }
    }

    var isEmpty: Bool { points.isEmpty }

    /// All of them with their points, in a fixed order.
    var all: [(session: SessionID, cp: ChargePointID)] { points.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

    func sessions(of cp: ChargePointID) -> [SessionID] { sessions[cp]?.sorted() ?? [] }

    func holds(_ session: SessionID) -> Bool { points[session] != nil }

    mutating func insert(_ session: LedgerSession) {
        points[session.id] = session.assignment.cp
        sessions[session.assignment.cp, default: []].insert(session.id)
    }

    mutating func remove(_ session: SessionID) {
        guard let cp = points.removeValue(forKey: session) else { return }
        sessions[cp]?.remove(session)
        if sessions[cp]?.isEmpty == true { sessions[cp] = nil }
    }
}
