@testable import Journal

/// A loop and a worker that do one thing at a time, when the test says so.
final class Turns {
    private var ends: [() -> Void] = []
    private var inFlight: (work: () -> JournalGroup.Committed, then: (JournalGroup.Committed) -> Void)?
    private(set) var commits = 0

    func group(limit: Int = 1 << 20) -> JournalGroup {
        JournalGroup(limit: limit) { [self] work, then in
            precondition(inFlight == nil, "two commits in flight")
            inFlight = (work, then)
            commits += 1
        } atEndOfTurn: { [self] in
            ends.append($0)
        }
    }

    /// Ends the turn of the loop.
    func endTurn() {
        let now = ends
        ends = []
        for end in now { end() }
    }

    /// Lets the worker do what it was given, and the loop hear of it.
    func finishCommit() {
        guard let (work, then) = inFlight else { return }
        inFlight = nil
        then(work())
    }

    /// Until nothing is left to do.
    func settle() {
        while inFlight != nil || !ends.isEmpty {
            endTurn()
            finishCommit()
        }
    }
}

func record(_ text: String) -> [UInt8] { Array(text.utf8) }
func texts(_ records: [[UInt8]]) -> [String] { records.map { String(decoding: $0, as: UTF8.self) } }

extension JournalFormat {
    /// Reads the records of a whole file.
    static func read(_ bytes: [UInt8], file: String) throws(JournalError) -> (contents: Contents, records: [[UInt8]]) {
        var records: [[UInt8]] = []
        let contents = try read(bytes, file: file) { (line) throws(JournalError) in records += line.records }
        return (contents, records)
    }
}
