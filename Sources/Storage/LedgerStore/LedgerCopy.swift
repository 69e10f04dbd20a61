internal import ChargingModel
internal import Ledger
public import SQL

/// The move of a ledger into another store: every row of it, in one transaction, and read again before it counts.
public enum LedgerCopy {
    /// The number of rows of each table that were copied, in their order.
    public typealias Counts = [(table: String, rows: Int)]

    private struct Table {
        let name: String
        let columns: [String]
        let order: String
        /// False where a row is the whole network's.
        var isOfSite = true
    }

    /// In an order in which what is referred to comes first. Numbers that only say an order are given anew.
    private static let tables = [
        Table(
            name: "sessions", columns: names(LedgerSession.columns) + ["ticket_changed_ms", "closing_order"], order: "closing_order NULLS FIRST, id"),
        Table(name: "decisions", columns: names(Decision.columns), order: "number"),
        Table(name: "stray_records", columns: names(StrayRecord.columns), order: "session, meter, cp, start_wh, end_wh"),
        Table(name: "faults", columns: ["cp", "verdict", "why", "began_ms", "ended_ms"], order: "number"),
        Table(name: "wishes", columns: ["cp", "out_of_order", "at_ms"], order: "cp"),
        Table(name: "meter_openings", columns: names(MeterOpening.columns), order: "meter"),
        Table(name: "audit_log", columns: names(AuditEntry.columns), order: "number"),
        Table(name: "pruned_sessions", columns: ["session"], order: "session", isOfSite: false),
        Table(name: "tokens", columns: names(AccountToken.columns), order: "token", isOfSite: false),
    ]

    private static func names(_ columns: String) -> [String] {
        columns.split(whereSeparator: { $0 == "," || $0.isWhitespace || $0.isNewline }).map(String.init)
    }

    /// Copies all rows of one ledger into another one, in which this site has none. Blocks.
    /// - Parameter progress: hears how many rows of a table are copied.
    /// - Throws: when the other has rows of this site already, or one of the rows can't stand beside what others have in it; then nothing was copied.
    public static func copy(
        from source: StoredLedger, to target: StoredLedger, progress: (_ table: String, _ rows: Int) -> Void = { _, _ in }
    ) throws(DatabaseError) -> Counts {
        var copied: Counts?
        do throws(DatabaseError) {
            // Both are held: nobody writes the source meanwhile.
            try source.writing { () throws(DatabaseError) in
                copied = try target.writing { () throws(DatabaseError) in try copyTables(from: source, to: target, progress) }
            }
        } catch {
            // The target was committed, and the source was only read.
            guard copied != nil else { throw error }
        }
        return copied ?? []
    }

    private static func copyTables(
        from source: StoredLedger, to target: StoredLedger, _ progress: (String, Int) -> Void
    ) throws(DatabaseError) -> Counts {
        for table in tables where table.isOfSite {
            guard try target.isEmpty(table.name) else {
                throw DatabaseError(
                    kind: .unavailable, "\(target.database.name) has \(table.name) of this site already: a copy is made into an empty ledger")
            }
        }
        var counts: Counts = []
        for table in tables {
            let rows = try copy(table, from: source, to: target, progress)
            try check(table, rows, source, target)
            counts.append((table.name, rows))
        }
        return counts
    }

    private static func copy(
        _ table: Table, from source: StoredLedger, to target: StoredLedger, _ progress: (String, Int) -> Void
    ) throws(DatabaseError) -> Int {
        var waiting: [[Value]] = []
        var count = 0
        try source.database.each(select(table.columns, of: table, in: source), []) { row throws(DatabaseError) in
            waiting.append(table.columns.indices.map { row.value(Int32($0)) })
            guard waiting.count == portion else { return }
            try insert(waiting, into: table, of: target)
            count += waiting.count
            waiting = []
            progress(table.name, count)
        }
        for row in waiting { try insert([row], into: table, of: target) }
        count += waiting.count
        if count > 0 { progress(table.name, count) }
        return count
    }

