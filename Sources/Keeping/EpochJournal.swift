public import ChargingModel
internal import ChargingProtocol
public import Journal

/// The journal of a party that remembers nothing but its last epoch: a monitor, and Central beside its ledger. Belongs to the loop of its group.
public final class EpochJournal {
    /// More records than this are replaced by the last one.
    private static let recordsToCompact = 100

    /// The last one that an earlier life persisted; 0 for none.
    public let lastEpoch: Epoch
    private let journal: Journal
    private let group: JournalGroup

    public init(journal: Journal, lastEpoch: Epoch, group: JournalGroup) {
        self.journal = journal
        self.lastEpoch = lastEpoch
        self.group = group
    }

    /// What such a journal says.
    /// - Throws: the record that is not understood.
    public static func lastEpoch(in opening: Journal.Opening) throws(JournalReading.Failure) -> Epoch {
        var last: Epoch = 0
        try JournalReading.each(of: opening) { line in
            switch line {
            case .epoch(let epoch): last = max(last, epoch)
            case .entry: throw JournalReading.Misplaced()
            }
        }
        return last
    }

    /// Puts the epoch where a crash can't take it.
    public func persist(_ epoch: Epoch, then completion: @escaping JournalGroup.Completion) {
        let record = [JournalLine.epoch(epoch).bytes]
        guard journal.records >= EpochJournal.recordsToCompact else { return group.append(record, to: journal, then: completion) }
        // A compaction that failed leaves the journal as it was: then the epoch goes to its end.
        group.compact(journal, to: record) { [journal, group] result in
            if case .failure = result, journal.failure == nil { return group.append(record, to: journal, then: completion) }
            completion(result)
        }
    }
}
