internal import SQL

/// The right to write a site's rows on a server: the last that took it has it. Whatever a connection that broke off had under way ends before it is
/// given, and what comes later from there changes nothing.
struct WriterToken {
    private let site: String
    private let number: Int64

    /// Takes the right from whoever has it.
    /// - Parameters:
    ///   - holder: a name of whoever takes it that nobody else has.
    ///   - again: true for a holder that had it before: it gets it only when nobody else took it since.
    /// - Throws: `.superseded` when somebody did.
    init(of site: String, for holder: String, again: Bool, in database: any Database) throws(DatabaseError) {
        self.site = site
        let taken = try database.row(
            """
            INSERT INTO writers (site, holder, token) VALUES (?1, ?2, 1)
            ON CONFLICT (site) DO UPDATE SET token = writers.token + 1, holder = excluded.holder, since = now()
            WHERE writers.holder = ?2 OR ?3 = 0 RETURNING token
            """, [.text(site), .text(holder), .bool(again)]
        ) { $0.integer(0) }
        guard let taken else { throw Self.lost(site, database) }
        number = taken
        // Held as long as the connection is: so that an operator who would write instead sees that a Central does.
        try database.execute("SELECT pg_try_advisory_lock(hashtextextended(?, 0))", [.text(Self.presence(site))])
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

    /// Writes it again, which is on every disk when it returns on which a commit must be: and with it all that was written before.
    func prove(in database: any Database) throws(DatabaseError) {
        let written = try database.row(
            "UPDATE writers SET since = now() WHERE site = ? AND token = ? RETURNING token", [.text(site), .integer(number)]
        ) {
            $0.integer(0)
        }
        guard written == number else { throw Self.lost(site, database) }
    }

    /// Keeps all who write a site's rows waiting until the end of the transaction that is under way.
    static func keepWaiting(_ site: String, in database: any Database) throws(DatabaseError) {
        try database.execute("SELECT token FROM writers WHERE site = ? FOR UPDATE", [.text(site)])
    }

    /// Checks that no Central writes a site's rows at the moment.
    static func checkNobodyWrites(_ site: String, in database: any Database) throws(DatabaseError) {
        let isFree = try database.row("SELECT pg_try_advisory_lock(hashtextextended(?, 0))::int", [.text(presence(site))]) { $0.bool(0) } ?? false
        guard isFree else {
            throw DatabaseError(
                kind: .busy, "\(database.name): a Central writes the ledger of \(words(site)): ask it (--central HOST:PORT), or stop it")
        }
    }

    private static func presence(_ site: String) -> String { "writer \(site)" }

    private static func lost(_ site: String, _ database: any Database) -> DatabaseError {
        DatabaseError(kind: .superseded, "\(database.name): another Central writes the ledger of \(words(site))")
    }

    private static func words(_ site: String) -> String { site.isEmpty ? "the network" : "site \(site)" }
}
