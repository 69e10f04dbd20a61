internal import ChargingModel

/// What is to happen, the earliest first, ties in the order in which they were planned.
///
/// Most of what waits in a large network waits for long: it lies in a bucket of its second, unsorted, and comes into the heap when that second does.
/// The heap, whose nodes have four children each, moves keys alone: the events stay where they are.
struct EventQueue<Event> {
    private struct Key {
        var at: Int64
        var order: UInt64
        var slot: Int32

        func isBefore(_ other: Key) -> Bool { at < other.at || (at == other.at && order < other.order) }
    }

    private static var second: Int64 { 1_000_000_000 }

    private var events: [Event?] = []
    private var free: [Int32] = []
    private var order: UInt64 = 0
    private var heap = KeyHeap()
    /// What is in the heap is before this, what is in buckets is not.
    private var horizon: Int64 = 0
    private var buckets: [Int64: [Key]] = [:]
    /// The seconds that have a bucket, as a heap.
    private var seconds = KeyHeap()

    var isEmpty: Bool { heap.keys.isEmpty && seconds.keys.isEmpty }

    /// When the next event is due.
    mutating func first() -> Instant? {
        fill()
        return heap.keys.first.map { Instant(nanoseconds: $0.at) }
    }

    mutating func insert(_ event: Event, at: Instant) {
        order += 1
        let slot: Int32
        if let last = free.popLast() {
            slot = last
            events[Int(slot)] = event
        } else {
            slot = Int32(events.count)
            events.append(event)
        }
        let key = Key(at: at.nanoseconds, order: order, slot: slot)
        guard key.at >= horizon else { return heap.insert(key) }
        let second = key.at / Self.second
        if buckets[second]?.append(key) == nil {
            buckets[second] = [key]
            seconds.insert(Key(at: second, order: 0, slot: 0))
        }
    }

    mutating func popFirst() -> Event? {
        fill()
        guard let key = heap.popFirst() else { return nil }
        free.append(key.slot)
        return events[Int(key.slot)].take()
    }

    /// Takes the next bucket into the heap when that is empty.
    private mutating func fill() {
        while heap.keys.isEmpty, let next = seconds.popFirst(), let bucket = buckets.removeValue(forKey: next.at) {
            horizon = (next.at + 1) * Self.second
            for key in bucket { heap.insert(key) }
        }
    }

    private struct KeyHeap {
        var keys: [Key] = []

        mutating func insert(_ key: Key) {
            keys.append(key)
            var child = keys.count - 1
            while child > 0 {
                let parent = (child - 1) / 4
                guard key.isBefore(keys[parent]) else { break }
                keys[child] = keys[parent]
                child = parent
            }
            keys[child] = key
        }

        mutating func popFirst() -> Key? {
            guard let first = keys.first, let last = keys.popLast() else { return nil }
            guard !keys.isEmpty else { return first }
            var parent = 0
            let count = keys.count
            while true {
                let begin = 4 * parent + 1
                guard begin < count else { break }
                var least = begin
                for child in (begin + 1)..<max(begin + 1, min(begin + 4, count)) where keys[child].isBefore(keys[least]) { least = child }
                guard keys[least].isBefore(last) else { break }
                keys[parent] = keys[least]
                parent = least
            }
            keys[parent] = last
            return first
        }
    }
}
