public import SQLite

/// The size of a ledger.
public struct LedgerSize: Hashable, Sendable {
    public var sessions: Int64
    /// The bytes of the file and of its write-ahead log's pages in use.
    public var bytes: Int64
    /// The bytes freed by pruning, which are used again before the file grows.
    public var freeBytes: Int64
}

extension LedgerReader {
    public func size() throws(SQLiteError) -> LedgerSize {
        LedgerSize(
            sessions: try number("SELECT count(*) FROM sessions"), bytes: try bytes(),
            freeBytes: try number("PRAGMA page_size") * (try number("PRAGMA freelist_count")))
    }

    /// `LedgerSize.bytes` alone, which takes no time.
    public func bytes() throws(SQLiteError) -> Int64 { try number("PRAGMA page_size") * (try number("PRAGMA page_count")) }

    /// Checks the file itself, page by page and reference by reference; returns what is wrong, in words, and nothing when all is well.
    public func damage() throws(SQLiteError) -> [String] { try database.damage() }

    private func number(_ sql: String) throws(SQLiteError) -> Int64 { try database.row(sql) { $0.integer(0) } ?? 0 }
}

extension Database {
    /// The damage of the file, as `LedgerReader.damage` says it.
    func damage() throws(SQLiteError) -> [String] {
        let damage = try rows("PRAGMA integrity_check(20)") { $0.text(0) }.filter { $0 != "ok" }
        let references = try rows("PRAGMA foreign_key_check") { "a row of \($0.text(0)) refers to a row of \($0.text(2)) that is not there" }
        return damage + references
    }

    /// Writes a whole, compact copy as of this moment; others go on writing meanwhile. The file must be empty, or not there yet.
    func copy(to path: String) throws(SQLiteError) { try execute("VACUUM INTO ?", [.text(path)]) }
}
