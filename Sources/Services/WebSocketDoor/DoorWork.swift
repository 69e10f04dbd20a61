internal import NIOCore
internal import Synchronization
internal import WebSocket

/// The things that the connections of a door share. Any thread.
final class DoorWork: Sendable {
    /// Said of so many who are turned away each second; the others are only counted.
    private static let wordsEachSecond = 10

    let settings: DoorSettings
    let mailbox: Mailbox
    let lobby: Lobby
    let budget: Budget
    let rules: SocketRules
    private let lastID = Atomic<UInt64>(0)
    private let stations = Atomic<Int>(0)
    private let wordsLeft = Atomic<Int>(wordsEachSecond)

    init(_ settings: DoorSettings, _ mailbox: Mailbox) {
        self.settings = settings
        self.mailbox = mailbox
        lobby = Lobby(limit: settings.handshakes, grace: TimeAmount(settings.grace))
        budget = Budget(limit: settings.totalBytes)
        rules = SocketRules(
            messageBytes: settings.messageBytes, outgoingBytes: settings.outgoingBytes, pingInterval: TimeAmount(settings.pingInterval),
            pings: settings.pings, farewell: TimeAmount(settings.farewell), isServer: true)
    }

    func nextID() -> SocketID { SocketID(number: lastID.add(1, ordering: .relaxed).newValue) }

    /// Takes a place for a station; false when there is none.
    func takePlace() -> Bool {
        guard stations.add(1, ordering: .relaxed).newValue > settings.stations else { return true }
        givePlace()
        return false
    }

    func givePlace() { stations.subtract(1, ordering: .relaxed) }

    var counts: DoorCounts {
        var counts = lobby.counts
        counts.stations = stations.load(ordering: .relaxed)
        return counts
    }

    /// Once a second.
    func beat() { wordsLeft.store(DoorWork.wordsEachSecond, ordering: .relaxed) }

    func say(turnedAway channel: any Channel, _ words: String) {
        guard wordsLeft.subtract(1, ordering: .relaxed).newValue >= 0 else { return }
        _ = mailbox.post(nil, .turnedAway(address: channel.remoteAddress?.ipAddress ?? "?", words: words))
    }
}
