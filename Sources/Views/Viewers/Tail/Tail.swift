public import ChargingModel
public import ChargingProtocol
public import ContractLint

/// The messages of a bus as lines, with what breaks the contract: pure, so that tests and files can be read like a bus.
public struct Tail: Sendable {
    public let filter: TailFilter
    /// The number of messages heard of those who are looked at.
    public private(set) var heard: UInt64 = 0
    public private(set) var shown: UInt64 = 0
    /// The number of breaches of each rule.
    public private(set) var breaches: [Rule: Int] = [:]
    public private(set) var hints = 0
    private var lint: ContractLint

    public init(wire: Wire, filter: TailFilter) {
        self.filter = filter
        lint = ContractLint(wire: wire)
    }

    /// Takes a message.
    /// - Returns: the line that is to be shown, if one is.
    public mutating func hear(topic: String, payload: [UInt8], _ delivery: Delivery, qos: Publication.QoS, at now: Now) -> TailLine? {
        let heard = lint.hear(topic: topic, payload: payload, delivery, qos: qos, at: now)
        guard filter.concerns(withoutSite(topic), heard.received) else { return nil }
        self.heard += 1
        count(heard.findings)
        let kind = heard.received.map { TailKind($0) } ?? .unknown
        let isWanted = filter.kinds.contains(kind) && (delivery != .stored || !filter.liveOnly)
        guard isWanted || heard.findings.contains(where: { $0.weight == .breach }) else { return nil }
        shown += 1
        return TailLine(
            at: now.wall, kind: kind, topic: topic,
            message: TailLine.Message(payload: payload, delivery: delivery, qos: qos, received: heard.received), findings: heard.findings)
    }

    /// Returns lines on messages that should have come and did not. To be called now and then.
    public mutating func advance(to now: Now) -> [TailLine] {
        lint.advance(to: now.monotonic).filter { filter.concerns(withoutSite($0.topic), nil) }.map { finding in
            count([finding])
            return TailLine(at: now.wall, kind: .command, topic: finding.topic, message: nil, findings: [finding])
        }
    }

    /// Notes that the listener was away from the bus.
    public mutating func interrupted() { lint.interrupted() }

    public var hasBreaches: Bool { !breaches.isEmpty }

    /// The counts in a line: `412 messages heard, none broke the contract`.
    public var summary: String {
        let heard = "\(self.heard) \(self.heard == 1 ? "message" : "messages") heard"
        guard hasBreaches else { return heard + ", none broke the contract" }
        let rules = breaches.sorted { $0.key < $1.key }.map { "\($0.key.rawValue) (\($0.key.title))" + ($0.value > 1 ? " ×\($0.value)" : "") }
        return heard + "; the contract was broken: " + rules.joined(separator: ", ")
    }

    private mutating func count(_ findings: [Finding]) {
        for finding in findings {
            switch finding.weight {
            case .breach: breaches[finding.rule, default: 0] += 1
            case .hint: hints += 1
            }
        }
    }

    private func withoutSite(_ topic: String) -> Substring {
        guard let site = lint.wire.site, topic.hasPrefix(site + "/") else { return topic[...] }
        return topic.dropFirst(site.count + 1)
    }
}
