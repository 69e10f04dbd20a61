public import ChargingModel

/// The extent to which a point changed.
public enum PointChange: Hashable, Sendable {
    /// A reading, and nothing else.
    case telemetry
    case whole
}

/// The changes of a view since they were taken last: each thing once, as it is now.
public struct NetworkChanges: Sendable {
    public var points: [(point: PointView, change: PointChange)]
    public var removed: [ChargePointID]
    /// Sessions that are open, and those that closed.
    public var sessions: [SessionView]
    /// Sessions whose end was not heard.
    public var lost: [SessionID]
    public var drivers: [DriverView]
    public var log: [LogEntry]
    /// Central and the viewer's connection; `nil` when neither changed.
    public var central: (central: CentralView, bus: BusView)?
}

/// The changes not yet taken, by name.
struct PendingChanges: Sendable {
    var points: [ChargePointID: PointChange] = [:]
    var removed: Set<ChargePointID> = []
    var sessions: Set<SessionID> = []
    var lost: Set<SessionID> = []
    var drivers: Set<DriverID> = []
    var log = 0
    var central = false

    var isEmpty: Bool {
        points.isEmpty && removed.isEmpty && sessions.isEmpty && lost.isEmpty && drivers.isEmpty && log == 0 && !central
    }

    mutating func add(_ cp: ChargePointID, _ change: PointChange) {
        if change == .whole || points[cp] == nil { points[cp] = change }
    }

    mutating func remove(_ cp: ChargePointID) {
        points[cp] = nil
        removed.insert(cp)
    }
}
