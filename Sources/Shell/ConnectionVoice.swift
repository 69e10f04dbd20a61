internal import ChargingProtocol
internal import Terminal

/// Says that the broker is away and that it is back: once for all connections of a process. Bound to its loop.
public final class ConnectionVoice: @unchecked Sendable {
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
