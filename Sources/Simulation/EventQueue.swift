internal import ChargingModel

/// What is to happen, the earliest first, ties in the order in which they were planned: a heap whose nodes have four children each.
struct EventQueue<Event> {
    private struct Item {
        var at: Int64
        var order: UInt64
        var event: Event

        func isBefore(_ other: Item) -> Bool { at < other.at || (at == other.at && order < other.order) }
    }

    private var items: [Item] = []
    private var order: UInt64 = 0

    var isEmpty: Bool { items.isEmpty }
    var first: Instant? { items.first.map { Instant(nanoseconds: $0.at) } }

    mutating func insert(_ event: Event, at: Instant) {
        order += 1
        let item = Item(at: at.nanoseconds, order: order, event: event)
        items.append(item)
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 4
            guard item.isBefore(items[parent]) else { break }
            items[child] = items[parent]
            child = parent
        }
        items[child] = item
    }

    mutating func popFirst() -> Event? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return first.event }
        var parent = 0
        let count = items.count
        while true {
            let begin = 4 * parent + 1
            guard begin < count else { break }
            var least = begin
            for child in (begin + 1)..<max(begin + 1, min(begin + 4, count)) where items[child].isBefore(items[least]) { least = child }
            guard items[least].isBefore(last) else { break }
            items[parent] = items[least]
            parent = least
        }
        items[parent] = last
        return first.event
    }
}
