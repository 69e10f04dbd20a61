/// Everything that is said on the bus. `ChargingProtocol` knows each message's topic and JSON.
public enum BusMessage: Hashable, Sendable {
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
