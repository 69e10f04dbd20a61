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

    /// The largest number of files that are synced one by one; for more, syncing the whole file system is cheaper.
    static let fewFiles = 8

    var parts: [Part] = []

    /// Writes everything, then syncs everything. One outcome for each part.
    func run() -> [Outcome] {
        var outcomes = [Outcome](repeating: Outcome(), count: parts.count)
        var unsynced: [Int] = []
        for (index, part) in parts.enumerated() {
            let needsSync: Bool
            (outcomes[index], needsSync) = JournalCommit.write(part)
            if needsSync { unsynced.append(index) }
        }
        if unsynced.count <= JournalCommit.fewFiles {
            for index in unsynced { outcomes[index].append = failure { () throws(JournalError) in try parts[index].journal.sync() } }
        } else {
            syncFileSystems(unsynced, &outcomes)
        }
        return outcomes
    }

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

    private func syncFileSystems(_ indices: [Int], _ outcomes: inout [Outcome]) {
        var failures: [UInt64: JournalError?] = [:]
        for index in indices {
            let journal = parts[index].journal
            if failures[journal.device] == nil {
                failures[journal.device] = .some(failure { () throws(JournalError) in try journal.syncFileSystem() })
            }
            guard let failure = failures[journal.device] ?? nil else { continue }
            journal.poison(failure)
            outcomes[index].append = failure
        }
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
