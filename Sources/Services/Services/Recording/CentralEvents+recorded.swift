internal import ChargingModel
internal import ChargingProtocol
internal import JSON
internal import Runtime

/// Of what the ledger answered, only whether it did: the ledger itself answers again when the recording is played.
extension CentralRuntime.Event: Recorded {
    func write(to json: inout JSONWriter) {
        switch self {
        case .committed(let ticket, let results):
            json.string("in", "committed")
            json.integer("ticket", ticket)
            json.bool("ok", results != nil)
        case .snapshot(let ticket, let snapshot):
            json.string("in", "snapshot")
            json.integer("ticket", ticket)
            json.bool("ok", snapshot != nil)
        case .ask(let request, let number):
            json.string("in", "ask")
            json.integer("number", number)
            request.write(to: &json)
        case .access(let list):
            json.string("in", "access")
            if let list { json.object("list") { list.write(to: &$0) } }
        case .askStation(let station, let written, let number):
            json.string("in", "ask_station")
            json.string("station", station.text)
            json.integer("number", number)
            json.string("wish", String(decoding: written.body, as: UTF8.self))
        case .watch(let station, let isOn):
            json.string("in", "watch")
            json.string("station", station.text)
            json.bool("on", isOn)
        case .turn(let ticket, let answer):
            json.string("in", "turn")
            json.integer("ticket", ticket)
            answer.write(to: &json)
        case .superseded(let why):
            json.string("in", "superseded")
            json.string("why", why)
        }
    }

    static func read(_ fields: RecordedFields) throws(RecordingError) -> CentralRuntime.Event? {
        switch try fields.text("in") {
        case "committed": return .committed(try fields.number("ticket"), try fields.bool("ok") ? [] : nil)
        case "snapshot": return .snapshot(try fields.number("ticket"), try fields.bool("ok") ? LedgerSnapshot() : nil)
        case "ask": return .ask(try OperatorRequest(recorded: fields), try fields.number("number"))
        case "access": return .access(fields.has("list") ? try AccessList(recorded: try fields.object("list")) : nil)
        case "ask_station": return .askStation(try fields.id("station"), try fields.wish(), try fields.number("number"))
        case "watch": return .watch(try fields.id("station"), try fields.bool("on"))
        case "turn": return .turn(try fields.number("ticket"), try CentralLease.Answer(recorded: fields))
        case "superseded": return .superseded(try fields.text("why"))
        default: return nil
        }
    }
}

extension CentralLease.Answer {
    fileprivate func write(to json: inout JSONWriter) {
        switch self {
        case .held(let highest, let isAwaited):
            json.integer("held", highest)
            json.bool("awaited", isAwaited)
        case .waiting(let other): json.string("waiting", other)
        case .unknown: break
        }
    }

    fileprivate init(recorded fields: RecordedFields) throws(RecordingError) {
        self =
            if fields.has("held") { .held(highest: try fields.number("held"), isAwaited: try fields.bool("awaited")) } else if fields.has("waiting") {
                .waiting(try fields.text("waiting"))
            } else { .unknown }
    }
}

extension RecordedFields {
    fileprivate func wish() throws(RecordingError) -> StationWish.Written {
        let body = Array(try text("wish").utf8)
        do throws(Rejection) { return try StationWish.read(body) } catch {
            throw RecordingError("its wish can't be read: \(error)")
        }
    }
}

extension OperatorRequest {
    fileprivate func write(to json: inout JSONWriter) {
        switch self {
        case .outOfOrder(let cp):
            json.string("ask", "out_of_order")
            json.string("cp", cp.text)
        case .resume(let cp):
            json.string("ask", "resume")
            json.string("cp", cp.text)
        case .stop(let session):
            json.string("ask", "stop")
            json.string("session", session.text)
        case .forget(let cp):
            json.string("ask", "forget")
            json.string("cp", cp.text)
        case .token(let change, let name):
            json.string("ask", "token")
            change.write(to: &json)
            json.string("operator", name)
        case .judge(let verdict):
            json.string("ask", "judge")
            json.string("session", verdict.session.text)
            json.string("meter", verdict.meter.text)
            if let cp = verdict.cp { json.string("cp", cp.text) }
            if let end = verdict.end { json.integer("end_wh", end.wattHours) }
            json.string("choice", verdict.choice.rawValue)
            json.string("operator", verdict.operatorName)
        }
    }

    fileprivate init(recorded fields: RecordedFields) throws(RecordingError) {
        switch try fields.text("ask") {
        case "out_of_order": self = .outOfOrder(try fields.id("cp"))
        case "resume": self = .resume(try fields.id("cp"))
        case "stop": self = .stop(try fields.id("session"))
        case "forget": self = .forget(try fields.id("cp"))
        case "token": self = .token(try TokenChange(recorded: fields), by: try fields.text("operator"))
        case "judge":
            guard let choice = RecordVerdict.Choice(rawValue: try fields.text("choice")) else {
                throw RecordingError("its choice is neither accept nor refuse")
            }
            self = .judge(
                RecordVerdict(
                    session: try fields.id("session"), meter: try fields.id("meter"), cp: try fields.idIfPresent("cp"),
                    end: try fields.numberIfPresent("end_wh").map { Energy(wattHours: $0) }, choice, by: try fields.text("operator")))
        case let what: throw RecordingError("an operator can't ask for \(what)")
        }
    }
}

extension TokenChange {
    fileprivate func write(to json: inout JSONWriter) {
        json.string("token", token.text)
        switch self {
        case .add(_, let driver, let expires):
            json.string("change", "add")
            json.string("driver", driver.text)
            if let expires { json.integer("expires_ms", expires.milliseconds) }
        case .block(_, let owner):
            json.string("change", "block")
            if let owner { json.string("driver", owner.text) }
        case .unblock: json.string("change", "unblock")
        }
    }

    fileprivate init(recorded fields: RecordedFields) throws(RecordingError) {
        let token: TokenID = try fields.id("token")
        switch try fields.text("change") {
        case "add":
            self = .add(
                token, try fields.id("driver"), expires: try fields.numberIfPresent("expires_ms").map { WallTime(milliseconds: $0) })
        case "block": self = .block(token, of: try fields.idIfPresent("driver"))
        case "unblock": self = .unblock(token)
        case let what: throw RecordingError("a token can't be changed by \(what)")
        }
    }
}
