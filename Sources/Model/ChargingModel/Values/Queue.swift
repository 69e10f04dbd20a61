/// A queue: in at the end, out at the front, each at once however long it is.
public struct Queue<Element: Sendable>: Sendable {
    private var elements: [Element] = []
    private var first = 0

    public init() {}

    public var isEmpty: Bool { first == elements.count }
    public var count: Int { elements.count - first }

    public mutating func append(_ element: Element) { elements.append(element) }

    /// Removes and returns the element at the front.
    public mutating func next() -> Element? {
        guard !isEmpty else { return nil }
        defer {
            first += 1
            if isEmpty {
                elements.removeAll(keepingCapacity: elements.count <= 1024)
                first = 0
            } else if first >= 1024, first * 2 >= elements.count {
                elements.removeFirst(first)
                first = 0
            }
        }
        return elements[first]
    }
}
