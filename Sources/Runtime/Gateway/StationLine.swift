internal import ChargingModel
internal import JSON

extension [StationEntry] {
    /// The lines of the station's journal.
    public var lines: [[UInt8]] { filter { if case .signed = $0 { false } else { true } }.map { StationLine($0).bytes } }
    /// The lines of the file beside it, of what its meters signed.
    public var signedLines: [[UInt8]] { compactMap { if case .signed(let reading) = $0 { reading.bytes } else { nil } } }
}

/// One line of a station's journal, as JSON.
public struct StationLine: Hashable, Sendable {
    public var entry: StationEntry

    public init(_ entry: StationEntry) { self.entry = entry }

    /// The reason why a line is not understood.
    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    public var bytes: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            switch entry {
            case .numbered(let number): json.integer("numbered", number)
            case .began(let transaction): json.object("began") { transaction.write(&$0) }
            case .ended(let id): json.string("ended", id)
            case .signed: preconditionFailure("what a meter signed is no line of the journal")
            case .metered(let serials):
                json.object("serials") { json in
                    if let meter = serials.meter { json.string("meter", meter) }
                    if let station = serials.station { json.string("station", station) }
                }
            }
        }
        return json.bytes
    }

    /// Reads a line.
    public init(_ bytes: [UInt8]) throws(Fault) {
        guard let object = try? JSONObject(bytes) else { throw Fault(description: "it is no JSON object") }
        if let number = object["numbered"]?.number?.integer {
            entry = .numbered(number)
        } else if let began = object["began"]?.object, let transaction = StationTransaction(began) {
            entry = .began(transaction)
        } else if let id = object["ended"]?.string {
            entry = .ended(id)
        } else if let serials = object["serials"]?.object {
            entry = .metered(MeterSerials(meter: serials["meter"]?.string, station: serials["station"]?.string))
        } else {
            throw Fault(description: "expected numbered, began, ended or serials")
        }
    }
}

extension StationTransaction {
    fileprivate func write(_ json: inout JSONWriter) {
        json.string("id", id)
        json.integer("evse", evse)
        json.string("session", session.text)
        json.bool("agreed", isAgreed)
        json.string("token", token)
        if let start { json.integer("start_wh", start.wattHours) }
        json.integer("offset_wh", offset.wattHours)
        json.integer("began_ms", began.milliseconds)
        if let told { json.integer("told_ms", told.milliseconds) }
        json.string("clock", clock.rawValue)
        if !hasBegun { json.bool("begun", false) }
        guard let end else { return }
        json.object("end") { json in
            if let register = end.register { json.integer("register_wh", register.wattHours) }
            json.integer("at_ms", end.at.milliseconds)
            json.string("clock", end.clock.rawValue)
            json.string("reason", end.reason.rawValue)
            if let word = end.word { json.string("word", word.text) }
        }
    }

    fileprivate init?(_ object: JSONObject) {
        func number(_ name: String) -> Int64? { object[name]?.number?.integer }
        guard let id = object["id"]?.string, let evse = number("evse").flatMap({ Int32(exactly: $0) }),
            let session = object["session"]?.string.flatMap({ SessionID($0) }), let isAgreed = object["agreed"]?.bool,
            let token = object["token"]?.string, let offset = number("offset_wh"), let began = number("began_ms"),
            let clock = object["clock"]?.string.flatMap({ SessionClock(rawValue: $0) })
        else { return nil }
        var end: End?
        if let object = object["end"]?.object {
            guard let read = End(object) else { return nil }
            end = read
        }
        self.init(
            id: id, evse: evse, session: session, isAgreed: isAgreed, token: token, start: number("start_wh").map { Energy(wattHours: $0) },
            offset: Energy(wattHours: offset), began: WallTime(milliseconds: began), told: number("told_ms").map { WallTime(milliseconds: $0) },
            clock: clock, hasBegun: object["begun"]?.bool ?? true, end: end)
    }
}

extension StationTransaction.End {
    fileprivate init?(_ object: JSONObject) {
        guard let at = object["at_ms"]?.number?.integer, let clock = object["clock"]?.string.flatMap({ SessionClock(rawValue: $0) }),
            let reason = object["reason"]?.string.flatMap({ EndReason(rawValue: $0) })
        else { return nil }
        self.init(
            register: object["register_wh"]?.number?.integer.map { Energy(wattHours: $0) }, at: WallTime(milliseconds: at), clock: clock,
            reason: reason, word: object["word"]?.string.flatMap { StationWord($0) })
    }
}
