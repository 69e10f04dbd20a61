public import Settings

/// Where faults are real: a running network that can be broken and mended. Its calls block; they come from one thread at a time.
public protocol FaultInjector: Sendable {
    /// What it runs, for people: `wattline up in /tmp/x`.
    var name: String { get }
    /// What of it can be harmed.
    func victims() throws(FaultInjectorError) -> [FaultTarget]
    /// What can be done to it.
    var harms: [Harm] { get }
    /// Where its broker is seen from here.
    func broker() throws(FaultInjectorError) -> BrokerURL
    /// The file of whom to believe that they are the broker, where it speaks TLS; `nil`: whom the system trusts.
    func authorities() throws(FaultInjectorError) -> String?
    func begin(_ harm: Harm, _ target: FaultTarget) throws(FaultInjectorError)
    /// Ends what lasts, and brings back what does not come back by itself.
    func end(_ harm: Harm, _ target: FaultTarget) throws(FaultInjectorError)
    /// Whether the ledger's audit holds, and how many sessions still wait for their record.
    func audit() throws(FaultInjectorError) -> AuditResult
}

/// The audit of a network's ledger.
public struct AuditResult: Hashable, Sendable {
    public var holds: Bool
    public var awaitingRecord: Int
    public var text: String

    public init(holds: Bool, awaitingRecord: Int, text: String) {
        self.holds = holds
        self.awaitingRecord = awaitingRecord
        self.text = text
    }
}

/// What could not be done, and why.
public struct FaultInjectorError: Error, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
