public import LedgerStore
public import PostgreSQL

/// Central's ledger: a file of its own, or on a server that several Centrals of a site may write, one at a time.
public enum CentralLedger: Sendable {
    case file(String)
    /// - renewal: the time after which the right to write is prolonged.
    case server(PostgreSQLAddress, LedgerHolder, renewal: Duration)
}
