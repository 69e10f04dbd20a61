public import ChargingModel
internal import ChargingProtocol
public import EventLoop
public import Journal

/// The journals of a process and the thread that writes them. Bound to its loop.
public final class JournalDesk: @unchecked Sendable {
    public let group: JournalGroup

    /// - Throws: when the system has no thread left.
    public init(loop: EventLoop) throws(EventLoopError) {
        let worker = try BlockingWorker(loop: loop, name: "journal")
        group = JournalGroup(
            submit: { work, then in
                // One commit is in flight at a time, so the mailbox of the worker never fills.
                guard worker.submit(work, then: then) else { preconditionFailure("the journal's thread takes no work") }
            }, atEndOfTurn: { loop.atEndOfRound($0) })
    }
}

/// The journal of a party that remembers nothing but its last epoch: a monitor, and Central beside its ledger. Bound to its loop.
public final class EpochJournal {
    public let lastEpoch: Epoch
    private let journal: Journal
    private let desk: JournalDesk

    /// From a journal as it was found.
    public init(_ opening: Journal.Opening, desk: JournalDesk) {
        journal = opening.journal
        self.desk = desk
        lastEpoch =
            opening.records.compactMap { line in
                if case .epoch(let epoch)? = try? JournalLine(line) { epoch } else { nil }
            }.max() ?? 0
    }

    /// Puts the epoch where a crash can't take it.
    public func persist(_ epoch: Epoch, then completion: @escaping (Result<Void, JournalError>) -> Void) {
        let record = [JournalLine.epoch(epoch).bytes]
        guard journal.records >= 100 else { return desk.group.append(record, to: journal, then: completion) }
        // A compaction that failed leaves the journal as it was: then the epoch goes to its end.
        desk.group.compact(journal, to: record) { [desk, journal] result in
            if case .failure = result, journal.failure == nil { return desk.group.append(record, to: journal, then: completion) }
            completion(result)
        }
    }
}
