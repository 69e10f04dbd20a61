internal import ChargingModel
internal import Glibc
internal import SQL

/// The time for which the right to write a site's rows is somebody's without a word. In a table of its own: it is prolonged while a long transaction
/// holds the right, over another connection.
enum WriterLease {
    /// Prolongs it. That is on every disk when it returns on which a commit must be: and with it all that was written before.
    /// - Parameter epoch: one under which its holder is about to be on the bus; 0 for none.
    /// - Throws: `.superseded` when somebody else has the right.
    @discardableResult static func prolong(
        _ site: String, _ holder: LedgerHolder, under epoch: Epoch = 0, in database: any Database
    ) throws(DatabaseError) -> LedgerTurn.Answer {
        let written = try database.row(
            """
            UPDATE leases SET until = clock_timestamp() + ?3 * interval '1 millisecond', epoch = greatest(epoch, ?4)
            WHERE site = ?1 AND EXISTS (SELECT 1 FROM writers WHERE site = ?1 AND holder = ?2)
            RETURNING epoch, (NOT pg_try_advisory_xact_lock(hashtextextended('waits for ' || site, 0)))::int
            """, [.text(site), .text(holder.name), .integer(holder.lease.milliseconds), .integer(Int64(clamping: epoch))]
        ) { LedgerTurn.Answer(highestEpoch: Epoch(clamping: $0.integer(0)), isAwaited: $0.bool(1)) }
        guard let written else { throw WriterToken.lost(site, database) }
        return written
    }

    /// Gives it back, so that nobody waits for its end; nothing when somebody else has it.
    static func release(_ site: String, _ holder: LedgerHolder, in database: any Database) throws(DatabaseError) {
        try database.execute(
            "UPDATE leases SET until = clock_timestamp() WHERE site = ?1 AND EXISTS (SELECT 1 FROM writers WHERE site = ?1 AND holder = ?2)",
            [.text(site), .text(holder.name)])
    }

    /// Shows its holder that somebody waits, as long as the connection lives.
    static func wait(_ site: String, in database: any Database) throws(DatabaseError) {
        try database.execute("SELECT pg_advisory_lock_shared(hashtextextended('waits for ' || ?, 0))", [.text(site)])
    }

    static func waitNoMore(_ site: String, in database: any Database) throws(DatabaseError) {
        try database.execute("SELECT pg_advisory_unlock_shared(hashtextextended('waits for ' || ?, 0))", [.text(site)])
    }

    /// The longest that an operator waits for a Central that may be gone, in milliseconds.
    private static let patience: Int64 = 5000

    /// Waits for the end of a Central that has gone without a word, and has the right for a moment more.
    /// - Parameter gone: the places of Centrals that are known to be gone.
    /// - Throws: `.busy` when one has the right, and says so again.
    static func waitForTheEnd(of site: String, except gone: [String], in database: any Database) throws(DatabaseError) {
        let first = try running(of: site, in: database)
        while let now = try running(of: site, in: database), !gone.contains(now.place) {
            guard let first, now.until == first.until, now.left <= patience else {
                throw DatabaseError(
                    kind: .busy,
                    "\(now.holder) writes the ledger of \(WriterToken.words(site)) on \(database.name): ask it (--central HOST:PORT), or stop it")
            }
            usleep(UInt32(min(now.left + 1, 100)) * 1000)
        }
    }

    private static func running(
        of site: String, in database: any Database
    ) throws(DatabaseError) -> (place: String, holder: String, until: Int64, left: Int64)? {
        try database.row(
            """
            SELECT place, holder, (extract(epoch FROM until) * 1000000)::bigint, (extract(epoch FROM until - clock_timestamp()) * 1000)::bigint
            FROM writers JOIN leases USING (site)
            WHERE site = ? AND until > clock_timestamp() AND until <= clock_timestamp() + interval '61 seconds'
            """, [.text(site)]
        ) { ($0.text(0), $0.text(1), $0.integer(2), $0.integer(3)) }
    }
}
