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
    case status(DriverStatus)
    case tickets(TicketList)
}
