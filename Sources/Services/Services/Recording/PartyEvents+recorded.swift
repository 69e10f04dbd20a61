internal import ChargingModel
internal import JSON
internal import Runtime

/// A runtime whose inputs can be recorded, and played again.
protocol RecordableRuntime: PartyRuntime where Event: Recorded {}

extension EngineRuntime: RecordableRuntime {}
extension MonitorRuntime: RecordableRuntime {}
extension DriverRuntime: RecordableRuntime {}
extension CentralRuntime: RecordableRuntime {}
extension GatewayRuntime: RecordableRuntime {}

extension EngineRuntime.Event: Recorded {
    func write(to json: inout JSONWriter) {
        switch self {
        case .contactorClosed(let session, let load):
            json.string("in", "contactor_closed")
            json.string("session", session.text)
            json.array("load") { json in
                for step in load.steps {
                    json.object { json in
                        json.integer("until_wh", step.until.wattHours)
                        json.integer("power_w", step.power.watts)
                    }
                }
            }
        case .vehicleAwaited(let session):
            json.string("in", "vehicle_awaited")
            json.string("session", session.text)
        case .cardShown(let offline):
            json.string("in", "card_shown")
            json.string("session", offline.session.text)
            json.string("driver", offline.driver.text)
            json.string("token", offline.token.text)
            if let duration = offline.duration { json.duration("duration_ns", duration) }
        case .fault(let fault):
            json.string("in", "fault")
            if let fault { json.string("why", fault) }
        case .station(let event):
            json.string("in", "station")
            event.write(to: &json)
        }
    }

    static func read(_ fields: RecordedFields) throws(RecordingError) -> EngineRuntime.Event? {
        switch try fields.text("in") {
        case "contactor_closed":
            var steps: [Load.Step] = []
            for step in try fields.objects("load") {
                steps.append(Load.Step(until: Energy(wattHours: try step.number("until_wh")), power: Power(watts: try step.number("power_w"))))
            }
            return .contactorClosed(try fields.id("session"), Load(steps: steps))
        case "vehicle_awaited": return .vehicleAwaited(try fields.id("session"))
        case "card_shown":
            return .cardShown(
                OfflineStart(
                    session: try fields.id("session"), driver: try fields.id("driver"), token: try fields.id("token"),
                    duration: try fields.durationIfPresent("duration_ns")))
        case "fault": return .fault(try fields.textIfPresent("why"))
        case "station": return .station(try StationEvent(recorded: fields))
        default: return nil
        }
    }
}

extension MonitorRuntime.Event: Recorded {
    func write(to json: inout JSONWriter) {
        switch self {
        case .checked(let result):
            json.string("in", "checked")
            switch result {
            case .passed: break
            case .failed(let why): json.string("failure", why)
            case .away(let why): json.string("away", why)
            }
        }
    }

    static func read(_ fields: RecordedFields) throws(RecordingError) -> MonitorRuntime.Event? {
        guard try fields.text("in") == "checked" else { return nil }
        if let why = try fields.textIfPresent("away") { return .checked(.away(why)) }
        return .checked(try fields.textIfPresent("failure").map { .failed($0) } ?? .passed)
    }
}

extension DriverRuntime.Event: Recorded {
    func write(to json: inout JSONWriter) {
        switch self {
        case .wish(.stopSession(let session)):
            json.string("in", "stop_session")
            json.string("session", session.text)
        case .wish(.needs(let needs)):
            json.string("in", "errand")
            json.array("points") { json in for cp in needs.points { json.string(nil, cp.text) } }
            if let energy = needs.energy { json.integer("energy_wh", energy.wattHours) }
            if let stay = needs.stay { json.duration("stay_ns", stay) }
            json.duration("patience_ns", needs.patience)
        case .wish(.rest): json.string("in", "rest")
        case .wish(.online), .wish(.offline), .wish(.status), .wish(.tickets), .wish(.centralStatus), .wish(.verdict), .wish(.tick):
            preconditionFailure("no person wishes \(self)")
        }
    }

    static func read(_ fields: RecordedFields) throws(RecordingError) -> DriverRuntime.Event? {
        switch try fields.text("in") {
        case "stop_session": return .wish(.stopSession(try fields.id("session")))
        case "errand":
            return .wish(
                .needs(
                    ChargingNeeds(
                        points: try fields.ids("points"), energy: try fields.numberIfPresent("energy_wh").map { Energy(wattHours: $0) },
                        stay: try fields.durationIfPresent("stay_ns"), patience: try fields.duration("patience_ns"))))
        case "rest": return .wish(.rest)
        default: return nil
        }
    }
}
