public import ChargingModel
internal import SQL

/// A filter of sessions; what is `nil` does not matter.
public struct SessionFilter: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case open
        /// Closed, and its record still missing.
        case incomplete
        case complete
        /// Closed, with its record or without.
        case closed
        case completed
        case failed
    }

    /// The reasons of a session's end that come to this outcome, as a list of SQL.
    private static func reasons(_ outcome: Outcome) -> String {
        EndReason.allCases.filter { $0.outcome == outcome }.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    }

    public var cp: ChargePointID?
    public var driver: DriverID?
    public var kind: Kind?
    /// The earliest time of acceptance.
    public var since: WallTime?
    /// The time before which it was accepted.
    public var before: WallTime?
    public var most: Int64?
    var beforeID: SessionID?

    public init() {}

    private var conditions: [(sql: String, value: Value?)] {
        var conditions: [(String, Value?)] = []
        if let cp { conditions.append(("cp = ?", .text(cp.text))) }
        if let driver { conditions.append(("driver = ?", .text(driver.text))) }
        if let since { conditions.append(("accepted_ms >= ?", .integer(since.milliseconds))) }
        if let before { conditions.append(("accepted_ms < ?", .integer(before.milliseconds))) }
        if let beforeID { conditions.append(("id < ?", .text(beforeID.text))) }
        switch kind {
        case .open: conditions.append(("closed_ms IS NULL", nil))
        case .incomplete: conditions.append(("closed_ms IS NOT NULL AND is_complete = 0", nil))
        case .complete: conditions.append(("is_complete = 1", nil))
        case .closed: conditions.append(("closed_ms IS NOT NULL", nil))
        case .completed: conditions.append(("end_reason IN (\(SessionFilter.reasons(.completed)))", nil))
        case .failed: conditions.append(("end_reason IN (\(SessionFilter.reasons(.failed)))", nil))
        case nil: break
        }
        return conditions
    }

    func sql(_ scope: RowScope) -> String { "WHERE 1 = 1" + conditions.map { " AND " + $0.sql }.joined() + scope.and }
    /// The values of the conditions and, last, of the limit.
    var values: [Value] { conditions.compactMap(\.value) + [.integer(most ?? .max)] }
}
