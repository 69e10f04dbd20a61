internal import ChargingModel
internal import JSON
internal import Journal
internal import MQTT
internal import Runtime

/// Something that can be written into a line of a recording and read from it again, all of it.
protocol Recorded: Sendable {
    /// Writes its members, `in` with its name first.
    func write(to json: inout JSONWriter)
    /// - Returns: `nil` when the name is none of its own.
    /// - Throws: when a member is missing or is not what it must be.
    static func read(_ fields: RecordedFields) throws(RecordingError) -> Self?
}

extension PartyInput: Recorded {
    func write(to json: inout JSONWriter) {
        switch self {
        case .start: json.string("in", "start")
        case .bus(let event): event.write(to: &json)
        case .journal(let result):
            json.string("in", "journal")
            json.integer("ticket", result.ticket)
            switch result.outcome {
            case .done(let records): json.integer("records", records)
            case .failed(let why, let isFinal):
                json.string("failure", why)
                json.bool("final", isFinal)
            }
        case .tick: json.string("in", "tick")
        case .stop: json.string("in", "stop")
        }
    }

    static func read(_ fields: RecordedFields) throws(RecordingError) -> PartyInput? {
        switch try fields.text("in") {
        case "start": return .start
        case "tick": return .tick
        case "stop": return .stop
        case "journal":
            let outcome: JournalResult.Outcome =
                if let why = try fields.textIfPresent("failure") {
                    .failed(why, isFinal: try fields.bool("final"))
                } else {
                    .done(records: try fields.number("records"))
                }
            return .journal(JournalResult(ticket: try fields.number("ticket"), outcome))
        default: return try TransportEvent.read(fields).map { .bus($0) }
        }
    }
}
