internal import CSQLite

/// A value that SQLite stores.
public enum Value: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)

    public static func optional(_ number: Int64?) -> Value { number.map { .integer($0) } ?? .null }
    public static func optional(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
    public static func bool(_ value: Bool) -> Value { .integer(value ? 1 : 0) }
}

/// A prepared statement of one database.
final class Statement {
    let handle: OpaquePointer
    private unowned let database: Database
    private let sql: String

    init(_ handle: OpaquePointer, database: Database, sql: String) {
        self.handle = handle
        self.database = database
        self.sql = sql
    }

    func bind(_ values: [Value]) throws(SQLiteError) {
        precondition(Int(sqlite3_bind_parameter_count(handle)) == values.count, "\(sql) has another number of parameters")
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            let result =
                switch value {
                case .null: sqlite3_bind_null(handle, place)
                case .integer(let number): sqlite3_bind_int64(handle, place, number)
                case .text(let text): wattline_bind_text(handle, place, text, Int32(text.utf8.count))
                }
            if result != SQLITE_OK { throw database.error(result, sql) }
        }
    }

    /// Goes to the next row; true when there is one.
    func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw database.error(code, sql)
        }
    }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    func finalize() { sqlite3_finalize(handle) }
}

/// The row that a statement stands on. Columns count from 0.
public struct Row {
    let statement: Statement

    public func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement.handle, column) == SQLITE_NULL }

    public func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement.handle, column) }

    public func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(statement.handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement.handle, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    public func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }
    public func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
    public func bool(_ column: Int32) -> Bool { integer(column) != 0 }
}
