/// A Central that may have the right to write a site's rows on a server, and for how long it has it without saying so again.
public struct LedgerHolder: Hashable, Sendable {
    /// The name of its data directory, which one process at a time uses: a later process there goes on at once with what an earlier one had.
    public var place: String
    /// A name of its own that no other process has; shown to those who wait for it.
    public var name: String
    /// The time for which nobody else gets the right after it was last seen.
    public var lease: Duration

    public init(place: String, name: String, lease: Duration) {
        self.place = place
        self.name = name
        self.lease = lease
    }
}
