internal import ChargingModel
internal import JSON

extension BusMessage {
    /// The payload, with the time for people where it may have one (P6: wills have none).
    func json(at now: WallTime) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { json in
            switch self {
            case .info(let info): info.write(&json)
            case .state(let state): state.write(&json)
            case .telemetry(let telemetry): telemetry.write(&json)
            case .event(let event): event.write(&json)
            case .health(let health): health.write(&json)
            case .command(let command): command.write(&json)
            case .centralStatus(let status): status.write(&json)
            case .fence(let fence): fence.write(&json)
            case .verdict(let verdict): verdict.write(&json)
            case .request(_, let request): request.write(&json)
            case .status(let status): status.write(&json)
            case .tickets(let list): list.write(&json)
            }
            if isTimed { json.time("ts", now) }
        }
        return writer.bytes
    }

    private var isTimed: Bool {
        switch self {
        case .state(let state): state.seq != nil
        case .health(let health): health.failures != nil || health.reason != StateReport.connectionLost
        case .centralStatus(let status): status.online || status.reason != StateReport.connectionLost
        case .request(_, let request): if case .stop = request { false } else { true }
        case .fence: false
        case .info, .telemetry, .event, .command, .verdict, .status, .tickets: true
        }
    }
}

/// The units and decimals of P5.
extension JSONWriter {
    mutating func id<Kind>(_ name: String, _ id: Identifier<Kind>) { string(name, id.text) }
    mutating func id<Kind>(_ name: String, ifPresent id: Identifier<Kind>?) { if let id { string(name, id.text) } }
    mutating func id<Kind>(_ name: String, orNull id: Identifier<Kind>?) { if let id { string(name, id.text) } else { null(name) } }
    mutating func power(_ power: Power) { decimal("power_kw", decimalText(power.watts, decimals: 3, minimum: 1)) }
    mutating func price(_ price: Price) { decimal("price_eur_per_kwh", decimalText(price.microEuroPerKilowattHour, decimals: 6, minimum: 2)) }
    mutating func energy(_ energy: Energy) { decimal("energy_kwh", decimalText(energy.wattHours, decimals: 3, minimum: 3)) }
    mutating func money(_ money: Money) { decimal("cost_eur", decimalText(money.microEuro, decimals: 6, minimum: 2)) }
    mutating func register(_ name: String, _ register: Energy) { integer(name, register.wattHours) }
    mutating func time(_ name: String, _ time: WallTime) { string(name, time.text) }
    mutating func time(_ name: String, orNull time: WallTime?) { if let time { string(name, time.text) } else { null(name) } }
    mutating func duration(_ duration: Duration) { decimal("duration_s", decimalText(duration.milliseconds, decimals: 3)) }
}
