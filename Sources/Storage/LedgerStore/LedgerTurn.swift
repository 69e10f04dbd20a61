internal import ChargingModel
public import PostgreSQL
public import SQL

/// Somebody who waits for the right to write a ledger on a server: connected, the tables as they must be. For one thread at a time; every call blocks
/// until the server has answered.
public final class LedgerTurn {
    private let database: PostgreSQLDatabase
    private let site: String
    private let holder: LedgerHolder

    /// - Throws: when the server can't be reached, or its tables are of a later version.
    public init(at address: PostgreSQLAddress, site: String?, for holder: LedgerHolder) throws(DatabaseError) {
        database = try PostgreSQLDatabase(address, for: .writing)
        try ServerSchema.prepare(database)
        self.site = site ?? ""
        self.holder = holder
    }

    /// Takes the right, when nobody has it at the moment.
    /// - Throws: `.waiting` when somebody has.
    public func take() throws(DatabaseError) -> StoredLedger {
        StoredLedger(database, site: site, token: try WriterToken(of: site, for: holder, again: false, in: database))
    }
}
