@testable internal import Runtime
@testable internal import Services

/// A whole recording. It is played as `wattline rerun` plays it, up to the first difference; then its inputs alone, whatever they bring, into a party that
/// is made as its first line says. Central's ledger is one that never answers.
enum RerunBody {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).prefix(200).map(Array.init)
        guard let first = lines.first, let header = try? RecordedFields(line: first), let party = try? RecordedParty(header) else { return }
        guard let revived = try? revive(party) else { return }
        for line in lines.dropFirst() {
            guard let fields = try? RecordedFields(line: line), let now = try? fields.now() else { continue }
            _ = try? revived.play(fields, at: now)
        }
        if case .central = party.role { return }
        try play(bytes)
    }

    private static func play(_ bytes: [UInt8]) throws(Finding) {
        try withMemoryFile(bytes) { (path) throws(Finding) in
            guard case .refused(let error) = Answer({ () throws(RecordingError) in try Rerun.run(path) }) else { return }
            try hold(!error.description.isEmpty, "a recording is refused without a word")
        }
    }

    private static func revive(_ party: RecordedParty) throws -> any RerunParty {
        guard case .central(let settings, _, _) = party.role else { return try party.revive(nil) }
        let runtime = try CentralRuntime(settings, party.context, discovery: nil, at: party.made)
        return RerunRuntime(
            runtime, name: party.party.recordedName, wire: party.context.wire,
            complete: { event in
                // What it would have held is not there.
                if case .committed(let ticket, _) = event { return .committed(ticket, nil) }
                return event
            })
    }
}
