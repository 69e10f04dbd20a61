internal import Platform

/// The number of stations for which this process has descriptors: whoever is one too many is refused, and those who are there go on.
struct DescriptorRoom {
    /// Of a station: its WebSocket, and the lock of its directory. Journals are open only while they are written.
    private static let station = 2
    /// Of a point: the lock of its engine's directory; and for each of its two connections a socket and libmosquitto's pair.
    private static let point = 7

    let allowed: UInt64
    private let free: Int

    init(allowed: UInt64 = DescriptorLimit.raise()) {
        self.allowed = allowed
        // The process's own, and connections that nobody knows yet.
        free = Int(clamping: allowed) - 128 - Int(min(512, allowed / 4))
    }

    /// True when there is room for so many.
    func holds(stations: Int, points: Int) -> Bool {
        stations * DescriptorRoom.station + points * DescriptorRoom.point <= free
    }

    /// The refusal of one too many, in words.
    var words: String { "this gateway has no room for another: it may have \(allowed) open files and sockets (ulimit -n)" }
}
