/// The outcome of the exchange for a rule.
public struct RuleOutcome: Sendable {
    /// The verdict on a rule.
    public enum Result: String, Sendable, CaseIterable {
        case holds
        case breaks
        /// The broker says that it does not do this, or it is not asked for.
        case notOffered = "not offered"
        /// It can't be said.
        case notTried = "not tried"
    }

    public let rule: BrokerRule
    public let result: Result
    /// The sentence that says by what it was shown.
    public let evidence: String
    /// The exchange, packet by packet.
    public let exchange: [String]
    /// The topics on which something may be kept that could not be deleted.
    public let leftovers: [String]

    init(_ rule: BrokerRule, _ result: Result, _ evidence: String, exchange: [String] = [], leftovers: [String] = []) {
        self.rule = rule
        self.result = result
        self.evidence = evidence
        self.exchange = exchange
        self.leftovers = leftovers
    }

    /// True for what Wattline can't do without, and was not shown to hold.
    public var isMissing: Bool { rule.isRequired && result != .holds }
}
