public import ChargingModel
internal import Ledger
public import SQLite

/// The ledger on disk: the rules of `Ledger` over the tables of `Schema`. For one thread at a time; every call blocks until the disk has answered.
public final class SQLiteLedger {
    let database: Database
    /// The time of the commit under way, for the audit log.
    var now = WallTime(milliseconds: 0)

    /// Opens the ledger in a file, making it when it is not there.
    /// - Throws: when it can't be opened, is of a later version, or is no ledger.
    public init(path: String) throws(SQLiteError) {
        database = try Database(path: path)
        try Schema.prepare(database)
    }

    /// Carries out a group, all or nothing, and synced to disk when it returns.
    /// - Throws: when it is not known to be written. Read the ledger again before deciding anything (S7).
    public func commit(_ operations: [LedgerOperation], at now: WallTime) throws(SQLiteError) -> [LedgerResult] {
        self.now = now
        var rows = self
        return try database.transaction { () throws(SQLiteError) in
            var results: [LedgerResult] = []
            results.reserveCapacity(operations.count)
            for operation in operations { results.append(try LedgerRules.apply(operation, to: &rows)) }
            return results
        }
    }

    /// All that Central needs to go on, as of one moment.
    public func snapshot(at now: WallTime) throws(SQLiteError) -> LedgerSnapshot {
        let rows = self
        return try database.transaction { () throws(SQLiteError) in try LedgerRules.snapshot(of: rows, at: now) }
    }
}
