/// A failure of a database, with what it means for the caller.
public struct DatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure, by what can be done about it.
    public enum Kind: Hashable, Sendable {
        /// Somebody else holds the database, or a transaction of somebody else's came between: it can be tried later.
        case busy
        /// No space is left on the disk.
        case full
        /// It may not be written here: a file that is protected, a server that follows another one.
        case readOnly
        /// The disk failed, the file can't be opened, the server can't be reached or broke off. A commit that was under way may have been done.
        case unavailable
        /// The tables are damaged, or something else's.
        case corrupt
        /// The tables are of a later version of the program that uses them.
        case later
        /// Somebody else writes the ledger in this one's place.
        case superseded
        /// Somebody else may write the ledger at the moment, and this one has not yet.
        case waiting
        /// A constraint of the schema forbids it: an invariant would have been broken.
        case constraint
        /// A mistake of ours.
        case misuse
    }

    public let kind: Kind
    /// The database's own code: SQLite's extended result code, PostgreSQL's SQLSTATE; empty where the failure is not its.
    public let code: String
    /// The action that failed, and the database's words.
    public let description: String

    public init(kind: Kind, code: String = "", _ description: String) {
        self.kind = kind
        self.code = code
        self.description = description
    }
}
