/// Plays a recording: the same inputs into the same runtimes, and holds what they want against what they wanted then, line by line.
public struct Rerun {
    /// The input that is being held against its recorded outputs.
    private struct Played {
        var line: Int
        var text: String
        /// The party's index.
        var party: Int
        var outputs: ArraySlice<[UInt8]>
    }

    private var lines: RecordingLines
    private let keptLedger: String?
    private var parties: [(name: String, party: any RerunParty)] = []
    private var indices: [String: Int] = [:]
    private var ledger: RerunLedger?
    private var played: Played?
    private var report = RerunReport()

    /// Plays all of a recording, up to the first difference.
    /// - Parameter ledger: where the ledger that comes of it is kept; nothing may be there. `nil`: it is thrown away.
    /// - Throws: when the file is no recording, or one that can't be played, with the line.
    public static func run(_ path: String, keepingLedgerAt ledger: String? = nil) throws(RecordingError) -> RerunReport {
        var rerun = Rerun(lines: try RecordingLines(path: path), keptLedger: ledger)
        return try rerun.run()
    }

    private init(lines: RecordingLines, keptLedger: String?) {
        self.lines = lines
        self.keptLedger = keptLedger
    }

    private mutating func run() throws(RecordingError) -> RerunReport {
        while report.difference == nil, let line = try lines.next() {
            guard report.end != .closed else { throw RecordingError("line \(lines.number) of \(lines.path) stands behind the recording's end") }
            do throws(RecordingError) {
                try take(line)
            } catch {
                if lines.number == 1 { throw RecordingError("\(lines.path) is no recording of wattline: \(error)") }
                throw RecordingError("line \(lines.number) of \(lines.path) can't be played: \(error)")
            }
        }
        if parties.isEmpty {
            let why = lines.torn.isEmpty ? "it is empty" : "it has no whole line"
            throw RecordingError("\(lines.path) is no recording of wattline: \(why)")
        }
        finish()
        return report
    }

    private mutating func take(_ line: [UInt8]) throws(RecordingError) {
        let fields = try RecordedFields(line: line)
        if fields.has("closed") { return close() }
        let name = try fields.text("party")
        if fields.has("version") {
            try begin(name, fields)
        } else if fields.has("in") {
            try play(fields, line, of: try index(of: name))
        } else if fields.has("out") {
            try compare(line, of: try index(of: name))
        } else {
            throw RecordingError("it is neither an input nor an output")
        }
    }

    private func index(of name: String) throws(RecordingError) -> Int {
        guard let index = indices[name] else { throw RecordingError("nothing says yet who \(name) is") }
        return index
    }

    private mutating func begin(_ name: String, _ fields: RecordedFields) throws(RecordingError) {
        let version = try fields.number("version", Int.self)
        guard version == RecordedParty.version else {
            throw RecordingError("it is of version \(version), and this wattline plays version \(RecordedParty.version): take the one that made it")
        }
        guard indices[name] == nil else { throw RecordingError("\(name) begins a second time") }
        let party = try RecordedParty(fields)
        if case .central(_, _, let hasLedger) = party.role {
            ledger = try RerunLedger(hasLedger ? PartyRecorder.ledger(of: lines.path) : nil, site: party.site, keptAt: keptLedger)
        }
        let revived = try party.revive(ledger)
        missedOutputs()
        indices[name] = parties.count
        parties.append((name, revived))
        report.begin(name)
    }

    private mutating func play(_ fields: RecordedFields, _ line: [UInt8], of index: Int) throws(RecordingError) {
        missedOutputs()
        guard report.difference == nil else { return }
        let outputs = try parties[index].party.play(fields, at: try fields.now())
        report.addInput(index)
        played = Played(line: lines.number, text: String(decoding: line, as: UTF8.self), party: index, outputs: outputs[...])
    }

    private mutating func compare(_ line: [UInt8], of index: Int) throws(RecordingError) {
        guard let played, played.party == index else { throw RecordingError("it comes of no input of its party") }
        let expected = played.outputs.first
        guard let expected, expected.dropLast().elementsEqual(line) else {
            return differ(recorded: String(decoding: line, as: UTF8.self), now: expected, at: lines.number)
        }
        self.played?.outputs.removeFirst()
        report.addAction(index)
    }

    /// The outputs that the last input brings now and that were not recorded.
    private mutating func missedOutputs() {
        guard report.difference == nil, let played, let missed = played.outputs.first else { return }
        differ(recorded: nil, now: missed, at: played.line)
    }

    private mutating func differ(recorded: String?, now: [UInt8]?, at line: Int) {
        guard let played else { return }
        report.difference = RerunReport.Difference(
            line: line, inputLine: played.line, input: played.text, recorded: recorded,
            now: now.map { String(decoding: $0.dropLast(), as: UTF8.self) })
    }

    private mutating func close() {
        missedOutputs()
        report.end = .closed
    }

    /// Of the last input of a file that nobody closed, outputs may be missing: the process was killed before they were written.
    private mutating func finish() {
        if !lines.torn.isEmpty { report.end = .torn(bytes: lines.torn.count) }
        report.commits = ledger?.commits
        report.unanswered = ledger?.unanswered ?? 0
    }
}
