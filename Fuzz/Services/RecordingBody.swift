internal import ChargingModel

@testable internal import Runtime
@testable internal import Services

/// A line of a recording: what is read of it is the same when it is written and read again.
enum RecordingBody {
    static func run(_ line: [UInt8]) throws(Finding) {
        guard let fields = try? RecordedFields(line: line) else { return }
        if let party = try? RecordedParty(fields) {
            let written = RecordedLine.header(party)
            let again = Answer { () throws(RecordingError) in try RecordedParty(RecordedFields(line: Array(written.dropLast()))) }
            try hold(again.value == party, "a party is another when it is written and read again")
        }
        try input(PartyInput.self, fields)
        try input(EngineRuntime.Event.self, fields)
        try input(MonitorRuntime.Event.self, fields)
        try input(DriverRuntime.Event.self, fields)
        try input(CentralRuntime.Event.self, fields)
    }

    private static func input<Input: Recorded>(_ type: Input.Type, _ fields: RecordedFields) throws(Finding) {
        guard let now = try? fields.now(), let input = (try? Input.read(fields)) ?? nil else { return }
        let line = RecordedLine.input(input, of: "central", at: now)
        try hold(line.dropLast().allSatisfy { $0 >= 0x20 }, "an input is written on more than one line")
        guard let fields = try? RecordedFields(line: Array(line.dropLast())), let again = (try? Input.read(fields)) ?? nil else {
            throw Finding("an input can't be read as it was written: \(String(decoding: line, as: UTF8.self))")
        }
        try hold(RecordedLine.input(again, of: "central", at: now) == line, "an input is another when it is written and read again")
    }
}
