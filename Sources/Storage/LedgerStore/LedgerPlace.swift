public import PostgreSQL

/// The place of a ledger: a file, which is one Central's, or a database on a server that the Centrals of many sites share.
public enum LedgerPlace: Hashable, Sendable, CustomStringConvertible {
    case file(String)
    case server(PostgreSQLAddress)

    /// A server's address, or else a path.
    public init(_ text: String) { self = PostgreSQLAddress(text).map { .server($0) } ?? .file(text) }

    /// As it may be shown: without a password.
    public var description: String {
        switch self {
        case .file(let path): path
        case .server(let address): address.shown
        }
    }

    /// The path of one that is a file.
    public var path: String? { if case .file(let path) = self { path } else { nil } }
}
