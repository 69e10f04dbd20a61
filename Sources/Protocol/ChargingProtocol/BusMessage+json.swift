internal import ChargingModel
internal import JSON

extension BusMessage {
    /// Reads the message of a topic.
    /// - Precondition: the topic is not about stations and gateways, whose messages are read otherwise.
    init<F: Fields & ~Copyable>(_ fields: borrowing F, on topic: Topic) throws(F.Failure) {
        switch topic {
        case .info(let cp): self = .info(try ChargePointInfo(fields, cp))
        case .state(let cp): self = .state(try StateReport(fields, cp))
        case .telemetry(let cp): self = .telemetry(try Telemetry(fields, cp))
        case .event(let cp): self = .event(try ChargePointEvent(fields, cp))
        case .health(let cp): self = .health(try HealthReport(fields, cp))
        case .command(let cp): self = .command(try Command(fields, cp))
        case .centralStatus: self = .centralStatus(try CentralStatus(fields))
        case .fence: self = .fence(try Fence(fields))
        case .verdict(let cp): self = .verdict(try VerdictReport(fields, cp))
        case .request(let driver): self = .request(driver, try DriverRequest(fields))
        case .stationRequest(let cp): self = .stationRequest(try StationRequest(fields, cp))
        case .status(let driver): self = .status(try DriverStatus(fields, driver))
        case .tickets(let driver): self = .tickets(try TicketList(fields, driver))
        case .gateway, .station: preconditionFailure("\(topic.text) is read by NamedFields")
        }
    }

    /// The payload, with the time for people where it may have one; wills have none (P6).
    func json(at now: WallTime) -> [UInt8] {
        switch self {
        case .gateway, .station: return looseJSON(at: now)
        default: break
        }
        return JSONOutput.object(FieldName.all, capacity: 512) { json in
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
            case .stationRequest(let request): request.write(&json)
            case .status(let status): status.write(&json)
            case .tickets(let list): list.write(&json)
            case .gateway, .station: break
            }
            if isTimed { json.time(.ts, now) }
        }
    }

    private var isTimed: Bool {
        switch self {
        case .state(let state): state.seq != nil
        case .health(let health): health.failures != nil || health.reason != StateReport.connectionLost
        case .centralStatus(let status): status.online || status.reason != StateReport.connectionLost
        case .request(_, let request): if case .stop = request { false } else { true }
        case .fence: false
        case .info, .telemetry, .event, .command, .verdict, .stationRequest, .status, .tickets: true
        case .gateway(let report): report.online || report.reason != StateReport.connectionLost
        case .station(let message): message.isTimed
        }
    }

    /// The payload of a message about stations and gateways.
    private func looseJSON(at now: WallTime) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.object(nil) { object in
            switch self {
            case .gateway(let report): report.write(&object)
            case .station(let message): message.write(&object)
            default: break
            }
            if isTimed { object.string("ts", now.text) }
        }
        return json.bytes
    }
}

extension StationMessage {
    var leaf: Topic.StationLeaf {
        switch self {
        case .report: .about
        case .command: .command
        case .reply: .answer
        case .frame: .frame
        }
    }
}

/// Writes quantities in the units and decimals of P5.
extension JSONOutput {
    /// Writes a word of the protocol.
    mutating func string(_ name: FieldName, _ word: String) { string(name.rawValue, word) }
    /// Writes a text for people, within P4's limit whoever made it.
    mutating func text(_ name: FieldName, _ text: String) { string(name.rawValue, text.bounded()) }
    mutating func integer(_ name: FieldName, _ value: Int64) { integer(name.rawValue, value) }
    mutating func integer(_ name: FieldName, _ value: UInt64) { integer(name.rawValue, value) }
    mutating func bool(_ name: FieldName, _ value: Bool) { bool(name.rawValue, value) }
    mutating func object(_ name: FieldName, _ body: (inout JSONOutput) -> Void) { object(name.rawValue, body) }

    mutating func id<Kind>(_ name: FieldName, _ id: Identifier<Kind>) { string(name.rawValue, plain: id.bytes, count: id.count) }
    mutating func id<Kind>(_ name: FieldName, ifPresent id: Identifier<Kind>?) { if let id { self.id(name, id) } }
    mutating func id<Kind>(_ name: FieldName, orNull id: Identifier<Kind>?) { if let id { self.id(name, id) } else { null(name.rawValue) } }
    mutating func power(_ power: Power) { decimal(FieldName.power.rawValue, power.watts, decimals: 3, minimum: 1) }
    mutating func price(_ price: Price) { decimal(FieldName.price.rawValue, price.microEuroPerKilowattHour, decimals: 6, minimum: 2) }
    mutating func energy(_ energy: Energy) { decimal(FieldName.energy.rawValue, energy.wattHours, decimals: 3, minimum: 3) }
    mutating func money(_ money: Money) { decimal(FieldName.cost.rawValue, money.microEuro, decimals: 6, minimum: 2) }
    mutating func measured(_ measured: Measurements) {
        if let current = measured.current { decimal(FieldName.current.rawValue, current.milliamperes, decimals: 3, minimum: 1) }
        if let voltage = measured.voltage { decimal(FieldName.voltage.rawValue, voltage.millivolts, decimals: 3, minimum: 1) }
        if let charge = measured.stateOfCharge { decimal(FieldName.stateOfCharge.rawValue, charge.permille, decimals: 1, minimum: 1) }
    }
    mutating func provenance(_ provenance: Provenance) {
        guard provenance != .central else { return }
        string(.origin, provenance.origin.rawValue)
        id(.token, ifPresent: provenance.token)
        string(.clock, provenance.clock.rawValue)
    }
    mutating func register(_ name: FieldName, _ register: Energy) { integer(name.rawValue, register.wattHours) }
    mutating func time(_ name: FieldName, _ time: WallTime) { string(name.rawValue, plain: time.bytes) }
    mutating func time(_ name: FieldName, orNull time: WallTime?) { if let time { self.time(name, time) } else { null(name.rawValue) } }
    mutating func duration(_ duration: Duration) { decimal(FieldName.duration.rawValue, duration.milliseconds, decimals: 3) }
}
