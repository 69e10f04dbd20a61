/// A queue in which each stands once, at its first place.
struct KeyedQueue<Element: Hashable & Sendable>: Sendable {
    private var queue = Queue<Element>()
    private var members: Set<Element> = []

    mutating func append(_ element: Element) { if members.insert(element).inserted { queue.append(element) } }

    mutating func next() -> Element? {
        let element = queue.next()
        if let element { members.remove(element) }
        return element
    }
}
