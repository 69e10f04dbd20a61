/// The work of one commit: what it writes and syncs. Runs on the worker thread.
struct JournalCommit: Sendable {
    /// The part of one journal in this commit.
    struct Part: Sendable {
        let journal: Journal
        /// The records appended, or those appended before the snapshot was given.
        var before: [[UInt8]] = []
        /// The snapshot that takes the place of everything up to here; `nil` for none.
        var snapshot: [[UInt8]]?
        /// The records appended after the snapshot was given.
        var after: [[UInt8]] = []
    }

    /// The result for one journal.
    struct Outcome: Sendable, Hashable {
        var append: JournalError?
        var compaction: JournalError?
    }

    var parts: [Part] = []

    /// The most files that wait for their sync at a time: some of them are open only meanwhile.
    private static let mostUnsynced = 64

    /// Writes everything, then syncs every file.
    /// - Returns: one outcome for each part, and failures that cost nothing but room.
    func run() -> (outcomes: [Outcome], remarks: [JournalError]) {
        var outcomes = [Outcome](repeating: Outcome(), count: parts.count)
        var unsynced: [(file: JournalFile, parts: [Int])] = []
        var shared: [(journal: SharedJournal, parts: [Int])] = []
        for (index, part) in parts.enumerated() {
            switch part.journal.place {
            case .own(let file):
                let needsSync: Bool
                (outcomes[index], needsSync) = JournalCommit.write(part)
                guard needsSync else { continue }
                unsynced.append((file, [index]))
                if unsynced.count == JournalCommit.mostUnsynced { sync(&unsynced, &outcomes) }
            case .section(let journal, _):
                if let known = shared.firstIndex(where: { $0.journal === journal }) {
                    shared[known].parts.append(index)
                } else {
                    shared.append((journal, [index]))
                }
            }
        }
        for (journal, indices) in shared {
            let lines = indices.compactMap { parts[$0].shared }
            guard let failed = failure({ () throws(JournalError) in try journal.append(lines) }) else {
                unsynced.append((journal.file, indices))
                continue
            }
            for index in indices { outcomes[index].fail(failed, parts[index]) }
        }
        sync(&unsynced, &outcomes)
        return (outcomes, shared.compactMap { $0.journal.tidy() })
    }

    private func sync(_ unsynced: inout [(file: JournalFile, parts: [Int])], _ outcomes: inout [Outcome]) {
        for (file, indices) in unsynced {
            guard let failed = failure({ () throws(JournalError) in try file.sync() }) else { continue }
            for index in indices { outcomes[index].fail(failed, parts[index]) }
        }
        unsynced = []
    }

    /// Writes into a file of its own.
    private static func write(_ part: Part) -> (Outcome, needsSync: Bool) {
        var outcome = Outcome()
        var records = part.before
        if let snapshot = part.snapshot {
            outcome.compaction = failure { () throws(JournalError) in try part.journal.replace(with: snapshot, and: part.after) }
            guard outcome.compaction != nil else { return (outcome, false) }
            if let poison = part.journal.failure {
                outcome.append = poison
                return (outcome, false)
            }
            // The old file is still there, and what was to be appended goes into it: only the compaction has failed.
            records += part.after
        }
        guard !records.isEmpty else { return (outcome, false) }
        outcome.append = failure { () throws(JournalError) in try part.journal.append(records) }
        return (outcome, outcome.append == nil)
    }
}

extension JournalCommit.Part {
    /// Its part of a line in a shared file; `nil` for one with a file of its own.
    fileprivate var shared: SharedJournal.Part? {
        guard case .section(_, let name) = journal.place else { return nil }
        return SharedJournal.Part(name: name, isAnew: snapshot != nil, records: snapshot.map { $0 + after } ?? before)
    }
}

extension JournalCommit.Outcome {
    fileprivate mutating func fail(_ error: JournalError, _ part: JournalCommit.Part) {
        append = error
        if part.snapshot != nil { compaction = compaction ?? error }
    }
}

private func failure(_ body: () throws(JournalError) -> Void) -> JournalError? {
    do throws(JournalError) {
        try body()
        return nil
    } catch {
        return error
    }
}
