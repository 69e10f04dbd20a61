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
    case stationRequest(ChargePointID)
    case status(DriverID)
    case tickets(DriverID)
    case gateway(GatewayID)
    case station(ChargePointID, StationLeaf)

    /// The topics between Central and a gateway about a station.
    public enum StationLeaf: String, Hashable, Sendable, CaseIterable {
        case about, command, answer, frame
    }

    /// The kind of topic in a word, for filters and counts.
    public var kind: String { Topic.kinds[kindIndex] }

    /// The place of its kind in `kinds`.
    public var kindIndex: Int {
        switch self {
        case .info: 0
        case .state: 1
        case .telemetry: 2
        case .event: 3
        case .health: 4
        case .command: 5
        case .centralStatus: 6
        case .fence: 7
        case .verdict: 8
        case .request: 9
        case .status: 10
        case .tickets: 11
        case .stationRequest: 12
        case .gateway, .station: 13
        }
    }

    /// The words for all kinds, in the order of the protocol's table.
    public static let kinds = [
        "info", "state", "telemetry", "event", "health", "command", "central", "fence", "verdict", "request", "status", "ticket", "station",
        "gateway",
    ]

    /// True when the broker keeps the last message.
    public var isRetained: Bool {
        switch self {
        case .info, .state, .health, .centralStatus, .verdict, .tickets, .gateway, .station(_, .about): true
        case .telemetry, .event, .command, .fence, .request, .stationRequest, .status, .station: false
        }
    }
}
