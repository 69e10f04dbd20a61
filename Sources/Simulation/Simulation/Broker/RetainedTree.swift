/// The retained messages in mosquitto's order (`retain__search`): a tree of levels whose children are in the order in which they first appeared.
/// Like mosquitto's, nodes stay when their message is deleted, until a restart.
struct RetainedTree<Element: Sendable>: Sendable {
    private struct Node: Sendable {
        var element: Element?
        var firstChild: Int32 = -1
        var lastChild: Int32 = -1
        var nextSibling: Int32 = -1
    }

    /// The nodes. There are two roots: topics that begin with `$` have a tree of their own.
    private var nodes: ContiguousArray<Node> = [Node(), Node()]
    private var edges: [UInt64: Int32] = [:]

    subscript(_ node: Int32) -> Element? {
        get { nodes[Int(node)].element }
        set { nodes[Int(node)].element = newValue }
    }

    /// The node of a topic; a new one if it is new.
    mutating func node(_ topic: TopicTable.Topic) -> Int32 {
        var node: Int32 = topic.isHidden ? 1 : 0
        for level in topic.levels {
            let key = Self.key(node, level)
            if let next = edges[key] {
                node = next
                continue
            }
            let next = Int32(nodes.count)
            nodes.append(Node())
            edges[key] = next
            if nodes[Int(node)].lastChild < 0 {
                nodes[Int(node)].firstChild = next
            } else {
                nodes[Int(nodes[Int(node)].lastChild)].nextSibling = next
            }
            nodes[Int(node)].lastChild = next
            node = next
        }
        return node
    }

    /// The nodes with a message that a filter matches, in the order in which a new subscriber gets them.
    func matches(_ filter: [Int32], isHidden: Bool) -> [Int32] {
        var found: [Int32] = []
        _ = search(isHidden ? 1 : 0, filter, 0, isHidden, &found)
        return found
    }

    /// All nodes with a message, as they are saved.
    var all: [Int32] {
        var found: [Int32] = []
        for root in [Int32(0), 1] { below(root, &found) }
        return found
    }

    /// Adds the nodes below that the filter matches.
    /// - Returns: true when the last level is `#` and there was something below.
    private func search(_ node: Int32, _ filter: [Int32], _ index: Int, _ isHidden: Bool, _ found: inout [Int32]) -> Bool {
        if filter[index] == TopicTable.anyLevels {
            below(node, &found)
            return nodes[Int(node)].firstChild >= 0
        }
        if filter[index] == TopicTable.anyLevel {
            var child = nodes[Int(node)].firstChild
            while child >= 0 {
                visit(child, filter, index, isHidden, &found)
                child = nodes[Int(child)].nextSibling
            }
        } else if let child = edges[Self.key(node, filter[index])] {
            visit(child, filter, index, isHidden, &found)
        }
        return false
    }

    private func visit(_ node: Int32, _ filter: [Int32], _ index: Int, _ isHidden: Bool, _ found: inout [Int32]) {
        if index + 1 < filter.count {
            let wasBelow = search(node, filter, index + 1, isHidden, &found)
            // `a/#` matches `a`, too, after what is below it; `$a/#` only if there is something below it.
            guard wasBelow || (filter[index + 1] == TopicTable.anyLevels && (index > 0 || !isHidden)) else { return }
        }
        if nodes[Int(node)].element != nil { found.append(node) }
    }

    private func below(_ node: Int32, _ found: inout [Int32]) {
        var child = nodes[Int(node)].firstChild
        while child >= 0 {
            if nodes[Int(child)].element != nil { found.append(child) }
            below(child, &found)
            child = nodes[Int(child)].nextSibling
        }
    }

    private static func key(_ node: Int32, _ level: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 32 | UInt64(UInt32(bitPattern: level))
    }
}
