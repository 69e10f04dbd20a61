/// A queue of times: at most one per key, the earliest first.
public typealias TimerQueue<Key: Hashable & Sendable> = RankedQueue<Key, Instant>

/// A queue by rank: at most one per key, the least rank found at once, ties in the order in which they were set.
///
/// It can be inlined, since the event loop has one: unspecialized, a timer costs it four times as much.
public struct RankedQueue<Key: Hashable & Sendable, Rank: Comparable & Sendable>: Sendable {
    @usableFromInline struct Entry: Sendable {
        @usableFromInline var rank: Rank
        @usableFromInline var order: UInt64
        @usableFromInline var key: Key

        @usableFromInline init(rank: Rank, order: UInt64, key: Key) {
            self.rank = rank
            self.order = order
            self.key = key
        }

        @inlinable func isBefore(_ other: Entry) -> Bool { rank < other.rank || (rank == other.rank && order < other.order) }
    }

    @usableFromInline var heap: [Entry] = []
    /// The order number of each key's valid entry; others in the heap are stale.
    @usableFromInline var valid: [Key: UInt64] = [:]
    @usableFromInline var nextOrder: UInt64 = 0

    @inlinable public init() {}

    @inlinable public mutating func set(_ key: Key, at rank: Rank) {
        nextOrder += 1
        valid[key] = nextOrder
        heap.append(Entry(rank: rank, order: nextOrder, key: key))
        siftUp(heap.count - 1)
        dropStale()
    }

    @inlinable public mutating func cancel(_ key: Key) {
        valid[key] = nil
        dropStale()
    }

    /// The number of entries that it holds, stale ones among them: at most 64 more than twice the keys that are set.
    var size: Int { heap.count }

    @inlinable public func isSet(_ key: Key) -> Bool { valid[key] != nil }

    /// The least rank; `nil` when nothing is set.
    @inlinable public var next: Rank? { heap.first?.rank }

    /// The key of the least rank.
    @inlinable public var nextKey: Key? { heap.first?.key }

    /// Removes and returns the key of the least rank, if that is not above this one.
    @inlinable public mutating func popDue(at now: Rank) -> Key? {
        guard let first = heap.first, first.rank <= now else { return nil }
        valid[first.key] = nil
        dropStale()
        return first.key
    }

    @inlinable mutating func dropStale() {
        // Stale entries stay in the heap until they surface; keys that are always set anew must not pile up there.
        if heap.count > 2 * valid.count + 64 {
            heap.removeAll { valid[$0.key] != $0.order }
            heap.sort { $0.isBefore($1) }
        }
        while let first = heap.first, valid[first.key] != first.order { removeFirst() }
    }

    @inlinable mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[least]) { least = child }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    @inlinable mutating func siftUp(_ index: Int) {
        var child = index
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }
}
