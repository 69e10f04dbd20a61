/// A first-in first-out array; now and then something is taken from its middle.
struct MessageQueue<Element: Sendable>: Sendable {
    private var elements: ContiguousArray<Element> = []
    private var start = 0

    var count: Int { elements.count - start }
    var isEmpty: Bool { elements.count == start }

    subscript(_ index: Int) -> Element { elements[start + index] }

    mutating func append(_ element: Element) { elements.append(element) }

    /// Removes an element. Those taken from the front are released when they are half of all, or when the queue is empty.
    mutating func remove(at index: Int) {
        guard index == 0, count > 1 else {
            elements.remove(at: start + index)
            if isEmpty { clear() }
            return
        }
        start += 1
        if start >= 16, 2 * start >= elements.count {
            elements.removeFirst(start)
            start = 0
        }
    }

    private mutating func clear() {
        if !elements.isEmpty { elements.removeAll(keepingCapacity: start < 256) }
        start = 0
    }
}
