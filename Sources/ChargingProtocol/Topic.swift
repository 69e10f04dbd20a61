public import ChargingModel

/// The topics of the protocol: the only place where they are spelled.
public enum Topic: Hashable, Sendable {
    case info(ChargePointID)
    case state(ChargePointID)
    case telemetry(ChargePointID)
    case event(ChargePointID)
    case health(ChargePointID)
    case command(ChargePointID)
    case centralStatus
    case fence
    case verdict(ChargePointID)
    case request(DriverID)
    case status(DriverID)
    case tickets(DriverID)

    /// What kind of thing is said there, in a word: for filters and counts.
    public var kind: String {
        switch self {
        case .info: "info"
        case .state: "state"
        case .telemetry: "telemetry"
        case .event: "event"
        case .health: "health"
        case .command: "command"
        case .centralStatus: "central"
        case .fence: "fence"
        case .verdict: "verdict"
        case .request: "request"
        case .status: "status"
        case .tickets: "ticket"
        }
    }

    /// All of them, in the order of the protocol's table.
    public static let kinds = [
        "info", "state", "telemetry", "event", "health", "command", "central", "fence", "verdict", "request", "status", "ticket",
    ]

    /// Whether the broker keeps the last message.
    public var isRetained: Bool {
        switch self {
        case .info, .state, .health, .centralStatus, .verdict, .tickets: true
        case .telemetry, .event, .command, .fence, .request, .status: false
        }
    }
}
