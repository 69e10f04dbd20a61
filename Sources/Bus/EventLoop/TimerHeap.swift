/// One-shot timers in a binary heap: those that are due come out in the order of their deadlines, equal ones as they were made.
struct TimerHeap {
    private struct Entry {
        var deadline: Int64
        var id: UInt64

        func isBefore(_ other: Entry) -> Bool { (deadline, id) < (other.deadline, other.id) }
    }

    private var heap: [Entry] = []
    private var bodies: [UInt64: () -> Void] = [:]
    private var lastID: UInt64 = 0

    var count: Int { bodies.count }

    /// The earliest deadline of a timer that was not cancelled.
    var next: Int64? {
        mutating get {
            dropCancelled()
            return heap.first?.deadline
        }
    }

    mutating func insert(deadline: Int64, _ body: @escaping () -> Void) -> UInt64 {
        lastID += 1
        bodies[lastID] = body
        heap.append(Entry(deadline: deadline, id: lastID))
        siftUp(heap.count - 1)
        return lastID
    }

    mutating func cancel(_ id: UInt64) {
        guard bodies.removeValue(forKey: id) != nil else { return }
        // Cancelled entries stay in the heap until they surface; timers that are always cancelled must not pile up there.
        if heap.count > 2 * bodies.count + 64 {
            heap.removeAll { bodies[$0.id] == nil }
            heap.sort { $0.isBefore($1) }
        }
    }

    /// Takes out one timer that is due, if its id is at most `newest`: those made meanwhile wait for the next round.
    mutating func popDue(at now: Int64, newest: UInt64) -> (() -> Void)? {
        dropCancelled()
        guard let first = heap.first, first.deadline <= now, first.id <= newest else { return nil }
        removeFirst()
        return bodies.removeValue(forKey: first.id)
    }

    var newestID: UInt64 { lastID }

    mutating func removeAll() { self = TimerHeap() }

    private mutating func dropCancelled() {
        while let first = heap.first, bodies[first.id] == nil { removeFirst() }
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in (2 * parent + 1)...(2 * parent + 2) where child < heap.count && heap[child].isBefore(heap[least]) { least = child }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }
}
