internal import ChargingModel
internal import Glibc
internal import SQL

/// The right to write a site's rows on a server: one Central's for a time that it prolongs, a lease. Whatever a connection that broke off had under way
/// ends before the right is given to another one, and what comes later from there changes nothing.
struct WriterToken {
    private let site: String
    private let number: Int64
    private let lease: Duration
    /// The highest epoch under which anybody who had the right was on the bus.
    let highestEpoch: Int64

    /// Takes the right, when nobody has it at the moment.
    /// - Parameter again: true for a holder that had it before: it gets it only when nobody else had it since.
    /// - Throws: `.superseded` when somebody had it since, `.waiting` when somebody has it now.
    init(of site: String, for holder: LedgerHolder, again: Bool, in database: any Database) throws(DatabaseError) {
        self.site = site
        lease = holder.lease
        if !again, let other = try WriterToken.other(than: holder, of: site, in: database) {
            throw DatabaseError(kind: .waiting, "\(database.name): \(other) writes the ledger of \(Self.words(site))")
        }
        try WriterToken.endConnection(before: holder, again, of: site, in: database)
        let taken = try database.row(
            """
            INSERT INTO writers (site, place, holder, token, until, backend, began)
            SELECT ?1, ?2, ?3, 1, clock_timestamp() + ?5 * interval '1 millisecond', pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()
            ON CONFLICT (site) DO UPDATE SET token = writers.token + 1, place = excluded.place, holder = excluded.holder, since = clock_timestamp(),
                until = excluded.until, backend = excluded.backend, began = excluded.began
            WHERE \(WriterToken.mayTake) RETURNING token, epoch
            """, [.text(site), .text(holder.place), .text(holder.name), .bool(again), .integer(lease.milliseconds)]
        ) { (token: $0.integer(0), epoch: $0.integer(1)) }
        guard let taken else {
            throw again ? Self.lost(site, database) : DatabaseError(kind: .waiting, "\(database.name): another Central was first")
        }
        number = taken.token
        highestEpoch = taken.epoch
    }

    private static let mayTake = "writers.holder = ?3 OR (?4 = 0 AND (writers.place = ?2 OR writers.until <= clock_timestamp()))"

    /// Ends the connection of whoever had the right before, so that nobody waits for what it had under way.
    private static func endConnection(before holder: LedgerHolder, _ again: Bool, of site: String, in database: any Database) throws(DatabaseError) {
        try database.execute(
            """
            SELECT pg_terminate_backend(pid, 1000) FROM writers JOIN pg_stat_activity ON pid = backend AND backend_start = began
            WHERE site = ?1 AND pid <> pg_backend_pid() AND usename = current_user AND (\(mayTake))
            """, [.text(site), .text(holder.place), .text(holder.name), .bool(again)])
    }

    /// The name of somebody else who has the right at the moment; `nil` when nobody does.
    private static func other(than holder: LedgerHolder, of site: String, in database: any Database) throws(DatabaseError) -> String? {
        try database.row(
            "SELECT holder FROM writers WHERE site = ? AND place <> ? AND until > clock_timestamp()", [.text(site), .text(holder.place)]
        ) { $0.text(0) }
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

    /// Prolongs it. That is on every disk when it returns on which a commit must be: and with it all that was written before.
    /// - Parameter epoch: one under which its holder is about to be on the bus; 0 for none.
    func prolong(under epoch: Int64 = 0, in database: any Database) throws(DatabaseError) {
        let written = try database.row(
            """
            UPDATE writers SET until = clock_timestamp() + ?3 * interval '1 millisecond', epoch = greatest(epoch, ?4)
            WHERE site = ?1 AND token = ?2 RETURNING token
            """, [.text(site), .integer(number), .integer(lease.milliseconds), .integer(epoch)]
        ) { $0.integer(0) }
        guard written == number else { throw Self.lost(site, database) }
    }

    /// Gives it back, so that nobody waits for its end; nothing when somebody else has it.
    func release(in database: any Database) throws(DatabaseError) {
        try database.execute("UPDATE writers SET until = clock_timestamp() WHERE site = ? AND token = ?", [.text(site), .integer(number)])
    }

    /// Keeps all who write a site's rows waiting until the end of the transaction that is under way.
    static func keepWaiting(_ site: String, in database: any Database) throws(DatabaseError) {
        try database.execute("SELECT token FROM writers WHERE site = ? FOR UPDATE", [.text(site)])
    }

    private static func lost(_ site: String, _ database: any Database) -> DatabaseError {
        DatabaseError(kind: .superseded, "\(database.name): another Central writes the ledger of \(words(site))")
    }

    private static func words(_ site: String) -> String { site.isEmpty ? "the network" : "site \(site)" }
}

extension WriterToken {
    /// The longest that an operator waits for a Central that may be gone, in milliseconds.
    private static let patience: Int64 = 5000

    /// Takes the right for an operator, when no Central has it. One that has gone without a word has it for a moment more, which is waited for.
    /// - Throws: `.busy` when one has it, and says so again.
    static func ofOperator(_ site: String, in database: any Database) throws(DatabaseError) -> WriterToken {
        let name = "an operator \(UInt64.random(in: .min ... .max))"
        let first = try running(of: site, in: database)
        while let now = try running(of: site, in: database) {
            guard let first, now.until == first.until, now.left <= patience else {
                throw DatabaseError(
                    kind: .busy,
                    "\(database.name): \(now.holder) writes the ledger of \(words(site)): ask it (--central HOST:PORT), or stop it")
            }
            usleep(UInt32(min(now.left + 1, 100)) * 1000)
        }
        return try WriterToken(of: site, for: LedgerHolder(place: name, name: name, lease: .zero), again: false, in: database)
    }

    private static func running(
        of site: String, in database: any Database
    ) throws(DatabaseError) -> (holder: String, until: Int64, left: Int64)? {
        try database.row(
            """
            SELECT holder, (extract(epoch FROM until) * 1000000)::bigint, (extract(epoch FROM until - clock_timestamp()) * 1000)::bigint
            FROM writers WHERE site = ? AND until > clock_timestamp()
            """, [.text(site)]
        ) { ($0.text(0), $0.integer(1), $0.integer(2)) }
    }
}
