public import SQL
internal import SQLite

/// The size of a ledger.
public struct LedgerSize: Hashable, Sendable {
    public var sessions: Int64
    /// The bytes of the file and of its write-ahead log's pages in use.
    public var bytes: Int64
    /// The bytes freed by pruning, which are used again before the file grows.
    public var freeBytes: Int64
}

extension LedgerReader {
    public func size() throws(DatabaseError) -> LedgerSize {
        let free = file == nil ? 0 : try number("PRAGMA page_size") * (try number("PRAGMA freelist_count"))
        return LedgerSize(sessions: try number("SELECT count(*) FROM sessions WHERE 1 = 1\(scope.and)"), bytes: try bytes(), freeBytes: free)
    }

    /// `LedgerSize.bytes` alone, which takes no time. On a server: its tables and their indexes.
    public func bytes() throws(DatabaseError) -> Int64 {
        guard file == nil else { return try number("PRAGMA page_size") * (try number("PRAGMA page_count")) }
        return try number(
            "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'wattline'::regnamespace")
    }

    /// Checks the file itself, page by page and reference by reference; returns what is wrong, in words, and nothing when all is well. A server checks
    /// its files itself.
    public func damage() throws(DatabaseError) -> [String] { try file?.damage() ?? [] }

    private func number(_ sql: String) throws(DatabaseError) -> Int64 { try database.row(sql) { $0.integer(0) } ?? 0 }
}

extension SQLiteDatabase {
    /// The damage of the file, as `LedgerReader.damage` says it.
    func damage() throws(DatabaseError) -> [String] {
        let damage = try rows("PRAGMA integrity_check(20)") { $0.text(0) }.filter { $0 != "ok" }
        let references = try rows("PRAGMA foreign_key_check") { "a row of \($0.text(0)) refers to a row of \($0.text(2)) that is not there" }
        return damage + references
    }

    /// Writes a whole, compact copy as of this moment; others go on writing meanwhile. The file must be empty, or not there yet.
    func copy(to path: String) throws(DatabaseError) { try execute("VACUUM INTO ?", [.text(path)]) }
}
