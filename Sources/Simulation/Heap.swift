internal import ChargingModel

extension World {
    /// What is to happen, the earliest first, ties in the order in which they were planned.
    struct Heap: Sendable {
        private var items: [Scheduled] = []
        private var order: UInt64 = 0

        var first: Scheduled? { items.first }

        mutating func insert(_ happening: Happening, at: Instant) {
            order += 1
            items.append(Scheduled(at: at, order: order, happening: happening))
            var child = items.count - 1
            while child > 0, isBefore(child, (child - 1) / 2) {
                items.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        }

        mutating func removeFirst() {
            items.swapAt(0, items.count - 1)
            items.removeLast()
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && isBefore(child, least) { least = child }
                guard least != parent else { return }
                items.swapAt(parent, least)
                parent = least
            }
        }

        private func isBefore(_ a: Int, _ b: Int) -> Bool { (items[a].at, items[a].order) < (items[b].at, items[b].order) }
    }
}
