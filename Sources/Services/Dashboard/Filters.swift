internal import ChargingModel
internal import LedgerStore
internal import NetworkView

/// A filter of the points' rows, from a request's query.
struct PointFilter: Sendable {
    private let state: Verdict?
    private let kind: String?
    private let available: Bool?

    init(_ query: inout Query) throws(Problem) {
        state = try query.choice("state")
        kind = query.text("kind")
        available = try query.bool("available")
    }

    var isEmpty: Bool { state == nil && kind == nil && available == nil }

    var fits: @Sendable (PointView, CentralView) -> Bool {
        { point, central in
            if let state, point.shown(central).verdict != state { return false }
            if let kind, point.info?.kind != kind { return false }
            if let available, (central.isOnline && point.verdict?.available == true) != available { return false }
            return true
        }
    }
}

/// A page of sessions, with the filter of which it is one, from a request's query.
struct SessionPage: Sendable {
    enum Status: String, CaseIterable {
        case open
        case closed
        case incomplete
        case completed
        case failed
    }

    private(set) var filter = SessionFilter()
    /// The last session of the page before.
    private(set) var cursor: SessionID?
    private(set) var limit = 50
    private var status: Status?

    init(_ query: inout Query) throws(Problem) {
        status = try query.choice("status")
        filter.cp = try query.id("cp")
        filter.driver = try query.id("driver")
        filter.since = try query.time("since")
        filter.before = try query.time("until")
        cursor = try query.id("cursor")
        limit = try query.integer("limit", in: 1...500) ?? 50
        filter.kind =
            switch status {
            case .open: .open
            case .closed: .closed
            case .incomplete: .incomplete
            case .completed: .completed
            case .failed: .failed
            case nil: nil
            }
    }

    /// The address of the next page. Nothing in it needs encoding: ids, times and words.
    func next(after last: SessionID) -> String {
        var parts: [String] = []
        if let status { parts.append("status=\(status.rawValue)") }
        if let cp = filter.cp { parts.append("cp=\(cp)") }
        if let driver = filter.driver { parts.append("driver=\(driver)") }
        if let since = filter.since { parts.append("since=\(since.text)") }
        if let before = filter.before { parts.append("until=\(before.text)") }
        if limit != 50 { parts.append("limit=\(limit)") }
        parts.append("cursor=\(last)")
        return "/sessions?" + parts.joined(separator: "&")
    }
}

/// The parameters of what an operator wants: which of several records of one session and meter, or whose token and until when.
struct OrderParameters: Sendable {
    var cp: ChargePointID?
    var end: Energy?
    var driver: DriverID?
    var expires: WallTime?

    /// Reads what belongs to the resource.
    init(_ query: inout Query, _ resource: Resource) throws(Problem) {
        switch resource {
        case .record:
            cp = try query.id("cp")
            end = try query.integer("meter_end_wh", in: 0...Int(Energy.limit.wattHours)).map { Energy(wattHours: Int64($0)) }
        case .token(_, .add):
            driver = try query.id("driver")
            expires = try query.time("expires")
            guard driver != nil else { throw .badRequest("driver is expected: the account that pays, like ?driver=driver-alice.") }
        default: return
        }
    }
}
