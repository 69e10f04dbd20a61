/// Who subscribed to which topics, by the levels of their filters.
struct SubscriptionTree {
    struct Subscriber {
        let connection: UInt64
        /// The highest QoS it wants: 0 or 1.
        let qos: Int
    }

    private final class Node {
        var children: [Substring: Node] = [:]
        var subscribers: [Subscriber] = []
        /// Of `#` below this level.
        var subscribersBelow: [Subscriber] = []
    }

    private var root = Node()
    /// Changes whenever a list of subscribers may have got longer, or another QoS.
    private(set) var generation: UInt64 = 1

    static func levels(of text: String) -> [Substring] { text.split(separator: "/", omittingEmptySubsequences: false) }
    static func isPattern(_ filter: String) -> Bool { filter.utf8.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") } }

    /// A filter that the connection has already is set anew.
    mutating func insert(_ filter: String, _ subscriber: Subscriber) {
        generation += 1
        edit(filter) { list in
            if let index = list.firstIndex(where: { $0.connection == subscriber.connection }) {
                list[index] = subscriber
            } else {
                list.append(subscriber)
            }
        }
    }

    /// Lists that were made before still have it.
    mutating func remove(_ filter: String, _ connection: UInt64) { edit(filter) { $0.removeAll { $0.connection == connection } } }

    private func edit(_ filter: String, _ body: (inout [Subscriber]) -> Void) {
        var node = root
        for level in SubscriptionTree.levels(of: filter) {
            if level == "#" { return body(&node.subscribersBelow) }
            if let next = node.children[level] {
                node = next
            } else {
                let next = Node()
                node.children[level] = next
                node = next
            }
        }
        body(&node.subscribers)
    }

    /// One for each subscription that matches: a client with two of them gets everything twice, as MQTT 5 lets mosquitto do.
    func subscribers(of topic: String) -> [Subscriber] {
        var found: [Subscriber] = []
        let levels = SubscriptionTree.levels(of: topic)
        collect(root, levels[...], isFirst: true, &found)
        return found
    }

    private func collect(_ node: Node, _ levels: ArraySlice<Substring>, isFirst: Bool, _ found: inout [Subscriber]) {
        // Patterns don't reach what begins with $.
        let isHidden = isFirst && levels.first?.first == "$"
        if !isHidden { found += node.subscribersBelow }
        guard let level = levels.first else {
            found += node.subscribers
            return
        }
        if let next = node.children[level] { collect(next, levels.dropFirst(), isFirst: false, &found) }
        if !isHidden, let next = node.children["+"] { collect(next, levels.dropFirst(), isFirst: false, &found) }
    }

    static func matches(_ filter: [Substring], _ topic: String) -> Bool {
        let levels = levels(of: topic)
        if levels.first?.first == "$", let first = filter.first, first == "+" || first == "#" { return false }
        for (index, level) in filter.enumerated() {
            if level == "#" { return true }
            guard index < levels.count, level == "+" || level == levels[index] else { return false }
        }
        return filter.count == levels.count
    }
}
