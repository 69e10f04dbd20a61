/// A message on the bus, of any kind. `ChargingProtocol` knows each one's topic and JSON.
///
/// The enum is indirect: messages are large and are handed on often, so a reference is handed on instead of a copy.
public indirect enum BusMessage: Hashable, Sendable {
    case info(ChargePointInfo)
    case state(StateReport)
    case telemetry(Telemetry)
    case event(ChargePointEvent)
    case health(HealthReport)
    case command(Command)
    case centralStatus(CentralStatus)
    case fence(Fence)
    case verdict(VerdictReport)
    case request(DriverID, DriverRequest)
    case stationRequest(StationRequest)
    case status(DriverStatus)
    case tickets(TicketList)
    case gateway(GatewayReport)
    case station(StationMessage)

    /// The charge point that it is about, if its engine, its monitor or Central says it of one for all to hear.
    public var point: ChargePointID? {
        switch self {
        case .info(let info): info.cp
        case .state(let state): state.cp
        case .telemetry(let telemetry): telemetry.cp
        case .event(let event): event.cp
        case .health(let health): health.cp
        case .verdict(let verdict): verdict.cp
        case .command, .centralStatus, .fence, .request, .stationRequest, .status, .tickets, .gateway, .station: nil
        }
    }
}

extension BusMessage {
    /// The epoch that a message carries; `nil` for a driver's.
    public var epoch: Epoch? {
        switch self {
        case .info(let info): info.epoch
        case .state(let state): state.epoch
        case .telemetry(let telemetry): telemetry.epoch
        case .event(let event): event.epoch
        case .health(let health): health.epoch
        case .command(let command): command.epoch
        case .centralStatus(let status): status.epoch
        case .fence(let fence): fence.epoch
        case .verdict(let verdict): verdict.epoch
        case .stationRequest(let request): request.epoch
        case .status(let status): status.epoch
        case .tickets(let tickets): tickets.epoch
        case .gateway(let report): report.epoch
        case .station(let message): message.epoch
        case .request: nil
        }
    }
}
