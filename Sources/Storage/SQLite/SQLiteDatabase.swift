internal import CSQLite
public import SQL

/// A connection to one SQLite file, for one thread at a time.
public final class SQLiteDatabase: Database {
    public enum Mode: Hashable, Sendable {
        /// To read and write; the file is made when it is not there.
        case readWrite
        /// To read; the file must be there.
        case readOnly
    }

    let handle: OpaquePointer
    public let path: String
    public let dialect = Dialect.sqlite
    public var name: String { path }
    private var statements: [String: Statement] = [:]

    /// Opens the file. Nothing is read yet: a damaged file is noticed at its first use.
    /// - Throws: when the file can't be opened.
    public init(path: String, _ mode: Mode = .readWrite, busyMilliseconds: Int32 = 2000) throws(DatabaseError) {
        var made: OpaquePointer?
        let flags = mode == .readWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
        let result = sqlite3_open_v2(path, &made, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard result == SQLITE_OK, let made else {
            let words = made.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(result))
            sqlite3_close_v2(made)
            throw DatabaseError(code: result, doing: "opening \(path)", words: words)
        }
        handle = made
        self.path = path
        sqlite3_busy_timeout(handle, busyMilliseconds)
    }

    deinit {
        for statement in statements.values { statement.finalize() }
        sqlite3_close_v2(handle)
    }

    public func run(_ script: String) throws(DatabaseError) {
        let result = sqlite3_exec(handle, script, nil, nil, nil)
        if result != SQLITE_OK { throw error(result, script) }
    }

    public func execute(_ sql: String, _ values: [Value]) throws(DatabaseError) {
        let statement = try prepare(sql)
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() {}
    }

    public func rows<Element>(
        _ sql: String, _ values: [Value], _ make: (Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> [Element] {
        let statement = try prepare(sql)
        defer { statement.reset() }
        try statement.bind(values)
        var elements: [Element] = []
        while try statement.step() { elements.append(try make(Row(statement))) }
        return elements
    }

    public func each(_ sql: String, _ values: [Value], _ body: (Row) throws(DatabaseError) -> Void) throws(DatabaseError) {
        let statement = try prepare(sql)
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() { try body(Row(statement)) }
    }

    public func reading<Result>(_ body: () throws(DatabaseError) -> Result) throws(DatabaseError) -> Result {
        try execute("BEGIN")
        defer { try? execute("COMMIT") }
        return try body()
    }

    public func transaction<Result>(_ body: () throws(DatabaseError) -> Result) throws(DatabaseError) -> Result {
        try execute("BEGIN IMMEDIATE")
        do throws(DatabaseError) {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // SQLite may have rolled back by itself.
            if isInTransaction { try? execute("ROLLBACK") }
            throw error
        }
    }

    public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Prepares a statement once and keeps it: the statements of a program are few.
    private func prepare(_ sql: String) throws(DatabaseError) -> Statement {
        if let known = statements[sql] { return known }
        var made: OpaquePointer?
        let result = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
        guard result == SQLITE_OK, let made else { throw error(result, sql) }
        let statement = Statement(made, database: self, sql: sql)
        statements[sql] = statement
        return statement
    }

    func error(_ code: Int32, _ sql: String) -> DatabaseError {
        DatabaseError(code: code, doing: doing(sql), words: String(cString: sqlite3_errmsg(handle)))
    }
}
