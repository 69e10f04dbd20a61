/// The last events of a stream, as they are sent: encoded once for all readers, numbered from 1.
struct EventRing: Sendable {
    /// The most events that are kept, and the most bytes of them.
    private let limit: Int
    private let byteLimit: Int
    private var events: [[UInt8]] = []
    private var byteCount = 0
    /// The number of the last event; 0 before the first.
    private(set) var last: UInt64 = 0

    init(limit: Int = 2048, byteLimit: Int = 1 << 20) {
        self.limit = max(1, limit)
        self.byteLimit = byteLimit
    }

    /// Adds the event that `encode` makes of its number.
    mutating func add(_ encode: (UInt64) -> [UInt8]) {
        last += 1
        let event = encode(last)
        events.append(event)
        byteCount += event.count
        // A part at a time: to move the rest for each would cost as much as to send it.
        guard events.count > limit || byteCount > byteLimit else { return }
        var dropped = 0
        while events.count - dropped > limit / 4 * 3 || byteCount > byteLimit / 4 * 3, dropped < events.count - 1 {
            byteCount -= events[dropped].count
            dropped += 1
        }
        events.removeFirst(dropped)
    }

    /// Counts an event that nobody asks for, without making it. What came before it can't be asked for any more.
    mutating func skip() {
        last += 1
        events = []
        byteCount = 0
    }

    /// The events after the one with this number; `nil` when some of them are not kept any more, or there was no such event.
    func after(_ number: UInt64) -> ArraySlice<[UInt8]>? {
        guard number <= last, last - number <= UInt64(events.count) else { return nil }
        return events.suffix(Int(last - number))
    }
}
