internal import ChargingProtocol
internal import Platform
internal import Runtime
internal import Terminal

/// Says that the broker is away and that it is back: once for all connections of a process. Bound to its loop.
public final class ConnectionReporter: @unchecked Sendable {
    private var away: Set<Party> = []
    private var said = 0

    public init() {}

    func lost(_ party: Party, _ why: String, _ log: Log) {
        guard away.insert(party).inserted, said == 0 else { return log.debug("still not connected: \(why)", event: "bus_away") }
        said += 1
        log.warning("⚠️  Not connected to the broker: \(why); trying again", event: "bus_lost", ["why": .text(why)])
    }

    func online(_ party: Party, _ log: Log) {
        guard away.remove(party) != nil else { return log.debug("connected to the broker", event: "bus_online") }
        guard away.isEmpty else { return }
        said = 0
        log.info("✅ Connected to the broker again", event: "bus_online")
    }
}

extension NetworkContext {
    /// Tells people of a party's connection.
    func say(_ notice: PartyNotice, of party: Party) {
        switch notice {
        case .connected: connections.online(party, log)
        case .disconnected(let why): connections.lost(party, why, log)
        case .rejected(let rejection, let topic):
            log.warning(
                "⚠️  Rejected a message on \(topic): \(rejection)", event: "rejected",
                ["topic": .text(topic), "reason": .text(rejection.reason.rawValue), "field": rejection.field.map { .text($0) } ?? .null])
        case .rejectedMore(let count, let topic):
            log.warning("⚠️  \(count) more messages on \(topic) were rejected", event: "rejected_more", ["topic": .text(topic)])
        case .unsendable(let error): log.error("❌ \(error)", event: "bus_unsendable")
        case .overflow(let error): log.error("❌ The broker takes no more messages: \(error)", event: "bus_overflow")
        case .notCompacted(let why): log.warning("⚠️  \(why); the journal goes on, only longer", event: "journal_not_compacted")
        }
    }
}
