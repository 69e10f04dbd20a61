/// A Central that may have the right to write a site's rows on a server, and for how long it has it without saying so again.
public struct LedgerHolder: Hashable, Sendable {
    /// The name of its data directory, which one process at a time uses: a later process there goes on at once with what an earlier one had.
    public var place: String
    /// A name of its own that no other process has; shown to those who wait for it.
    public var name: String
    /// The time for which nobody else gets the right after it was last seen: a minute at most.
    public var lease: Duration

    public init(place: String, name: String, lease: Duration) {
        self.place = place
        self.name = name
        self.lease = lease
    }

    /// The place of operators, who have the right for the length of a transaction.
    static let operatorPlace = ""

    static func anOperator() -> LedgerHolder {
        LedgerHolder(place: operatorPlace, name: "an operator, \(UInt64.random(in: .min ... .max))", lease: .zero)
    }

    var isOperator: Bool { place == LedgerHolder.operatorPlace }
}
