internal import ChargingModel

/// Something that can be broken.
public struct FaultTarget: Hashable, Sendable, Comparable {
    public enum Role: String, Hashable, Sendable, CaseIterable {
        case broker, central, engine, monitor, driver, gateway
    }

    public var role: Role
    /// The charge point or the driver; empty for broker, Central and gateway.
    public var id: String

    public init(_ role: Role, _ id: String = "") {
        self.role = role
        self.id = id
    }

    /// As people read it: `CP-003 engine`.
    public var name: String {
        switch role {
        case .broker, .central, .gateway: role.rawValue
        case .engine, .monitor: "\(id) \(role.rawValue)"
        case .driver: id
        }
    }

    var cp: ChargePointID? { role == .engine || role == .monitor ? ChargePointID(id) : nil }

    public static func < (a: FaultTarget, b: FaultTarget) -> Bool { (a.role.rawValue, a.id) < (b.role.rawValue, b.id) }
}

/// What can be done to it.
public enum Harm: String, Hashable, Sendable, CaseIterable {
    /// SIGKILL.
    case kill
    /// SIGSTOP, and SIGCONT some time later.
    case hang
    /// SIGTERM, and a new start.
    case restart
    /// The network between it and everybody else, for some time.
    case cut

    var past: String {
        switch self {
        case .kill: "killed"
        case .hang: "hung"
        case .restart: "restarted"
        case .cut: "cut off"
        }
    }
}

/// One fault of a plan.
public struct Fault: Hashable, Sendable {
    /// From the beginning.
    public var at: Duration
    public var harm: Harm
    public var target: FaultTarget
    /// How long it lasts, for those that last.
    public var lasting: Duration
}
