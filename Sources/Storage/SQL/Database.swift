/// The SQL that a database understands, where databases differ.
public enum Dialect: Hashable, Sendable {
    case sqlite
    case postgreSQL
}

/// A connection to a database, for one thread at a time; every call blocks until it has answered. Places for values are `?`, or `?1` for one that is
/// used more than once.
public protocol Database: AnyObject {
    var dialect: Dialect { get }
    /// The words by which messages name it: a path, or an address without its password.
    var name: String { get }

    /// Runs statements that have no parameters and return no rows.
    func run(_ script: String) throws(DatabaseError)

    /// Runs one statement; its rows are thrown away.
    func execute(_ sql: String, _ values: [Value]) throws(DatabaseError)

    /// All rows of one statement, each made into an element. The body may ask the database itself.
    func rows<Element>(
        _ sql: String, _ values: [Value], _ make: (Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> [Element]

    /// Calls the body with the rows of one statement, one after the other, without holding them all. The body must not ask the database.
    func each(_ sql: String, _ values: [Value], _ body: (Row) throws(DatabaseError) -> Void) throws(DatabaseError)

    /// Runs the body so that everything it reads is of one moment, whatever others write meanwhile.
    func reading<Result>(_ body: () throws(DatabaseError) -> Result) throws(DatabaseError) -> Result

    /// Runs the body all or not at all. When even that can't be told (the disk failed at COMMIT), the error is thrown and the connection should be
    /// closed.
    func transaction<Result>(_ body: () throws(DatabaseError) -> Result) throws(DatabaseError) -> Result

    /// True between BEGIN and its end; false again when the database rolled back by itself.
    var isInTransaction: Bool { get }
}

extension Database {
    public func execute(_ sql: String) throws(DatabaseError) { try execute(sql, []) }

    public func rows<Element>(_ sql: String, _ make: (Row) throws(DatabaseError) -> Element) throws(DatabaseError) -> [Element] {
        try rows(sql, [], make)
    }

    /// Runs the body all or not at all, within a transaction.
    public func savepoint<Result>(_ body: () throws(DatabaseError) -> Result) throws(DatabaseError) -> Result {
        try execute("SAVEPOINT part")
        do throws(DatabaseError) {
            let result = try body()
            try execute("RELEASE SAVEPOINT part")
            return result
        } catch {
            // Some errors (a full disk, a connection that is gone) have rolled back everything by themselves.
            if isInTransaction {
                try execute("ROLLBACK TO SAVEPOINT part")
                try execute("RELEASE SAVEPOINT part")
            }
            throw error
        }
    }

    /// The words by which a failure of a statement is told: where, and how it begins.
    public func doing(_ sql: String) -> String {
        "\(name): \(sql.split(whereSeparator: { $0 == "\n" || $0 == " " }).prefix(6).joined(separator: " ")) …"
    }

    /// The first row of one statement.
    public func row<Element>(
        _ sql: String, _ values: [Value] = [], _ make: (Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> Element? {
        try rows(sql, values, make).first
    }
}
