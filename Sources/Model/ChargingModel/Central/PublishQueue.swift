/// Central's messages on their way to the broker (QoS 1). A window of them is in flight, the rest waits here by what it matters, and a verdict that changes
/// while it waits is one verdict: what the broker has taken (PUBACK) makes room for the next, so that no burst of its own ends a connection.
struct PublishQueue: Sendable {
    /// A message that is due. Those of points are made when they are sent, by what is known then.
    enum Item: Hashable, Sendable {
        case message(BusMessage)
        /// An answer or an outcome that the broker has not taken yet, by its delivery number.
        case answer(UInt64)
        /// - again: even if it is what was published last.
        case verdict(ChargePointID, again: Bool)
        case rebirth(ChargePointID)
        case tickets(TicketList)
    }

    /// The most messages in flight: enough for any broker to be busy, and far below what a connection may queue.
    static let window = 256

    /// Fences and commands, and answers in the sequence in which they were decided.
    private var urgent = Queue<Item>()
    /// Answers of before that are said again, by driver; a driver's next answer does not overtake them.
    private var repeats: [DriverID: [UInt64]] = [:]
    private var repeating = Queue<DriverID>()
    private var rebirths = KeyedQueue<ChargePointID>()
    private var verdicts = KeyedQueue<ChargePointID>()
    /// Of the verdicts that wait, those that go out even if they are what was published last.
    private var again: Set<ChargePointID> = []
    private var tickets: [DriverID: TicketList] = [:]
    private var ticketLine = KeyedQueue<DriverID>()
    private var inFlight: Set<UInt64> = []

    mutating func add(_ message: BusMessage) { urgent.append(.message(message)) }

    mutating func add(answer number: UInt64, to driver: DriverID) {
        for earlier in repeats.removeValue(forKey: driver) ?? [] { urgent.append(.answer(earlier)) }
        urgent.append(.answer(number))
    }

    mutating func add(repeated number: UInt64, to driver: DriverID) {
        if repeats[driver] == nil { repeating.append(driver) }
        repeats[driver, default: []].append(number)
    }

    mutating func add(rebirthOf cp: ChargePointID) { rebirths.append(cp) }

    mutating func add(verdictOn cp: ChargePointID, again isRepeated: Bool = false) {
        verdicts.append(cp)
        if isRepeated { again.insert(cp) }
    }

    /// Takes a driver's tickets; those that wait are older, and are not sent any more.
    mutating func add(_ list: TicketList) {
        tickets[list.driver] = list
        ticketLine.append(list.driver)
    }

    /// Removes and returns the message that is due; `nil` while the window is full, or when there is none.
    mutating func next() -> Item? {
        guard inFlight.count < PublishQueue.window else { return nil }
        if let item = urgent.next() { return item }
        while let driver = repeating.next() {
            guard var numbers = repeats.removeValue(forKey: driver) else { continue }
            let first = numbers.removeFirst()
            if !numbers.isEmpty {
                repeats[driver] = numbers
                repeating.append(driver)
            }
            return .answer(first)
        }
        if let cp = rebirths.next() { return .rebirth(cp) }
        if let cp = verdicts.next() { return .verdict(cp, again: again.remove(cp) != nil) }
        while let driver = ticketLine.next() { if let list = tickets.removeValue(forKey: driver) { return .tickets(list) } }
        return nil
    }

    /// Notes that a message is on its way.
    mutating func sent(_ number: UInt64) { inFlight.insert(number) }

    /// Notes that the broker has taken a message, or refused it.
    mutating func settled(_ number: UInt64) { inFlight.remove(number) }
}
