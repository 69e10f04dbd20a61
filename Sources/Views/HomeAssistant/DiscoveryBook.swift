public import ChargingModel

/// The points that Home Assistant has been told of, and those of which it is still to be told: a value, given events and the time.
///
/// Messages are paced: thousands of points are no burst for the broker, and repeated births (`online`) are not answered more often for it.
public struct DiscoveryBook: Sendable {
    /// The most messages that go out at once.
    static let batch = 50
    /// The time between two such batches.
    static let pause = Duration.milliseconds(100)

    private let discovery: DeviceDiscovery
    private var points: [ChargePointID: ChargePointInfo] = [:]
    /// The points to be told of, in the order in which they became due; each once.
    private var queue: [ChargePointID] = []
    private var queued: Set<ChargePointID> = []
    private var isConnected = false
    private var next = Instant(nanoseconds: 0)

    public init(_ discovery: DeviceDiscovery) { self.discovery = discovery }

    /// The time at which `due(at:)` has something; `nil` for not before another event.
    public var deadline: Instant? { isConnected && !queue.isEmpty ? next : nil }

    /// Notes a new connection, and that everything is to be told anew: the broker may have forgotten it.
    public mutating func connected() {
        isConnected = true
        tellAll()
    }

    public mutating func disconnected() { isConnected = false }

    /// Notes whether there is a connection, if that is news.
    public mutating func follow(_ isConnected: Bool) {
        guard isConnected != self.isConnected else { return }
        if isConnected { connected() } else { disconnected() }
    }

    /// Notes an `info`. A point is told of when it is new or has changed; an engine that is merely back is no news.
    public mutating func hears(_ info: ChargePointInfo) {
        if let known = points[info.cp] {
            var same = info
            same.epoch = known.epoch
            points[info.cp] = info
            if same == known { return }
        }
        points[info.cp] = info
        enqueue(info.cp)
    }

    /// Takes a message outside of the protocol: Home Assistant's birth, or nothing. One that was retained is no news: all is told at each connection.
    public mutating func hears(topic: String, payload: [UInt8], retained: Bool) {
        guard !retained, topic == discovery.birthTopic, payload == DeviceDiscovery.birth else { return }
        tellAll()
    }

    /// Forgets a point that the operator has removed.
    /// - Returns: the message that removes it from Home Assistant, to be sent at once.
    public mutating func forget(_ cp: ChargePointID) -> DiscoveryMessage {
        points[cp] = nil
        return discovery.removal(of: cp)
    }

    /// The messages to be sent now.
    public mutating func due(at now: Instant) -> [DiscoveryMessage] {
        guard let deadline, deadline <= now else { return [] }
        next = now + DiscoveryBook.pause
        let first = queue.prefix(DiscoveryBook.batch)
        queue.removeFirst(first.count)
        queued.subtract(first)
        return first.compactMap { points[$0].map { discovery.message(for: $0) } }
    }

    private mutating func tellAll() {
        for cp in points.keys.sorted() { enqueue(cp) }
    }

    private mutating func enqueue(_ cp: ChargePointID) {
        if queued.insert(cp).inserted { queue.append(cp) }
    }
}
