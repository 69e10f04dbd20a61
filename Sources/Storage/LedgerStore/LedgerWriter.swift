/// The one who opens a ledger to write it.
public enum LedgerWriter: Hashable, Sendable {
    /// Central, by a name that no other process has. On a server it takes the right to write from whoever has it, but not `again` when somebody else has
    /// taken it since.
    case central(String, again: Bool)
    /// Somebody who writes instead of Central, when none does.
    case alone
    /// The same for all rows at once, which takes its time.
    case moving
    /// Somebody who removes what is old while Central writes: each waits for the other.
    case beside
}
