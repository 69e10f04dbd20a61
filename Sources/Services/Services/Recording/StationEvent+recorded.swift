internal import ChargingModel
internal import JSON

extension StationEvent {
    func write(to json: inout JSONWriter) {
        switch self {
        case .reachable(let isReachable): json.bool("reachable", isReachable)
        case .unavailable(let isUnavailable): json.bool("unavailable", isUnavailable)
        case .occupied(let isOccupied): json.bool("occupied", isOccupied)
        case .refused(let session, let why):
            json.string("refused", session.text)
            json.string("why", why)
        case .began(let session, let register, let at, let clock):
            json.string("began", session.text)
            Self.write(register, at, clock, to: &json)
        case .metered(let session, let reading):
            json.string("metered", session.text)
            reading.write(to: &json)
        case .phase(let session, let phase):
            json.string("phase", phase.rawValue)
            json.string("session", session.text)
        case .ended(let session, let metered):
            json.string("ended", session.text)
            metered.write(to: &json)
        case .lost(let session): json.string("lost", session.text)
        case .found(let record): record.write(to: &json)
        case .newMeter: json.bool("new_meter", true)
        case .asks(let request, let token):
            json.string("asks", request.text)
            json.string("token", token.text)
        }
    }

    private static func write(_ register: Energy, _ at: WallTime, _ clock: SessionClock, to json: inout JSONWriter) {
        json.integer("register_wh", register.wattHours)
        json.integer("at_ms", at.milliseconds)
        json.string("clock", clock.rawValue)
    }

    init(recorded fields: RecordedFields) throws(RecordingError) {
        if fields.has("reachable") {
            self = .reachable(try fields.bool("reachable"))
        } else if fields.has("unavailable") {
            self = .unavailable(try fields.bool("unavailable"))
        } else if fields.has("occupied") {
            self = .occupied(try fields.bool("occupied"))
        } else if fields.has("refused") {
            self = .refused(try fields.id("refused"), try fields.text("why"))
        } else if fields.has("began") {
            self = .began(
                try fields.id("began"), register: try fields.register(), at: try fields.instant(), clock: try fields.word("clock"))
        } else if fields.has("metered") {
            self = .metered(try fields.id("metered"), try StationReading(recorded: fields))
        } else if fields.has("phase") {
            self = .phase(try fields.id("session"), try fields.word("phase"))
        } else if fields.has("ended") {
            self = .ended(try fields.id("ended"), try MeteredEnd(recorded: fields))
        } else if fields.has("lost") {
            self = .lost(try fields.id("lost"))
        } else if fields.has("found") {
            self = .found(try FoundRecord(recorded: fields))
        } else if fields.has("asks") {
            self = .asks(try fields.id("asks"), try fields.id("token"))
        } else if fields.has("new_meter") {
            self = .newMeter
        } else {
            throw RecordingError("it is no word of a station")
        }
    }
}

extension FoundRecord {
    fileprivate func write(to json: inout JSONWriter) {
        json.string("found", session.text)
        if let token { json.string("token", token.text) }
        metered.write(to: &json)
    }

    fileprivate init(recorded fields: RecordedFields) throws(RecordingError) {
        self.init(session: try fields.id("found"), token: try fields.idIfPresent("token"), try MeteredEnd(recorded: fields))
    }
}

extension MeteredEnd {
    fileprivate func write(to json: inout JSONWriter) {
        json.integer("start_wh", start.wattHours)
        json.integer("end_wh", end.wattHours)
        json.integer("started_ms", started.milliseconds)
        json.integer("ended_ms", ended.milliseconds)
        json.string("clock", clock.rawValue)
        json.string("reason", reason.rawValue)
        if let word { json.string("word", word.text) }
    }

    fileprivate init(recorded fields: RecordedFields) throws(RecordingError) {
        self.init(
            start: Energy(wattHours: try fields.number("start_wh")),
            end: Energy(wattHours: try fields.number("end_wh")), started: WallTime(milliseconds: try fields.number("started_ms")),
            ended: WallTime(milliseconds: try fields.number("ended_ms")), clock: try fields.word("clock"), reason: try fields.word("reason"),
            word: try fields.textIfPresent("word").flatMap { StationWord($0) })
    }
}

extension StationReading {
    fileprivate func write(to json: inout JSONWriter) {
        json.integer("register_wh", register.wattHours)
        json.integer("power_w", power.watts)
        if let current = measured.current { json.integer("current_ma", current.milliamperes) }
        if let voltage = measured.voltage { json.integer("voltage_mv", voltage.millivolts) }
        if let charge = measured.stateOfCharge { json.integer("soc_permille", charge.permille) }
    }

    fileprivate init(recorded fields: RecordedFields) throws(RecordingError) {
        self.init(
            register: try fields.register(), power: Power(watts: try fields.number("power_w")),
            measured: Measurements(
                current: try fields.numberIfPresent("current_ma").map { Current(milliamperes: $0) },
                voltage: try fields.numberIfPresent("voltage_mv").map { Voltage(millivolts: $0) },
                stateOfCharge: try fields.numberIfPresent("soc_permille").map { StateOfCharge(permille: $0) }))
    }
}

extension RecordedFields {
    fileprivate func register() throws(RecordingError) -> Energy { Energy(wattHours: try number("register_wh")) }
    fileprivate func instant() throws(RecordingError) -> WallTime { WallTime(milliseconds: try number("at_ms")) }

    func word<Word: RawRepresentable<String>>(_ name: String) throws(RecordingError) -> Word {
        let text = try text(name)
        guard let word = Word(rawValue: text) else { throw RecordingError("its \(name) is \(text), which is none of its words") }
        return word
    }
}
