internal import ChargingModel
internal import ChargingProtocol
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
        case .ended(let session, let register, let at, let clock, let reason):
            json.string("ended", session.text)
            Self.write(register, at, clock, to: &json)
            json.string("reason", reason.rawValue)
        case .lost(let session): json.string("lost", session.text)
        case .found(let record):
            // As a journal has it: it reads back as the same record.
            json.string("found", String(decoding: JournalLine.entry(.ended(record)).bytes, as: UTF8.self))
        case .newMeter: json.bool("new_meter", true)
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
            self = .ended(
                try fields.id("ended"), register: try fields.register(), at: try fields.instant(), clock: try fields.word("clock"),
                reason: try fields.word("reason"))
        } else if fields.has("lost") {
            self = .lost(try fields.id("lost"))
        } else if fields.has("found") {
            guard let line = try? JournalLine(Array(try fields.text("found").utf8)), case .entry(.ended(let record)) = line else {
                throw RecordingError("its found is no record")
            }
            self = .found(record)
        } else if fields.has("new_meter") {
            self = .newMeter
        } else {
            throw RecordingError("it is no word of a station")
        }
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
