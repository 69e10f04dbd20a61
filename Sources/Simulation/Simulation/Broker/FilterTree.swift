/// The subscriptions of all clients: a tree of levels, walked in mosquitto's order (`sub__search`), which decides who gets a message first.
struct FilterTree: Sendable {
    struct Subscriber: Sendable {
        /// The connection's place in the broker's table.
        let slot: Int32
        var atLeastOnce: Bool
        /// Its own messages do not come back (No Local).
        var othersOnly = false
    }

    /// The subscribers by node. There are two roots: topics that begin with `$` have a tree of their own.
    private var subscribers: ContiguousArray<[Subscriber]> = [[], []]
    /// The node below, by a node and a level.
    private var edges: [UInt64: Int32] = [:]

    /// The node of a filter; a new one if it is new. Nodes stay.
    mutating func node(_ levels: [Int32], isHidden: Bool) -> Int32 {
        var node: Int32 = isHidden ? 1 : 0
        for level in levels {
            let key = Self.key(node, level)
            if let next = edges[key] {
                node = next
            } else {
                let next = Int32(subscribers.count)
                subscribers.append([])
                edges[key] = next
                node = next
            }
        }
        return node
    }

    /// Adds a subscriber at the end: the last to subscribe is the last to get.
    mutating func add(_ subscriber: Subscriber, at node: Int32) { subscribers[Int(node)].append(subscriber) }

    /// Changes the QoS of a second subscription to the same filter, which keeps its place.
    mutating func update(_ subscriber: Subscriber, at node: Int32) {
        guard let index = subscribers[Int(node)].firstIndex(where: { $0.slot == subscriber.slot }) else { return }
        subscribers[Int(node)][index] = subscriber
    }

    mutating func remove(_ slot: Int32, at node: Int32) {
        guard let index = subscribers[Int(node)].firstIndex(where: { $0.slot == slot }) else { return }
        subscribers[Int(node)].remove(at: index)
    }

    /// All subscribers that match a topic, in the order in which they get the message; a client with two matching filters twice (MQTT 5, 3.3.4).
    func matches(_ topic: TopicTable.Topic) -> [Subscriber] {
        var found: [Subscriber] = []
        search(topic.isHidden ? 1 : 0, topic, 0, &found)
        return found
    }

    private func search(_ node: Int32, _ topic: TopicTable.Topic, _ index: Int, _ found: inout [Subscriber]) {
        if index < topic.levels.count {
            let isLast = index == topic.levels.count - 1
            // In the tree of `$` topics the first level is never a wildcard: filters that begin with one are in the other tree.
            for level in [topic.levels[index], TopicTable.anyLevel] {
                guard let next = edges[Self.key(node, level)] else { continue }
                search(next, topic, index + 1, &found)
                if isLast { found += subscribers[Int(next)] }
            }
        }
        if let next = edges[Self.key(node, TopicTable.anyLevels)] { found += subscribers[Int(next)] }
    }

    private static func key(_ node: Int32, _ level: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 32 | UInt64(UInt32(bitPattern: level))
    }
}
