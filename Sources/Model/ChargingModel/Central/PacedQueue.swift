/// The messages that Central sends a little at a time, so that neither the broker nor its own queue is flooded after a connection.
struct PacedQueue: Hashable, Sendable {
    enum Item: Hashable, Sendable {
        /// The verdict on a point, as it stands when it is sent.
        case verdict(ChargePointID)
        /// An answer or an outcome that the broker has not taken yet, by its delivery number.
        case answer(UInt64)
        /// A driver's tickets; nothing when newer ones went out meanwhile.
        case tickets(DriverID)
        case rebirth(ChargePointID)
    }

    /// The number of messages that go out at once, and the time to the next ones.
    static let portion = 20
    static let interval = Duration.milliseconds(20)

    private var items: [Item] = []
    private var next = 0
    /// The tickets that wait, one list for each driver.
    private var tickets: [DriverID: TicketList] = [:]
    /// The number of answers that wait: what is said after them must not overtake them.
    private(set) var answers = 0

    var isEmpty: Bool { next == items.count }

    mutating func add(_ item: Item) {
        items.append(item)
        if case .answer = item { answers += 1 }
    }

    mutating func add(_ list: TicketList) {
        if tickets.updateValue(list, forKey: list.driver) == nil { add(.tickets(list.driver)) }
    }

    /// Removes and returns the driver's list that waits; it is not sent any more.
    mutating func takeTickets(of driver: DriverID) -> TicketList? { tickets.removeValue(forKey: driver) }

    /// Removes and returns the messages that go out now.
    mutating func takePortion() -> [Item] {
        let end = min(next + PacedQueue.portion, items.count)
        let portion = items[next..<end]
        next = end
        for case .answer in portion { answers -= 1 }
        if isEmpty {
            items = []
            next = 0
        }
        return Array(portion)
    }
}
