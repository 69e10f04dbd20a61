/// A place in a waiting line.
public struct WaitingTicket: Hashable, Sendable {
    fileprivate let number: UInt64
}

/// Things in the order in which they came. Any of them may leave; the oldest is found at once.
public struct WaitingLine<Element> {
    private var elements: [UInt64: Element] = [:]
    /// The numbers of those that are there, and of some that have left.
    private var order: [UInt64] = []
    private var first = 0
    private var last: UInt64 = 0

    public init() {}

    public var count: Int { elements.count }

    /// All that are there, in no order.
    public var all: [(ticket: WaitingTicket, element: Element)] { elements.map { (WaitingTicket(number: $0.key), $0.value) } }

    public func contains(_ ticket: WaitingTicket) -> Bool { elements[ticket.number] != nil }

    public mutating func add(_ element: Element) -> WaitingTicket {
        // Those that have left are forgotten before they are more than those that are there.
        if order.count > 2 * elements.count + 64 {
            order = order[first...].filter { elements[$0] != nil }
            first = 0
        }
        last += 1
        elements[last] = element
        order.append(last)
        return WaitingTicket(number: last)
    }

    @discardableResult
    public mutating func remove(_ ticket: WaitingTicket) -> Element? { elements.removeValue(forKey: ticket.number) }

    /// The one that came first of those that are there.
    public mutating func oldest() -> (ticket: WaitingTicket, element: Element)? {
        while first < order.count {
            if let element = elements[order[first]] { return (WaitingTicket(number: order[first]), element) }
            first += 1
        }
        return nil
    }
}

extension WaitingLine: Sendable where Element: Sendable {}
