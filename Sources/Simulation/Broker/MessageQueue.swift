/// A first-in first-out array; now and then something is taken from its middle.
struct MessageQueue<Element: Sendable>: Sendable {
    private var elements: ContiguousArray<Element> = []
    private var start = 0

    var count: Int { elements.count - start }
    var isEmpty: Bool { elements.count == start }

    subscript(_ index: Int) -> Element {
        _read { yield elements[start + index] }
        _modify { yield &elements[start + index] }
    }

    mutating func append(_ element: Element) { elements.append(element) }

    /// Elements taken from the front are released when they are half of all.
    @discardableResult mutating func remove(at index: Int) -> Element {
        guard index == 0 else { return elements.remove(at: start + index) }
        let element = elements[start]
        start += 1
        if start == elements.count {
            elements.removeAll(keepingCapacity: start <= 64)
            start = 0
        } else if start > 16, start > elements.count / 2 {
            elements.removeFirst(start)
            start = 0
        }
        return element
    }
}
