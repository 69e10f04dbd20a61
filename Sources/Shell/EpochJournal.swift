internal import ChargingModel
internal import ChargingProtocol
public import Journal
public import Settings

/// What a party that remembers nothing but its last epoch finds when it starts: locked, read, whole.
public struct EpochStore: Sendable {
    let lock: DirectoryLock
    let journal: Journal
    /// The last one persisted; 0 for none.
    public let lastEpoch: UInt64

    /// Opens the journals of a process. Blocks.
    /// - Throws: when a directory is in use, or a journal can't be read or is damaged.
    public static func open(_ directories: [String], in data: DataDirectory) throws -> [EpochStore] {
        var locks: [DirectoryLock] = []
        for directory in directories { locks.append(try data.lock(directory)) }
        var stores: [EpochStore] = []
        for (lock, opening) in zip(locks, try Journal.open(in: directories)) {
            var last: Epoch = 0
            try JournalReading.each(of: opening) { line in
                switch line {
                case .epoch(let epoch): last = max(last, epoch)
                case .entry: throw JournalReading.Misplaced()
                }
            }
            stores.append(EpochStore(lock: lock, journal: opening.journal, lastEpoch: last))
        }
        return stores
    }
}

/// The journal of a party that remembers nothing but its last epoch: a monitor, and Central beside its ledger. Bound to its loop.
public final class EpochJournal {
    /// More records than this are replaced by the last one.
    private static let recordsToCompact = 100

    public var lastEpoch: UInt64 { store.lastEpoch }
    private let store: EpochStore
    private let desk: JournalDesk

    public init(_ store: EpochStore, desk: JournalDesk) {
        self.store = store
        self.desk = desk
    }

    /// Puts the epoch where a crash can't take it.
    public func persist(_ epoch: UInt64, then completion: @escaping (Result<Void, JournalError>) -> Void) {
        let record = [JournalLine.epoch(epoch).bytes]
        let journal = store.journal
        guard journal.records >= EpochJournal.recordsToCompact else { return desk.group.append(record, to: journal, then: completion) }
        // A compaction that failed leaves the journal as it was: then the epoch goes to its end.
        desk.group.compact(journal, to: record) { [desk] result in
            if case .failure = result, journal.failure == nil { return desk.group.append(record, to: journal, then: completion) }
            completion(result)
        }
    }
}
