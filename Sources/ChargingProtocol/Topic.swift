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

    /// Whether the broker keeps the last message.
    public var isRetained: Bool {
        switch self {
        case .info, .state, .health, .centralStatus, .verdict, .tickets: true
        case .telemetry, .event, .command, .fence, .request, .status: false
        }
    }
}
