/// Something that Wattline expects of a broker, with the smallest exchange that shows whether it is so.
public struct BrokerRule: Sendable {
    /// A name that stays: `retained-before-live`.
    public let id: String
    /// The rules of docs/protocol.md that rest on it: `P8`.
    public let rules: [String]
    /// The expectation, in a sentence.
    public let requirement: String
    /// False for what is merely good: Wattline does its work without.
    public let isRequired: Bool
    /// True for an exchange that waits for seconds to go by.
    let isSlow: Bool
    /// The exchange. Returns what showed that the rule holds; throws a ``CheckEnd`` when it does not.
    let run: @Sendable (Exchange) throws -> String

    init(
        _ id: String, _ rules: [String], _ requirement: String, isRequired: Bool = true, isSlow: Bool = false,
        run: @escaping @Sendable (Exchange) throws -> String
    ) {
        self.id = id
        self.rules = rules
        self.requirement = requirement
        self.isRequired = isRequired
        self.isSlow = isSlow
        self.run = run
    }

    /// All of them, in the order in which they are told.
    public static let all: [BrokerRule] =
        retained + retainedOrder + answers + subscriptions + wills + takeovers + sessions + orders + queues + sizes + names + expiries + signs
        + silence
}