    /// The number of rows in one statement: few enough for SQLite's limit of values.
    private static let portion = 100

    private static func select(_ columns: [String], of table: Table, in ledger: StoredLedger) -> String {
        let scope = table.isOfSite ? ledger.scope.and : ""
        return "SELECT \(columns.joined(separator: ", ")) FROM \(table.name) WHERE 1 = 1\(scope) ORDER BY \(table.order)"
    }

    private static func insert(_ rows: [[Value]], into table: Table, of target: StoredLedger) throws(DatabaseError) {
        // On a server the order of closings is that of all sites, and goes on; a file tells no site of its meters.
        let isAnew = target.database.dialect == .postgreSQL
        let tellsSite = table.isOfSite && (isAnew || table.name != "meter_openings")
        let marks = table.columns.map { isAnew && $0 == "closing_order" ? "CASE WHEN ? > 0 THEN nextval('closings') END" : "?" }.joined(
            separator: ", ")
        let line = "(\(tellsSite ? "?, " : "")\(marks))"
        // What the network has already of cards and of pruned sessions is looked at when all is read again.
        try target.database.execute(
            "INSERT INTO \(table.name) (\(tellsSite ? "site, " : "")\(table.columns.joined(separator: ", "))) VALUES "
                + Array(repeating: line, count: rows.count).joined(separator: ", ") + (table.isOfSite ? "" : " ON CONFLICT DO NOTHING"),
            rows.flatMap { (tellsSite ? [.text(target.site)] : []) + $0 })
    }

    /// Reads a table in both, and compares row by row.
    private static func check(_ table: Table, _ count: Int, _ source: StoredLedger, _ target: StoredLedger) throws(DatabaseError) {
        var digests: [RowDigest] = []
        let compared = table.columns.filter { $0 != "closing_order" }
        for ledger in [source, target] {
            var digest = RowDigest()
            if table.isOfSite || ledger === source {
                try ledger.database.each(select(compared, of: table, in: ledger), []) { row throws(DatabaseError) in
                    digest.add(compared.indices.map { row.value(Int32($0)) })
                }
            } else {
                // Other sites have rows of this table, too.
                digest = try ofThese(table, compared, source, in: target)
            }
            digests.append(digest)
        }
        guard digests[0] == digests[1], digests[0].count == count else {
            throw DatabaseError(
                kind: .constraint,
                "\(target.database.name) has other \(table.name) than \(source.database.name): nothing was copied")
        }
    }

    /// The rows of the target that have the keys of the source's.
    private static func ofThese(
        _ table: Table, _ columns: [String], _ source: StoredLedger, in target: StoredLedger
    ) throws(DatabaseError) -> RowDigest {
        var digest = RowDigest()
        let keys = try source.database.rows(select([table.order], of: table, in: source)) { $0.value(0) }
        for key in keys {
            try target.database.each("SELECT \(columns.joined(separator: ", ")) FROM \(table.name) WHERE \(table.order) = ?", [key]) {
                row throws(DatabaseError) in
                digest.add(columns.indices.map { row.value(Int32($0)) })
            }
        }
        return digest
    }
}

/// A sum of rows: as many, with the same values in the same order.
private struct RowDigest: Equatable {
    private(set) var count = 0
    /// FNV-1a over the values: a slip would show, a forger is not who copies.
    private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ values: [Value]) {
        count += 1
        for value in values {
            switch value {
            case .null: add([0])
            case .integer(let number): add([1] + Array(String(number).utf8))
            case .text(let text): add([2] + Array(text.utf8))
            }
        }
    }

    private mutating func add(_ bytes: [UInt8]) { for byte in bytes + [0xFF] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 } }
}

extension StoredLedger {
    fileprivate func isEmpty(_ table: String) throws(DatabaseError) -> Bool {
        try database.row("SELECT 1 FROM \(table) WHERE 1 = 1\(scope.and) LIMIT 1") { _ in true } == nil
    }
}
