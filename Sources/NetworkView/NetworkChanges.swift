public import ChargingModel

/// What changed of a point.
public enum PointChange: Hashable, Sendable {
    /// A reading, and nothing else.
    case telemetry
    case whole
}

/// What changed in a view since it was asked last: as it is now, each thing once.
public struct NetworkChanges: Sendable {
    public var points: [(point: PointView, change: PointChange)]
    public var removed: [ChargePointID]
    /// Open ones, and those that closed.
    public var sessions: [SessionView]
    /// Sessions whose end was not heard.
    public var lost: [SessionID]
    public var drivers: [DriverView]
    public var log: [LogEntry]
    /// When one of them changed.
    public var central: (central: CentralView, bus: BusView)?
}

/// What has changed, by name.
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
