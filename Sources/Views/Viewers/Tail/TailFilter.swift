public import ChargingModel
internal import ChargingProtocol

/// A filter of the messages that are looked at.
public struct TailFilter: Hashable, Sendable {
    /// The points whose messages are looked at; empty: all.
    public var points: Set<ChargePointID>
    /// The drivers whose messages are looked at, those to them included; empty: all.
    public var drivers: Set<DriverID>
    /// The kinds that are shown. A message that breaks the contract is shown in any case.
    public var kinds: Set<TailKind>
    /// True to leave out what the broker kept from earlier.
    public var liveOnly: Bool

    public init(points: Set<ChargePointID> = [], drivers: Set<DriverID> = [], kinds: Set<TailKind> = TailKind.usual, liveOnly: Bool = false) {
        self.points = points
        self.drivers = drivers
        self.kinds = kinds
        self.liveOnly = liveOnly
    }

    /// True when a message is of somebody who is looked at; Central's status concerns everybody.
    /// - Parameter topic: without its site.
    func concerns(_ topic: Substring, _ received: Wire.Received?) -> Bool {
        if points.isEmpty, drivers.isEmpty { return true }
        let (cp, driver) = subjects(topic, received)
        if cp == nil, driver == nil { return true }
        if let cp, points.contains(cp) { return true }
        if let driver, drivers.contains(driver) { return true }
        return false
    }

    private func subjects(_ topic: Substring, _ received: Wire.Received?) -> (ChargePointID?, DriverID?) {
        if case .message(let message)? = received {
            switch message {
            case .request(let driver, .charge(let charge)): return (charge.cp, driver)
            case .status(let status): return (status.cp, status.driver)
            case .state(let state): return (state.cp, state.driver)
            case .telemetry(let telemetry): return (telemetry.cp, telemetry.driver)
            case .verdict(let verdict): return (verdict.cp, verdict.driver)
            case .command(let command): if case .start(let order) = command.kind { return (command.cp, order.driver) }
            case .stationRequest(let request): return (request.cp, nil)
            case .info, .event, .health, .centralStatus, .fence, .request, .tickets, .gateway, .station: break
            }
        }
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count > 1 else { return (nil, nil) }
        // What is not a valid id is somebody all the same, and nobody who was asked for.
        let nobody = "not-an-id"
        switch levels[0] {
        case "cp", "station": return (ChargePointID(String(levels[1])) ?? ChargePointID(known: nobody), nil)
        case "driver": return (nil, DriverID(String(levels[1])) ?? DriverID(known: nobody))
        case "central" where levels.count > 2: return (ChargePointID(String(levels[2])) ?? ChargePointID(known: nobody), nil)
        default: return (nil, nil)
        }
    }
}
