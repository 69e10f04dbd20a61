public import ChargingModel
public import PostgreSQL
public import SQL

/// Central's side of the right to write a ledger on a server: it waits for its turn, says that it is there, gives it back. Over a connection of its own,
/// so that it waits for no commit. For one thread at a time; every call blocks until the server has answered.
public final class LedgerTurn {
    let database: PostgreSQLDatabase
    private let site: String
    private let holder: LedgerHolder
    private var isWaiting = false

    /// - Throws: when the server can't be reached, or its tables are of a later version.
    public init(at address: PostgreSQLAddress, site: String?, for holder: LedgerHolder) throws(DatabaseError) {
        database = try PostgreSQLDatabase(address, for: .writing)
        try ServerSchema.prepare(database)
        self.site = site ?? ""
        self.holder = holder
    }

    /// Takes the right for this connection, when nobody has it at the moment.
    /// - Throws: `.waiting` when somebody has.
    public func take() throws(DatabaseError) -> StoredLedger {
        do throws(DatabaseError) {
            let token = try WriterToken(of: site, for: holder, again: false, in: database)
            if isWaiting { try WriterLease.waitNoMore(site, in: database) }
            isWaiting = false
            return StoredLedger(database, site: site, token: token)
        } catch {
            if error.kind == .waiting, !isWaiting {
                try WriterLease.wait(site, in: database)
                isWaiting = true
            }
            throw error
        }
    }

    /// The state of the right, as its holder is told.
    public struct Answer: Hashable, Sendable {
        /// The highest epoch under which anybody who had the right was on the bus (P6).
        public var highestEpoch: Epoch
        /// Somebody waits for the right.
        public var isAwaited: Bool

        public init(highestEpoch: Epoch = 0, isAwaited: Bool = false) {
            self.highestEpoch = highestEpoch
            self.isAwaited = isAwaited
        }
    }

    /// Prolongs the right.
    /// - Parameter epoch: one under which Central is about to be on the bus.
    /// - Throws: `.superseded` when somebody else has it.
    public func prolong(under epoch: Epoch? = nil) throws(DatabaseError) -> Answer {
        try WriterLease.prolong(site, holder, under: epoch ?? 0, in: database)
    }
}
