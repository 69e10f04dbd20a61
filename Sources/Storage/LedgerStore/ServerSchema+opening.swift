internal import SQL

extension ServerSchema {
    /// Checks that a database holds a ledger of this version.
    static func check(_ database: any Database) throws(DatabaseError) {
        guard let version = try version(of: database) else {
            throw DatabaseError(kind: .unavailable, "\(database.name) has no ledger yet: Central makes it when it starts")
        }
        guard version == newest else {
            throw DatabaseError(
                kind: .corrupt,
                "\(database.name) has version \(version), this wattline reads \(newest): start Central once with this wattline, it brings the "
                    + "ledger up to date")
        }
    }

    /// Makes the tables in a database that has none, or brings them up to date: all at once or not at all, and one Central after the other.
    static func prepare(_ database: any Database) throws(DatabaseError) {
        guard try version(of: database) != newest else { return }
        try database.transaction { () throws(DatabaseError) in
            try database.execute("SELECT pg_advisory_xact_lock(?)", [.integer(Schema.applicationID)])
            let version = try version(of: database)
            guard version != newest else { return }
            if version == nil {
                let isThere = try database.row("SELECT 1 FROM pg_namespace WHERE nspname = 'wattline'") { _ in true }
                if isThere == nil { try database.run("CREATE SCHEMA wattline") }
            }
            for migration in migrations[(version ?? 0)...] { try database.run(migration) }
            try database.execute(
                "INSERT INTO ledger (one, version) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET version = excluded.version",
                [.integer(Int64(newest))])
        }
    }

    /// The version of the tables; `nil` where there are none.
    /// - Throws: when it is one that only a later program knows.
    private static func version(of database: any Database) throws(DatabaseError) -> Int? {
        // Read as rows: by its name, a table that another connection has just made is not found until the next transaction.
        let isThere = try database.row("SELECT 1 FROM pg_tables WHERE schemaname = 'wattline' AND tablename = 'ledger'") { _ in true }
        guard isThere != nil else { return nil }
        let found = try database.row("SELECT version FROM ledger") { Int($0.integer(0)) }
        guard let version = found else { return nil }
        guard version > newest else { return version }
        throw DatabaseError(
            kind: .later,
            "\(database.name) has version \(version), this wattline reads \(newest): a later wattline made it, and it is left as it is. Start that one"
        )
    }
}
