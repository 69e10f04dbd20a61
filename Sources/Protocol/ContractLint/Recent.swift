/// A dictionary of the last so many values: whoever may publish must not be able to fill the memory.
struct Recent<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let limit: Int
    private var order: [Key] = []
    private var values: [Key: Value] = [:]

    init(limit: Int) { self.limit = max(1, limit) }

    subscript(key: Key) -> Value? {
        get { values[key] }
        set {
            guard let newValue else {
                values[key] = nil
                return
            }
            if values.updateValue(newValue, forKey: key) == nil { order.append(key) }
            // A little at a time would move the rest each time.
            guard order.count >= limit * 2 else { return }
            for old in order.prefix(order.count - limit) { values[old] = nil }
            order.removeFirst(order.count - limit)
        }
    }
}
