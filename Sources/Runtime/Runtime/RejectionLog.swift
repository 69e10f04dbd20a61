internal import ChargingModel
internal import ChargingProtocol

/// The number of messages that were not accepted, by reason, and what is said of them: at most once a minute for each sender and reason (P4).
struct RejectionLog: Sendable {
    private struct Key: Hashable {
        var topic: String
        var reason: Rejection.Reason
    }

    /// The number of senders that are told apart; of more, nothing is said until the minute is over.
    private static let senders = 1000

    private var said: [Key: Int] = [:]
    private var since = Instant(nanoseconds: 0)
    /// Since the start.
    private(set) var counts = Dictionary(uniqueKeysWithValues: Rejection.Reason.allCases.map { ($0.rawValue, UInt64(0)) })

    /// - Returns: what people are told.
    mutating func reject(_ rejection: Rejection, topic: String, at now: Instant) -> [PartyNotice] {
        counts[rejection.reason.rawValue, default: 0] += 1
        // Anybody can invent topics of any length.
        let topic = topic.bounded()
        var notices: [PartyNotice] = []
        if now - since >= .seconds(60) {
            let more = said.filter { $0.value > 1 }.sorted { ($0.key.topic, $0.key.reason.rawValue) < ($1.key.topic, $1.key.reason.rawValue) }
            notices = more.map { .rejectedMore($0.value - 1, topic: $0.key.topic) }
            said = [:]
            since = now
        }
        let key = Key(topic: topic, reason: rejection.reason)
        guard said[key] != nil || said.count < RejectionLog.senders else { return notices }
        said[key, default: 0] += 1
        if said[key] == 1 { notices.append(.rejected(rejection, topic: topic)) }
        return notices
    }
}
