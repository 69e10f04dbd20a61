internal import ChargingModel
internal import ChargingProtocol
internal import JSON
internal import Runtime

/// The lines of a recording, each a JSON object of one party with its line break.
enum RecordedLine {
    /// The last line of a recording that was ended well: what is cut off after it would be missed.
    static let closing = Array("{\"closed\":true}\n".utf8)

    static func header(_ party: RecordedParty) -> [UInt8] { line { party.write(to: &$0) } }

    /// - Parameter party: `engine:CP-001`.
    static func input(_ input: some Recorded, of party: String, at now: Now) -> [UInt8] {
        line { json in
            json.string("party", party)
            json.integer("t", now.monotonic.nanoseconds)
            json.integer("w", now.wall.milliseconds)
            input.write(to: &json)
        }
    }

    static func output<Action>(_ output: PartyOutput<Action>, of party: String) -> [UInt8] {
        line { json in
            json.string("party", party)
            output.write(to: &json)
        }
    }

    private static func line(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.object(nil, members)
        json.lineBreak()
        return json.bytes
    }
}
