internal import ChargingModel
internal import ChargingProtocol
internal import Terminal

/// Counts what was not accepted, by reason, and says so at most once a minute for each sender and reason (P4).
public struct RejectionLog: Sendable {
    private struct Key: Hashable {
        var topic: String
        var reason: Rejection.Reason
    }

    /// How many senders are told apart; of more, nothing is said until the minute is over.
    private static let senders = 1000

    private var said: [Key: Int] = [:]
    private var since = Instant(nanoseconds: 0)
    /// How often, by reason, since the start.
    public private(set) var counts = Dictionary(uniqueKeysWithValues: Rejection.Reason.allCases.map { ($0.rawValue, UInt64(0)) })

    public init() {}

    mutating func reject(_ rejection: Rejection, topic: String, at now: Instant, _ log: Log) {
        counts[rejection.reason.rawValue, default: 0] += 1
        // Anybody can invent topics of any length.
        let topic = topic.bounded()
        if now - since >= .seconds(60) {
            for (key, count) in said.sorted(by: { ($0.key.topic, $0.key.reason.rawValue) < ($1.key.topic, $1.key.reason.rawValue) }) where count > 1 {
                log.warning("⚠️  \(count - 1) more messages on \(key.topic) were rejected", event: "rejected_more", ["topic": .text(key.topic)])
            }
            said = [:]
            since = now
        }
        let key = Key(topic: topic, reason: rejection.reason)
        guard said[key] != nil || said.count < RejectionLog.senders else { return }
        said[key, default: 0] += 1
        guard said[key] == 1 else { return }
        log.warning(
            "⚠️  Rejected a message on \(topic): \(rejection)", event: "rejected",
            ["topic": .text(topic), "reason": .text(rejection.reason.rawValue), "field": rejection.field.map { .text($0) } ?? .null])
    }
}
