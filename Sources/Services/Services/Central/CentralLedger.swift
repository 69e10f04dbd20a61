public import LedgerStore
public import PostgreSQL

/// Central's ledger: a file of its own, or on a server that several Centrals of a site may write, one at a time.
public enum CentralLedger: Sendable {
    case file(String)
    /// - renewal: the time after which the right to write is prolonged.
    case server(PostgreSQLAddress, LedgerHolder, renewal: Duration)

    /// The place, for whoever reads it.
    public var place: LedgerPlace {
        switch self {
        case .file(let path): .file(path)
        case .server(let address, _, _): .server(address)
        }
    }
}
