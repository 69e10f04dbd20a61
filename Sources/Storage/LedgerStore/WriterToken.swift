internal import ChargingModel
internal import SQL

/// The right to write a site's rows on a server: one Central's at a time. Each time that it is taken it has another number, which each commit's
/// transaction holds. Whatever a connection that broke off had under way ends before the right is given to another one, and what comes later from there
/// changes nothing.
struct WriterToken {
    private let site: String
    private let holder: LedgerHolder
    private let number: Int64

    private struct Row {
        var place: String
        var holder: String
        var token: Int64
        /// True when nobody has the right at the moment.
        var isFree: Bool
    }

    /// Takes the right, when nobody has it at the moment.
    /// - Parameters:
    ///   - places: those of Centrals that are known to be gone, besides the holder's own.
    ///   - again: true for a holder that had it before: it gets it only when nobody else had it since.
    /// - Throws: `.superseded` when somebody had it since, `.waiting` when somebody has it now.
    init(
        of site: String, for holder: LedgerHolder, again: Bool, after places: [String] = [], in database: any Database
    ) throws(DatabaseError) {
        self.site = site
        self.holder = holder
        let gone = Set(places + (holder.isOperator ? [] : [holder.place]))
        func mayTake(_ row: Row) -> Bool { row.holder == holder.name || !again && (row.isFree || gone.contains(row.place)) }
        func refusal(_ row: Row?) -> DatabaseError {
            again
                ? Self.lost(site, database)
                : DatabaseError(kind: .waiting, "\(row?.holder ?? "another Central") writes the ledger of \(Self.words(site)) on \(database.name)")
        }
        // Looked at without a lock first: whoever waits keeps nobody waiting.
        if let row = try WriterToken.row(of: site, in: database) {
            guard mayTake(row) else { throw refusal(row) }
            try WriterToken.endConnection(of: row, site, in: database)
        }
        number = try database.transaction { () throws(DatabaseError) in
            try WriterToken.make(site, in: database)
            try WriterToken.keepWaiting(site, in: database)
            // Only what is read behind the lock is what whoever held it left.
            let row = try WriterToken.row(of: site, in: database)
            guard let row, mayTake(row) else { throw refusal(row) }
            try WriterToken.give(site, to: holder, row.token + 1, in: database)
            return row.token + 1
        }
    }

    private static func row(of site: String, in database: any Database) throws(DatabaseError) -> Row? {
        // A lease is a minute at most: what ends later was given by a clock that has been set back since.
        try database.row(
            """
            SELECT place, holder, token, (until <= clock_timestamp() OR until > clock_timestamp() + interval '61 seconds')::int
            FROM writers JOIN leases USING (site) WHERE site = ?
            """, [.text(site)]
        ) { Row(place: $0.text(0), holder: $0.text(1), token: $0.integer(2), isFree: $0.bool(3)) }
    }

    private static func make(_ site: String, in database: any Database) throws(DatabaseError) {
        try database.execute("INSERT INTO leases (site, until) VALUES (?, clock_timestamp()) ON CONFLICT DO NOTHING", [.text(site)])
        try database.execute(
            "INSERT INTO writers (site, place, holder, token, backend, began) VALUES (?, '', '', 0, 0, now()) ON CONFLICT DO NOTHING", [.text(site)])
    }

    private static func give(_ site: String, to holder: LedgerHolder, _ number: Int64, in database: any Database) throws(DatabaseError) {
        try database.execute(
            """
            UPDATE writers SET token = ?2, place = ?3, holder = ?4, since = clock_timestamp(), backend = pid, began = backend_start
            FROM pg_stat_activity WHERE site = ?1 AND pid = pg_backend_pid()
            """, [.text(site), .integer(number), .text(holder.place), .text(holder.name)])
        try WriterLease.prolong(site, holder, in: database)
    }

    /// Ends the connection of a Central that had the right before, so that nobody waits for what it had under way. An operator's is waited for.
    private static func endConnection(of row: Row, _ site: String, in database: any Database) throws(DatabaseError) {
        guard row.place != LedgerHolder.operatorPlace else { return }
        try database.execute(
            """
            SELECT pg_terminate_backend(pid, 1000) FROM writers JOIN pg_stat_activity ON pid = backend AND backend_start = began
            WHERE site = ? AND token = ? AND pid <> pg_backend_pid() AND usename = current_user
            """, [.text(site), .integer(row.token)])
    }

    /// Holds it until the end of the transaction that is under way.
    /// - Throws: `.superseded` when somebody else has it; `.later` when the tables were brought to a version that this program does not know.
    func hold(in database: any Database) throws(DatabaseError) {
        let last = try database.row(
            "SELECT token, (SELECT version FROM ledger) FROM writers WHERE site = ? FOR SHARE OF writers", [.text(site)]
        ) { (token: $0.integer(0), version: $0.integer(1)) }
        guard let last, last.token == number else { throw Self.lost(site, database) }
        guard last.version == ServerSchema.newest else {
            throw DatabaseError(kind: .later, "\(database.name) was brought to version \(last.version): start the wattline that did it here, too")
        }
    }

    /// Writes something, which is on every disk when it returns on which a commit must be: and with it all that was written before.
    func prove(in database: any Database) throws(DatabaseError) {
        let written = try database.row(
            "UPDATE leases SET epoch = epoch WHERE site = ?1 AND EXISTS (SELECT 1 FROM writers WHERE site = ?1 AND token = ?2) RETURNING 1",
            [.text(site), .integer(number)]
        ) { $0.integer(0) }
        guard written != nil else { throw Self.lost(site, database) }
    }

    /// Gives the right back, so that nobody waits for the end of its lease; nothing when somebody else has it.
    func release(in database: any Database) throws(DatabaseError) { try WriterLease.release(site, holder, in: database) }

    /// The highest epoch under which anybody who had the right was on the bus.
    func highestEpoch(in database: any Database) throws(DatabaseError) -> Epoch {
        Epoch(clamping: try database.row("SELECT epoch FROM leases WHERE site = ?", [.text(site)]) { $0.integer(0) } ?? 0)
    }

    /// Keeps all who write a site's rows waiting until the end of the transaction that is under way.
    static func keepWaiting(_ site: String, in database: any Database) throws(DatabaseError) {
        try database.execute("SELECT token FROM writers WHERE site = ? FOR UPDATE", [.text(site)])
    }

    static func lost(_ site: String, _ database: any Database) -> DatabaseError {
        DatabaseError(kind: .superseded, "another Central writes the ledger of \(words(site)) on \(database.name)")
    }

    static func words(_ site: String) -> String { site.isEmpty ? "the network" : "site \(site)" }
}
