internal import ChargingModel
internal import ChargingProtocol
internal import JSON
internal import Runtime

extension RecordedParty.Role {
    func write(to json: inout JSONWriter) {
        switch self {
        case .engine(let specification, let memory):
            specification.write(to: &json)
            // What a compacted journal would hold: it reads back as the same memory.
            json.array("journal") { json in
                for entry in memory.entries { json.string(nil, String(decoding: JournalLine.entry(entry).bytes, as: UTF8.self)) }
            }
        case .monitor(_, let settings):
            json.duration("interval_ns", settings.interval)
            json.duration("interval_while_failing_ns", settings.intervalWhileFailing)
            json.integer("failures_to_fault", settings.failuresToFault)
        case .driver(let settings): settings.write(to: &json)
        case .gateway(_, let software): json.string("software", software)
        case .central(let settings, let discovery, let hasLedger):
            settings.write(to: &json)
            if let discovery {
                json.object("home_assistant") { json in
                    json.string("prefix", discovery.prefix)
                    json.string("version", discovery.version)
                }
            }
            json.bool("ledger", hasLedger)
        }
    }

    /// - Parameter party: `engine:CP-001`.
    init(_ fields: RecordedFields, of party: String) throws(RecordingError) {
        let parts = party.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        func id<Kind>() throws(RecordingError) -> Identifier<Kind> {
            guard parts.count == 2, let id = Identifier<Kind>(parts[1]) else { throw RecordingError("\(party) is no party") }
            return id
        }
        switch parts[0] {
        case "engine":
            self = .engine(try EngineCore.Specification(recorded: fields, cp: try id()), try EngineMemory(recorded: fields))
        case "monitor":
            self = .monitor(
                try id(),
                Monitor.Settings(
                    interval: try fields.duration("interval_ns"), intervalWhileFailing: try fields.duration("interval_while_failing_ns"),
                    failuresToFault: try fields.number("failures_to_fault")))
        case "gateway": self = .gateway(try id(), try fields.text("software"))
        case "driver": self = .driver(try Driver.Settings(recorded: fields, driver: try id()))
        case "central" where parts.count == 1:
            let discovery = fields.has("home_assistant") ? try fields.object("home_assistant") : nil
            self = .central(
                try CentralCore.Settings(recorded: fields),
                discovery: try discovery.map { (told) throws(RecordingError) in
                    RecordedParty.Discovery(prefix: try told.text("prefix"), version: try told.text("version"))
                }, hasLedger: try fields.bool("ledger"))
        default: throw RecordingError("\(party) is no party")
        }
    }
}

extension EngineMemory {
    fileprivate init(recorded fields: RecordedFields) throws(RecordingError) {
        let lines = try fields.texts("journal").map { Array($0.utf8) }
        do throws(JournalReading.Failure) {
            self = try JournalReading.engine(lines, in: "of the recording").memory
        } catch {
            throw RecordingError(error.description)
        }
    }
}

extension EngineCore.Specification {
    fileprivate func write(to json: inout JSONWriter) {
        json.integer("power_w", power.watts)
        json.integer("price_micro_eur_per_kwh", price.microEuroPerKilowattHour)
        json.string("kind", kind)
        json.string("software", software)
        json.duration("session_duration_ns", sessionDuration)
        json.duration("telemetry_interval_ns", telemetryInterval)
        json.duration("plug_in_time_ns", plugInTime)
        if hardware != .contactor { json.string("hardware", hardware.rawValue) }
    }

    fileprivate init(recorded fields: RecordedFields, cp: ChargePointID) throws(RecordingError) {
        self.init(
            cp: cp, power: Power(watts: try fields.number("power_w")),
            price: Price(microEuroPerKilowattHour: try fields.number("price_micro_eur_per_kwh")), kind: try fields.text("kind"),
            software: try fields.text("software"), sessionDuration: try fields.duration("session_duration_ns"),
            telemetryInterval: try fields.duration("telemetry_interval_ns"), plugInTime: try fields.duration("plug_in_time_ns"),
            hardware: fields.has("hardware") ? try fields.word("hardware") : .contactor)
    }
}

extension Driver.Settings {
    fileprivate func write(to json: inout JSONWriter) {
        if let interval { json.duration("interval_ns", interval) }
        json.integer("vehicles", vehicles)
        json.array("points") { json in for cp in points { json.string(nil, cp.text) } }
        json.integer("first_point", firstPoint)
        json.duration("retry_delay_ns", retryDelay)
        if let energyTarget { json.integer("energy_target_wh", energyTarget.wattHours) }
        if let duration { json.duration("duration_ns", duration) }
    }

    fileprivate init(recorded fields: RecordedFields, driver: DriverID) throws(RecordingError) {
        self.init(
            driver: driver, interval: try fields.durationIfPresent("interval_ns"), vehicles: try fields.number("vehicles"),
            points: try fields.ids("points"), firstPoint: try fields.number("first_point"), retryDelay: try fields.duration("retry_delay_ns"),
            energyTarget: try fields.numberIfPresent("energy_target_wh").map { Energy(wattHours: $0) },
            duration: try fields.durationIfPresent("duration_ns"))
    }
}

extension CentralCore.Settings {
    fileprivate func write(to json: inout JSONWriter) {
        json.string("software", software)
        json.integer("default_vehicles", defaultVehicles)
        json.array("vehicles") { json in
            for (driver, number) in vehicles.sorted(by: { $0.key < $1.key }) {
                json.object { json in
                    json.string("driver", driver.text)
                    json.integer("number", number)
                }
            }
        }
        json.array("tokens") { json in
            for (token, driver) in tokens.sorted(by: { $0.key < $1.key }) {
                json.object { json in
                    json.string("token", token.text)
                    json.string("driver", driver.text)
                }
            }
        }
        json.duration("session_duration_ns", sessionDuration)
        if access != .open { json.object("access") { access.write(to: &$0) } }
        json.duration("starting_time_ns", startingTime)
        json.duration("short_wait_ns", shortWait)
        json.duration("gone_wait_ns", goneWait)
        json.duration("gone_grace_ns", goneGrace)
        json.duration("ledger_retry_ns", ledgerRetry)
        json.integer("point_limit", pointLimit)
    }

    fileprivate init(recorded fields: RecordedFields) throws(RecordingError) {
        var vehicles: [DriverID: Int] = [:]
        for driver in try fields.objects("vehicles") { vehicles[try driver.id("driver")] = try driver.number("number") }
        var tokens: [TokenID: DriverID] = [:]
        for token in try fields.objects("tokens") { tokens[try token.id("token")] = try token.id("driver") }
        self.init(
            software: try fields.text("software"), defaultVehicles: try fields.number("default_vehicles"), vehicles: vehicles, tokens: tokens,
            access: fields.has("access") ? try AccessList(recorded: try fields.object("access")) : .open,
            sessionDuration: try fields.duration("session_duration_ns"), startingTime: try fields.duration("starting_time_ns"),
            shortWait: try fields.duration("short_wait_ns"), goneWait: try fields.duration("gone_wait_ns"),
            goneGrace: try fields.duration("gone_grace_ns"), ledgerRetry: try fields.duration("ledger_retry_ns"),
            pointLimit: try fields.number("point_limit"))
    }
}
