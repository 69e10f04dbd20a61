public import ChargingModel
internal import Ledger
internal import PostgreSQL
public import SQL
internal import SQLite

/// The ledger in a database: the rules of `Ledger` over the tables of `Schema`, or of `ServerSchema`. For one thread at a time; every call blocks until
/// the disk, or the server, has answered.
public final class StoredLedger {
    let database: any Database
    /// The upgrade that was made when it was opened; `nil` when nothing had to be.
    public let upgrade: LedgerUpgrade?
    /// The site that new rows are told to be of; empty for none (P2).
    let site: String
    /// The rows that are read and changed.
    let scope: RowScope
    /// On a server, where two Centrals of a site would not know of each other.
    private let token: WriterToken?

    /// Opens the ledger in a file, as `init(at:site:as:)` does.
    public convenience init(path: String, site: String? = nil) throws(DatabaseError) { try self.init(at: .file(path), site: site) }

    /// Opens a ledger to write it, making it when it is not there. One of an earlier version is brought up to date, all at once or not at all; of a
    /// file, a copy is kept as it was.
    /// - Throws: when it can't be opened, is of a later version (`DatabaseError.Kind.later`), or is no ledger, when its copy can't be kept, or when
    ///   somebody else writes it.
    public init(at place: LedgerPlace, site: String? = nil, as writer: LedgerWriter = .alone(after: [])) throws(DatabaseError) {
        self.site = site ?? ""
        switch place {
        case .file(let path):
            try LedgerFile.check(path)
            let file = try SQLiteDatabase(path: path)
            database = file
            upgrade = try Schema.prepare(file)
            scope = .all
            token = nil
        case .server(let address):
            database = try PostgreSQLDatabase(address, for: writer == .moving ? .moving : .writing)
            try ServerSchema.prepare(database)
            upgrade = nil
            scope = RowScope(site: self.site)
            token = try StoredLedger.token(of: self.site, for: writer, in: database)
        }
    }

    /// The ledger on a server, over a connection that has waited for the right to write.
    init(_ database: any Database, site: String, token: WriterToken) {
        self.site = site
        self.database = database
        self.token = token
        upgrade = nil
        scope = RowScope(site: site)
    }

    private static func token(of site: String, for writer: LedgerWriter, in database: any Database) throws(DatabaseError) -> WriterToken? {
        switch writer {
        case .central(let holder, let again): return try WriterToken(of: site, for: holder, again: again, in: database)
        case .alone, .moving:
            let gone = if case .alone(let places) = writer { places } else { [String]() }
            try WriterLease.waitForTheEnd(of: site, except: gone, in: database)
            return try WriterToken(of: site, for: .anOperator(), again: false, after: gone, in: database)
        case .beside: return nil
        }
    }

    /// The highest epoch under which anybody was on the bus who had the right to write on this server (P6).
    public func highestEpoch() throws(DatabaseError) -> Epoch { try token?.highestEpoch(in: database) ?? 0 }

    /// Checks that the right to write is still there, where one is needed. Behind it, all commits that were under way are known.
    /// - Throws: `.superseded` when somebody else has it.
    public func prove() throws(DatabaseError) { try token?.prove(in: database) }

    /// Gives the right to write back, so that whoever waits for it need not wait longer.
    public func release() throws(DatabaseError) { try token?.release(in: database) }

    /// Carries out a group, all or nothing, and synced to disk when it returns.
    /// - Throws: when it is not known to be written. Then the ledger must be read again before anything is decided (S7).
    public func commit(_ operations: [LedgerOperation]) throws(DatabaseError) -> [LedgerResult] {
        var isSingly = false
        var attempt = 1
        while true {
            do throws(DatabaseError) {
                return try writing { () throws(DatabaseError) in
                    if database.dialect == .postgreSQL { try holdAccounts(of: operations) }
                    return isSingly ? try applySingly(operations) : try apply(operations)
                }
            } catch  where error.kind == .constraint && !isSingly {
                // One of them can't be true beside what is held. It must not take the others with it, nor come back for ever.
                isSingly = true
            } catch  where error.mayBeRepeated && attempt < StoredLedger.attempts {
                attempt += 1
            }
        }
    }

    /// The number of times that a group is tried which another site's kept coming in the way of.
    private static let attempts = 4

    /// Runs the body all or not at all, by whoever may write, and while nobody else does.
    func writing<Result>(_ body: () throws(DatabaseError) -> Result) throws(DatabaseError) -> Result {
        try database.transaction { () throws(DatabaseError) in
            if let token {
                try token.hold(in: database)
            } else if database.dialect == .postgreSQL {
                try WriterToken.keepWaiting(site, in: database)
            }
            return try body()
        }
    }

    /// Shows that it can be written: in a file as much as a group of commits may need, synced to disk and taken back; on a server a commit, behind which
    /// all that were under way are known.
    private func proveWritable() throws(DatabaseError) {
        if let token { return try token.prove(in: database) }
        try database.transaction { () throws(DatabaseError) in
            try database.execute("INSERT OR REPLACE INTO write_probe VALUES (1, zeroblob(?))", [.integer(StoredLedger.probeSize)])
        }
        try database.transaction { () throws(DatabaseError) in try database.execute("DELETE FROM write_probe") }
    }

    /// The size of the probe, in bytes.
    private static let probeSize: Int64 = 64 * 1024

    private func apply(_ operations: [LedgerOperation]) throws(DatabaseError) -> [LedgerResult] {
        var rows = self
        var results: [LedgerResult] = []
        results.reserveCapacity(operations.count)
        for operation in operations { results.append(try LedgerRules.apply(operation, to: &rows)) }
        return results
    }

    private func applySingly(_ operations: [LedgerOperation]) throws(DatabaseError) -> [LedgerResult] {
        var results: [LedgerResult] = []
        for operation in operations { results.append(try applyIfPossible(operation)) }
        return results
    }

    private func applyIfPossible(_ operation: LedgerOperation) throws(DatabaseError) -> LedgerResult {
        var rows = self
        do throws(DatabaseError) {
            return try database.savepoint { () throws(DatabaseError) in try LedgerRules.apply(operation, to: &rows) }
        } catch  where error.kind == .constraint {
            return .impossible(error.description)
        }
    }

    /// All that Central needs to go on; what is its site's is of one moment. First the ledger is tried for writing: a full disk can be read.
    /// - Throws: when it can't be written, or not be read.
    public func snapshot(at now: WallTime) throws(DatabaseError) -> LedgerSnapshot {
        try proveWritable()
        let rows = self
        return try writing { () throws(DatabaseError) in try LedgerRules.snapshot(of: rows, at: now) }
    }
}
