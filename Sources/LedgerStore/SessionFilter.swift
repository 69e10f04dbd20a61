public import ChargingModel
internal import SQLite

/// Which sessions are wanted; what is `nil` does not matter.
public struct SessionFilter: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case open
        /// Closed, without its record.
        case incomplete
        case complete
    }

    public var cp: ChargePointID?
    public var driver: DriverID?
    public var kind: Kind?
    /// Accepted then or later.
    public var since: WallTime?
    /// Accepted before then.
    public var before: WallTime?
    public var most: Int64?

    public init() {}

    private var conditions: [(sql: String, value: Value?)] {
        var conditions: [(String, Value?)] = []
        if let cp { conditions.append(("cp = ?", .text(cp.text))) }
        if let driver { conditions.append(("driver = ?", .text(driver.text))) }
        if let since { conditions.append(("accepted_ms >= ?", .integer(since.milliseconds))) }
        if let before { conditions.append(("accepted_ms < ?", .integer(before.milliseconds))) }
        switch kind {
        case .open: conditions.append(("closed_ms IS NULL", nil))
        case .incomplete: conditions.append(("closed_ms IS NOT NULL AND is_complete = 0", nil))
        case .complete: conditions.append(("is_complete = 1", nil))
        case nil: break
        }
        return conditions
    }

    var sql: String { conditions.isEmpty ? "" : "WHERE " + conditions.map(\.sql).joined(separator: " AND ") }
    /// For the conditions and the limit behind them.
    var values: [Value] { conditions.compactMap(\.value) + [.integer(most ?? -1)] }
}
