public import ChargingModel

/// A driver on a screen.
public struct DriverView: Hashable, Sendable {
    /// The last answer of Central's to it.
    public struct Answer: Hashable, Sendable {
        /// ACCEPTED, DENIED, COMPLETED or FAILED.
        public var status: String
        public var cp: ChargePointID?
        public var reason: String?
        /// The time by the viewer's clock.
        public var at: WallTime
    }

    public let driver: DriverID
    /// The requests that the viewer heard, repeats included.
    public var requests: UInt64 = 0
    public var denied: UInt64 = 0
    public var last: Answer?
    /// The tickets, at most ten, the last closed first.
    public var tickets: [Ticket] = []

    init(_ driver: DriverID) { self.driver = driver }

    mutating func note(_ status: String, _ cp: ChargePointID?, _ reason: String?, at now: WallTime) {
        last = Answer(status: status, cp: cp, reason: reason, at: now)
    }
}

/// The requests answered last: an answer that is said again is no news.
struct AnsweredRequests: Sendable {
    private struct Key: Hashable {
        var driver: DriverID
        var request: RequestID
    }

    private let limit: Int
    private var order: [Key] = []
    private var keys: Set<Key> = []

    init(limit: Int) { self.limit = limit }

    /// Notes an answer to a request.
    /// - Returns: true when it is news; an answer without a request id always is.
    mutating func insert(_ driver: DriverID, _ request: RequestID?) -> Bool {
        guard let request else { return true }
        let key = Key(driver: driver, request: request)
        guard keys.insert(key).inserted else { return false }
        order.append(key)
        if order.count >= limit * 2 {
            keys.subtract(order.prefix(order.count - limit))
            order.removeFirst(order.count - limit)
        }
        return true
    }

    mutating func remove(_ driver: DriverID, _ request: RequestID?) {
        guard let request, let index = order.lastIndex(of: Key(driver: driver, request: request)) else { return }
        keys.remove(order.remove(at: index))
    }
}
