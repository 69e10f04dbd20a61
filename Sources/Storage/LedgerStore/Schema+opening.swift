internal import Glibc
internal import SQL
internal import SQLite

extension Schema {
    /// The version of the tables that this program reads and writes.
    static var newest: Int { migrations.count }

    /// Checks that a database that was just opened to be read is a ledger of this version.
    static func check(_ database: SQLiteDatabase) throws(DatabaseError) {
        guard try identity(of: database) == applicationID else { throw DatabaseError(kind: .corrupt, "\(database.path) is no ledger") }
        let version = try version(of: database)
        guard version == newest else {
            throw DatabaseError(
                kind: .corrupt,
                "\(database.path) has version \(version), this wattline reads \(newest): start Central once with this wattline, it brings the ledger "
                    + "up to date")
        }
    }

    /// Makes the tables of a database that was just opened, or brings them up to date after a copy of them was kept.
    /// - Returns: what was brought up to date; `nil` for a ledger that was, and for a new one.
    static func prepare(_ database: SQLiteDatabase) throws(DatabaseError) -> LedgerUpgrade? {
        try database.run("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;")
        let tables = try database.row("SELECT count(*) FROM sqlite_schema") { $0.integer(0) } ?? 0
        let identity = try identity(of: database)
        guard tables == 0 || identity == applicationID else {
            throw DatabaseError(kind: .corrupt, "\(database.path) is a database of something else")
        }
        let version = try version(of: database)
        try database.run("PRAGMA journal_mode = WAL;")
        guard version < newest else { return nil }
        let upgrade = tables == 0 ? nil : LedgerUpgrade(from: version, to: newest, copy: try keepCopy(of: database, version: version))
        try database.transaction { () throws(DatabaseError) in
            for migration in migrations[version...] { try database.run(migration) }
            try database.run("PRAGMA application_id = \(applicationID); PRAGMA user_version = \(newest);")
        }
        return upgrade
    }

    private static func identity(of database: SQLiteDatabase) throws(DatabaseError) -> Int64 {
        try database.row("PRAGMA application_id") { $0.integer(0) } ?? 0
    }

    /// The version of the tables.
    /// - Throws: when it is one that only a later program knows.
    private static func version(of database: SQLiteDatabase) throws(DatabaseError) -> Int {
        let version = Int(try database.row("PRAGMA user_version") { $0.integer(0) } ?? 0)
        guard version > newest else { return version }
        // Whoever brought it up from here kept it as it was.
        let copy = LedgerUpgrade.copy(of: database.path, version: newest)
        throw DatabaseError(
            kind: .later,
            "\(database.path) has version \(version), this wattline reads \(newest): a later wattline made it, and it is left as it is. "
                + "Start that one; to go down, put back \(access(copy, F_OK) == 0 ? copy : "the copy from before")")
    }

    private static func keepCopy(of database: SQLiteDatabase, version: Int) throws(DatabaseError) -> String {
        do throws(DatabaseError) {
            return try LedgerBackup.keep(database, at: LedgerUpgrade.copy(of: database.path, version: version))
        } catch {
            throw DatabaseError(
                kind: error.kind,
                "\(database.path) has version \(version) and is left so: it is brought to version \(newest) only when a copy of it is kept, "
                    + "which failed: \(error)")
        }
    }
}
