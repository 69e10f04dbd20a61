/// The one who opens a ledger to write it.
public enum LedgerWriter: Hashable, Sendable {
    /// Central. On a server it takes the right to write, unless another one has it at the moment; and not `again` when somebody else had it since.
    case central(LedgerHolder, again: Bool)
    /// Somebody who writes instead of Central, when none does.
    /// - places: those of Centrals that are known to be gone, though they have not said so.
    case alone(after: [String])
    /// The same for all rows at once, which takes its time.
    case moving
    /// Somebody who removes what is old while Central writes: each waits for the other.
    case beside
}
