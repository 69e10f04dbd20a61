/// An empty array whose memory is used again and again. Who takes it while it is taken gets a new one.
public struct SpareArray<Element> {
    private var spare: [Element] = []

    public init() {}

    public mutating func take() -> [Element] {
        defer { spare = [] }
        return spare
    }

    public mutating func give(_ array: inout [Element]) {
        array.removeAll(keepingCapacity: true)
        spare = array
        array = []
    }
}
