public import ChargingModel
public import Ledger
public import SQL

extension LedgerReader {
    /// A page of sessions behind one, the newest first: ids rise with Central's time.
    /// - Parameter before: the last session of the page before; `nil` for the first page.
    public func page(_ filter: SessionFilter, before id: SessionID?, most: Int) throws(DatabaseError) -> [LedgerSession] {
        var filter = filter
        filter.beforeID = id
        filter.most = Int64(most)
        return try database.rows("SELECT \(LedgerSession.columns) FROM sessions \(filter.sql(scope)) ORDER BY id DESC LIMIT ?", filter.values) {
            row throws(DatabaseError) in try LedgerSession(row: row)
        }
    }

    public func session(_ id: SessionID) throws(DatabaseError) -> LedgerSession? {
        try database.sessions("WHERE id = ?", [.text(id.text)]).first
    }

    /// The last faults of a point, the newest first.
    public func faults(of cp: ChargePointID, most: Int) throws(DatabaseError) -> [Fault] {
        try database.rows(
            "SELECT cp, verdict, why, began_ms, ended_ms FROM faults WHERE cp = ?\(scope.and) ORDER BY number DESC LIMIT ?",
            [.text(cp.text), .integer(Int64(most))]
        ) { row throws(DatabaseError) in
            Fault(
                cp: try row.id(0), verdict: try row.choice(1), why: row.text(2).bounded(), began: row.time(3), ended: row.optionalTime(4))
        }
    }

    /// The last records put aside that a point brought, or that were told of its sessions; each with true if it could be accepted.
    public func strays(of cp: ChargePointID, most: Int) throws(DatabaseError) -> [(stray: StrayRecord, isAcceptable: Bool)] {
        let strays = try strayRecords(
            """
            WHERE (cp = ?1 OR EXISTS (SELECT 1 FROM sessions WHERE sessions.id = stray_records.session AND sessions.cp = ?1))\(scope.and)
            ORDER BY at_ms DESC, session, meter LIMIT ?2
            """, [.text(cp.text), .integer(Int64(most))])
        var found: [(stray: StrayRecord, isAcceptable: Bool)] = []
        for stray in strays {
            let session = try session(stray.record.session)
            found.append((stray, stray.judgement == nil && session.map { !$0.isOpen && !$0.isComplete } ?? false))
        }
        return found
    }
}
