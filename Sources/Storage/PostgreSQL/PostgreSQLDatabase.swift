internal import CPostgreSQL
public import SQL

/// A connection to a database on a server, for one thread at a time.
public final class PostgreSQLDatabase: Database {
    /// The purpose of a connection, which says to which of several hosts it goes, and how long an answer is waited for.
    public enum Purpose: Hashable, Sendable {
        /// To write, while drivers wait: the host that takes writes, and 10 s.
        case writing
        /// To read, also long lists: any host, and a minute for each part.
        case reading
        /// To move all rows: the host that takes writes, and ten minutes.
        case moving

        var patience: Duration {
            switch self {
            case .writing: .seconds(10)
            case .reading: .seconds(60)
            case .moving: .seconds(600)
            }
        }
    }

    public let dialect = Dialect.postgreSQL
    public let name: String
    let connection: PostgreSQLConnection
    /// The statements that were prepared, by their SQL.
    private var statements: [String: Prepared] = [:]

    private struct Prepared {
        var name: String
        /// The number of its values.
        var count: Int
    }

    /// Connects.
    /// - Throws: when no server answers, or none lets this one in.
    public init(_ address: PostgreSQLAddress, for purpose: Purpose) throws(DatabaseError) {
        name = address.shown
        connection = try PostgreSQLConnection(address, name: name, for: purpose)
        try run(PostgreSQLDatabase.session)
        // Between two rows, the other side of a move may take its time.
        if purpose == .moving { try run("SET idle_in_transaction_session_timeout = 0") }
    }

    /// Set for each connection, whatever the server's usual settings are:
    /// - A commit is on the server's disk, and on its synchronous followers' where it has some: less would lose what was promised. No limit of time
    ///   ends the wait for them, which the server would call a success.
    /// - Whoever went away in the middle of a transaction holds its locks for so long at most.
    private static let session = """
        SET client_min_messages = warning;
        SET default_transaction_isolation = 'read committed';
        SET statement_timeout = 0;
        SET lock_timeout = '5s';
        SET idle_in_transaction_session_timeout = '5s';
        SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 5000;
        SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');
        SELECT set_config('search_path', 'wattline', false);
        """

    public func run(_ script: String) throws(DatabaseError) {
        let sent = connection.send { pq, handle in pq.sendQuery(handle, script) }
        try connection.collect(sent, doing: doing(script)) { _ in }
    }

    public func execute(_ sql: String, _ values: [Value]) throws(DatabaseError) {
        try connection.collect(send(sql, values), doing: doing(sql)) { _ in }
    }

    public func rows<Element>(
        _ sql: String, _ values: [Value], _ make: (Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> [Element] {
        var answers: [PostgreSQLAnswer] = []
        try connection.collect(send(sql, values), doing: doing(sql)) { answers.append($0) }
        var elements: [Element] = []
        for answer in answers { try answer.eachRow { row throws(DatabaseError) in elements.append(try make(row)) } }
        return elements
    }

    public func each(_ sql: String, _ values: [Value], _ body: (Row) throws(DatabaseError) -> Void) throws(DatabaseError) {
        let sent = try send(sql, values)
        connection.answerRowByRow()
        // The rest of an answer must be read before the next question: what the body said is kept until then.
        var failure: DatabaseError?
        try connection.collect(sent, doing: doing(sql)) { answer in
            guard failure == nil else { return }
            do throws(DatabaseError) { try answer.eachRow(body) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    public func reading<Result>(_ body: () throws(DatabaseError) -> Result) throws(DatabaseError) -> Result {
        try within("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", body)
    }

    public func transaction<Result>(_ body: () throws(DatabaseError) -> Result) throws(DatabaseError) -> Result { try within("BEGIN", body) }

    private func within<Result>(_ begin: String, _ body: () throws(DatabaseError) -> Result) throws(DatabaseError) -> Result {
        try execute(begin, [])
        do throws(DatabaseError) {
            let result = try body()
            try connection.commit(doing: doing("COMMIT")) { () throws(DatabaseError) in try send("COMMIT", []) }
            return result
        } catch {
            if isInTransaction { try? execute("ROLLBACK") }
            throw error
        }
    }

    public var isInTransaction: Bool { connection.isInTransaction }

    /// Sends a statement, which is prepared once: the statements of a program are few.
    private func send(_ sql: String, _ values: [Value]) throws(DatabaseError) -> Bool {
        let statement = try prepare(sql)
        precondition(statement.count == values.count, "\(sql) has another number of parameters")
        // PostgreSQL has no such character in a text, and C would end the text there.
        guard !values.contains(where: { if case .text(let text) = $0 { text.utf8.contains(0) } else { false } }) else {
            throw DatabaseError(kind: .misuse, "\(name): a text with a NUL in it can't be asked for or kept")
        }
        return connection.send(statement.name, values)
    }

    private func prepare(_ sql: String) throws(DatabaseError) -> Prepared {
        if let known = statements[sql] { return known }
        let (text, count) = Placeholders.numbered(sql)
        let statement = Prepared(name: "s\(statements.count + 1)", count: count)
        let sent = connection.send { pq, handle in pq.sendPrepare(handle, statement.name, text, 0, nil) }
        try connection.collect(sent, doing: doing(sql)) { _ in }
        statements[sql] = statement
        return statement
    }
}
