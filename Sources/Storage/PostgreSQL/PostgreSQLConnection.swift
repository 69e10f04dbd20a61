internal import CPostgreSQL
internal import Glibc
internal import SQL

/// libpq's connection: sends, and waits for answers as long as its purpose allows.
final class PostgreSQLConnection {
    private let pq: wattline_pq
    private let handle: OpaquePointer
    private let name: String
    private let patience: Duration
    /// The last warning of the server's, if there was one since it was forgotten.
    private let warning = Warning()
    /// The tag of the last command that was carried out, like `COMMIT`.
    private(set) var lastCommand = ""

    /// A place for a warning, which libpq hands to a function of C.
    private final class Warning { var words: String? }

    /// Before what the address says: a server that went without a word is noticed, and libpq goes on to the next host.
    private static func defaults(_ purpose: PostgreSQLDatabase.Purpose) -> [(String, String)] {
        var defaults = [
            ("application_name", purpose == .reading ? "wattline (reads)" : "wattline"), ("connect_timeout", "3"), ("tcp_user_timeout", "5000"),
            ("keepalives_idle", "2"),
            ("keepalives_interval", "1"), ("keepalives_count", "3"),
        ]
        if purpose != .reading { defaults.append(("target_session_attrs", "read-write")) }
        return defaults
    }

    init(_ address: PostgreSQLAddress, name: String, for purpose: PostgreSQLDatabase.Purpose) throws(DatabaseError) {
        pq = try LibPQ.functions()
        self.name = name
        patience = purpose.patience
        let settings = Self.defaults(purpose) + [("dbname", address.text), ("client_encoding", "UTF8")]
        let keywords = CStrings(settings.map(\.0))
        let values = CStrings(settings.map(\.1))
        guard let made = pq.connect(keywords.pointers, values.pointers, 1) else {
            throw DatabaseError(kind: .unavailable, "\(name): no memory for a connection")
        }
        handle = made
        guard pq.status(made) == CONNECTION_OK else {
            let words = Self.words(pq, made)
            throw DatabaseError(kind: Self.kind(ofRefusal: words), "\(name): \(words)")
        }
        guard pq.setNonBlocking(made, 1) == 0 else { throw DatabaseError(kind: .unavailable, "\(name): \(Self.words(pq, made))") }
        _ = pq.setNoticeProcessor(
            made,
            { warning, text in
                guard let warning, let text else { return }
                Unmanaged<Warning>.fromOpaque(warning).takeUnretainedValue().words = String(cString: text)
            }, Unmanaged.passUnretained(warning).toOpaque())
    }

    deinit { pq.finish(handle) }

    /// libpq tells of a connection that was not made in words alone.
    private static func kind(ofRefusal words: String) -> DatabaseError.Kind {
        words.contains("session is read-only") || words.contains("server is in hot standby mode") ? .readOnly : .unavailable
    }

    private static func words(_ pq: wattline_pq, _ handle: OpaquePointer) -> String {
        guard let text = pq.errorMessage(handle) else { return "" }
        return String(cString: text).split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0.isWhitespace } }.joined(separator: "; ")
    }

    var isInTransaction: Bool {
        let status = pq.transactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// Sends a question; false when it could not be.
    func send(_ question: (wattline_pq, OpaquePointer) -> Int32) -> Bool { question(pq, handle) == 1 }

    /// Sends a prepared statement with its values.
    func send(_ statement: String, _ values: [Value]) -> Bool {
        let texts = CStrings(
            values.map {
                switch $0 {
                case .null: nil
                case .integer(let number): String(number)
                case .text(let text): text
                }
            })
        return pq.sendPrepared(handle, statement, Int32(values.count), texts.pointers, nil, nil, 0) == 1
    }

    /// Commits what is under way.
    /// - Throws: also when the server says that it did, and that it gave up waiting for its followers: then a failover would lose it.
    func commit(doing what: @autoclosure () -> String, _ send: () throws(DatabaseError) -> Bool) throws(DatabaseError) {
        warning.words = nil
        try collect(send(), doing: what()) { _ in }
        guard lastCommand == "COMMIT" else { throw DatabaseError(kind: .misuse, "\(name): a commit came to \(lastCommand)") }
        if let words = warning.words {
            throw lost(what(), words.split(whereSeparator: \.isNewline).joined(separator: "; "))
        }
    }

    func answerRowByRow() { _ = pq.setSingleRowMode(handle) }

    /// Takes the parts of an answer to its end.
    /// - Parameter what: the words by which a failure is told.
    /// - Throws: what the server said is wrong, after the last part.
    func collect(_ wasSent: Bool, doing what: @autoclosure () -> String, _ take: (PostgreSQLAnswer) -> Void) throws(DatabaseError) {
        guard wasSent else { throw lost(what(), Self.words(pq, handle)) }
        var failure: DatabaseError?
        while true {
            try wait(what)
            guard let result = pq.getResult(handle) else { break }
            let answer = PostgreSQLAnswer(result, pq)
            switch pq.resultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE: take(answer)
            case PGRES_COMMAND_OK: lastCommand = pq.commandStatus(result).map { String(cString: $0) } ?? ""
            case PGRES_EMPTY_QUERY: break
            default: failure = failure ?? error(of: result, doing: what())
            }
        }
        if let failure { throw failure }
    }

    /// Waits until the next part of an answer is there.
    private func wait(_ what: () -> String) throws(DatabaseError) {
        let deadline = ContinuousClock.now + patience
        while true {
            let isUnsent = pq.flush(handle) == 1
            guard isUnsent || pq.isBusy(handle) == 1 else { return }
            let left = deadline - ContinuousClock.now
            guard left > .zero else { throw lost(what(), "no answer within \(patience.components.seconds) s") }
            var socket = pollfd(fd: pq.socket(handle), events: Int16(POLLIN | (isUnsent ? POLLOUT : 0)), revents: 0)
            let count = poll(&socket, 1, Int32(clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1))
            if count < 0, errno == EINTR { continue }
            // What is wrong with the connection is told with the result.
            if count > 0, socket.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0, pq.consumeInput(handle) == 0 {
                throw lost(what(), Self.words(pq, handle))
            }
        }
    }

    private func error(of result: OpaquePointer, doing what: String) -> DatabaseError {
        // PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY, which are characters in C.
        let state = pq.resultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        let words = pq.resultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) } ?? Self.words(pq, handle)
        return DatabaseError(state: state, doing: what, words: words)
    }

    private func lost(_ what: String, _ words: String) -> DatabaseError { DatabaseError(kind: .unavailable, "\(what): \(words)") }
}

/// Texts as C has them, with a null at the end, for as long as this lives.
private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let count: Int

    init(_ texts: [String?]) {
        count = texts.count
        pointers = .allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { pointers[index] = text.map { UnsafePointer(strdup($0)) } }
        pointers[texts.count] = nil
    }

    deinit {
        for index in 0..<count { free(UnsafeMutablePointer(mutating: pointers[index])) }
        pointers.deallocate()
    }
}
