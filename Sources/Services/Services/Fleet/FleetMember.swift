internal import EventLoop
internal import MQTT
internal import Runtime

/// A party of a fleet: its host, and what is counted of it. Bound to its loop.
final class FleetMember<Runtime: RecordableRuntime> {
    let party: PartyHost<Runtime>
    private(set) var isStarted = false
    private(set) var reconnects: UInt64 = 0
    private var wasConnected = false
    var isOver: Bool { party.isOver }
    var isOnline: Bool { isStarted && !isOver && party.runtime.isOnline }

    /// - Parameter onEnd: told once, after `start`.
    init(_ party: PartyHost<Runtime>, onEnd: @escaping (String?) -> Void) {
        self.party = party
        party.onEnd = onEnd
        party.onConnection = { [weak self] isOnline in if isOnline { self?.connected() } }
    }

    func start() {
        isStarted = true
        party.feed(.start)
    }

    func stop() { if isStarted { party.feed(.stop) } }

    private func connected() {
        if wasConnected { reconnects += 1 }
        wasConnected = true
    }

    func count(into counts: inout FleetCounts) {
        let counters = party.counters
        counts.messages += counters.sent + counters.received
        counts.reconnects += reconnects
        counts.errors += counters.rejected + counters.tooLarge + counters.refusedQueueFull + counters.droppedQueueFull + counters.lostWithConnection
    }
}
