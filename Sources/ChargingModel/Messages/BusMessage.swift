/// Everything that is said on the bus. `ChargingProtocol` knows each message's topic and JSON.
///
/// Messages are large and are handed on from hand to hand: what is handed on is where they are.
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
