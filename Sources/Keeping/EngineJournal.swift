public import ChargingModel
internal import ChargingProtocol
public import Journal

/// An engine's journal: its epochs and its core's entries, and when it is written anew. Belongs to the loop of its group.
public final class EngineJournal {
    /// What a journal says when an engine wakes up.
    public struct Contents: Sendable {
        public var memory = ChargePointMemory()
        /// The last one persisted; 0 for none.
        public var lastEpoch: Epoch = 0

        /// - Throws: the record that is not understood.
        public init(_ opening: Journal.Opening) throws(JournalReading.Failure) {
            try JournalReading.each(of: opening) { line in
                switch line {
                case .epoch(let epoch): lastEpoch = max(lastEpoch, epoch)
                case .entry(let entry): memory.apply(entry)
                }
            }
        }
    }

    /// When a journal holds so many records it is written anew with what still matters.
    private static let recordsToCompact = 500

    private let journal: Journal
    private let group: JournalGroup
    private var lastEpoch: Epoch
    private var isCompacting = false
    /// How many records the last compaction left: with so many that still matter, a few more are no reason for another one.
    private var compactedRecords = 0

    public init(journal: Journal, lastEpoch: Epoch, group: JournalGroup) {
        self.journal = journal
        self.lastEpoch = lastEpoch
        self.group = group
    }

    /// Whether nothing more can be written.
    public var hasFailed: Bool { journal.failure != nil }

    /// Writes entries that belong together (S3).
    public func write(_ entries: [ChargePointEntry], then completion: @escaping JournalGroup.Completion) {
        group.append(entries.map { JournalLine.entry($0).bytes }, to: journal, then: completion)
    }

    /// Puts the epoch where a crash can't take it (P9).
    public func persist(_ epoch: Epoch, then completion: @escaping JournalGroup.Completion) {
        group.append([JournalLine.epoch(epoch).bytes], to: journal, then: completion)
        lastEpoch = epoch
    }

    /// Writes the journal anew when it is long.
    /// - Parameters:
    ///   - memory: the core's, while the gate is idle: only then it is what the journal holds.
    ///   - completion: a failure need not be the end, see `hasFailed`.
    public func compactIfLong(_ memory: ChargePointMemory, then completion: @escaping JournalGroup.Completion) {
        guard !isCompacting, journal.records >= max(EngineJournal.recordsToCompact, 2 * compactedRecords) else { return }
        isCompacting = true
        let snapshot = [JournalLine.epoch(lastEpoch).bytes] + memory.entries.map { JournalLine.entry($0).bytes }
        compactedRecords = snapshot.count
        group.compact(journal, to: snapshot) { [weak self] result in
            self?.isCompacting = false
            completion(result)
        }
    }
}
