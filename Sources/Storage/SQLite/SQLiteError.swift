internal import CSQLite

/// A failure of SQLite, with what it means for the caller.
public struct SQLiteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure, by what can be done about it.
    public enum Kind: Hashable, Sendable {
        /// Another process holds the database: it can be tried later.
        case busy
        /// No space is left on the disk.
        case full
        /// The file may not be written here.
        case readOnly
        /// The disk failed, or the file can't be opened.
        case unavailable
        /// The file is damaged, or is no database.
        case corrupt
        /// The file is of a later version of the program that uses it.
        case later
        /// A constraint of the schema forbids it: an invariant would have been broken.
        case constraint
        /// A mistake of ours.
        case misuse
    }

    public let kind: Kind
    /// SQLite's extended result code.
    public let code: Int32
    /// The action that failed, and SQLite's words.
    public let description: String

    init(code: Int32, doing what: String, words: String) {
        self.code = code
        description = "\(what): \(words)"
        kind =
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_FULL: .full
            case SQLITE_READONLY, SQLITE_PERM: .readOnly
            case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_NOMEM, SQLITE_PROTOCOL, SQLITE_AUTH: .unavailable
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: .corrupt
            case SQLITE_CONSTRAINT: .constraint
            default: .misuse
            }
    }

    public init(kind: Kind, _ description: String) {
        self.kind = kind
        code = 0
        self.description = description
    }
}
