internal import CSQLite
internal import SQL

extension DatabaseError {
    /// A failure of SQLite, by its extended result code.
    init(code: Int32, doing what: String, words: String) {
        let kind: Kind =
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_FULL: .full
            case SQLITE_READONLY, SQLITE_PERM: .readOnly
            case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_NOMEM, SQLITE_PROTOCOL, SQLITE_AUTH: .unavailable
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: .corrupt
            case SQLITE_CONSTRAINT: .constraint
            default: .misuse
            }
        self.init(kind: kind, code: String(code), "\(what): \(words)")
    }
}
