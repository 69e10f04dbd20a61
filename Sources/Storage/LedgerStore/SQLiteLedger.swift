public import ChargingModel
internal import Ledger
public import SQLite

/// The ledger on disk: the rules of `Ledger` over the tables of `Schema`. For one thread at a time; every call blocks until the disk has answered.
public final class SQLiteLedger {
    let database: Database
    /// The upgrade that was made when it was opened; `nil` when nothing had to be.
    public let upgrade: LedgerUpgrade?
    /// The site that new rows are told to be of; empty for none (P2).
    let site: String

    /// Opens the ledger in a file, making it when it is not there. One of an earlier version is brought up to date, all at once or not at all, and
    /// kept beside as it was.
    /// - Throws: when it can't be opened, is of a later version (`SQLiteError.Kind.later`), or is no ledger, or when its copy can't be kept.
    public init(path: String, site: String? = nil) throws(SQLiteError) {
        self.site = site ?? ""
        try LedgerFile.check(path)
        database = try Database(path: path)
        upgrade = try Schema.prepare(database)
    }

    /// Carries out a group, all or nothing, and synced to disk when it returns.
    /// - Throws: when it is not known to be written. Then the ledger must be read again before anything is decided (S7).
    public func commit(_ operations: [LedgerOperation]) throws(SQLiteError) -> [LedgerResult] {
        do throws(SQLiteError) {
            return try database.transaction { () throws(SQLiteError) in try apply(operations) }
        } catch  where error.kind == .constraint {
            // One of them can't be true beside what is held. It must not take the others with it, nor come back for ever.
            return try database.transaction { () throws(SQLiteError) in
                var results: [LedgerResult] = []
                for operation in operations { results.append(try applyIfPossible(operation)) }
                return results
            }
        }
    }

    /// Writes as much as a group of commits may need, synced to disk, and takes it back.
    private func proveWritable() throws(SQLiteError) {
        try database.transaction { () throws(SQLiteError) in
            try database.execute("INSERT OR REPLACE INTO write_probe VALUES (1, zeroblob(?))", [.integer(SQLiteLedger.probeSize)])
        }
        try database.transaction { () throws(SQLiteError) in try database.execute("DELETE FROM write_probe") }
    }

    /// The size of the probe, in bytes.
    private static let probeSize: Int64 = 64 * 1024

    private func apply(_ operations: [LedgerOperation]) throws(SQLiteError) -> [LedgerResult] {
        var rows = self
        var results: [LedgerResult] = []
        results.reserveCapacity(operations.count)
        for operation in operations { results.append(try LedgerRules.apply(operation, to: &rows)) }
        return results
    }

    private func applyIfPossible(_ operation: LedgerOperation) throws(SQLiteError) -> LedgerResult {
        var rows = self
        do throws(SQLiteError) {
            return try database.savepoint { () throws(SQLiteError) in try LedgerRules.apply(operation, to: &rows) }
        } catch  where error.kind == .constraint {
            return .impossible(error.description)
        }
    }

    /// All that Central needs to go on, as of one moment. First the ledger is tried for writing: a full disk can be read.
    /// - Throws: when it can't be written, or not be read.
    public func snapshot(at now: WallTime) throws(SQLiteError) -> LedgerSnapshot {
        try proveWritable()
        let rows = self
        return try database.transaction { () throws(SQLiteError) in try LedgerRules.snapshot(of: rows, at: now) }
    }
}
