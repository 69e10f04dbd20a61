/// A ledger that was brought up to date, and the copy that was kept of it.
public struct LedgerUpgrade: Hashable, Sendable {
    /// The version that its tables had.
    public let from: Int
    /// The version that they have.
    public let to: Int
    /// The file with the ledger as it was: put back in its place, the version before goes on with it.
    public let copy: String

    /// The name of the copy that is kept of a ledger before its version rises: `ledger.db.v4`.
    static func copy(of path: String, version: Int) -> String { "\(path).v\(version)" }
}
