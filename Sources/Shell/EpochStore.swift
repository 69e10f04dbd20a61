public import ChargingModel
internal import Journal
public import Keeping
public import Settings

/// What a party that remembers nothing but its last epoch finds when it starts: locked, read, whole.
public struct EpochStore: Sendable {
    let lock: DirectoryLock
    let journal: Journal
    /// The last one persisted; 0 for none.
    public let lastEpoch: Epoch

    /// Opens the journals of a process. Blocks.
    /// - Throws: when a directory is in use, or a journal can't be read or is damaged.
    public static func open(_ directories: [String], in data: DataDirectory) throws -> [EpochStore] {
        var locks: [DirectoryLock] = []
        for directory in directories { locks.append(try data.lock(directory)) }
        var stores: [EpochStore] = []
        for (lock, opening) in zip(locks, try Journal.open(in: directories)) {
            stores.append(EpochStore(lock: lock, journal: opening.journal, lastEpoch: try EpochJournal.lastEpoch(in: opening)))
        }
        return stores
    }

    /// The journal, to be written by the desk's thread. The store must outlive it: it holds the lock.
    public func journal(at desk: JournalDesk) -> EpochJournal { EpochJournal(journal: journal, lastEpoch: lastEpoch, group: desk.group) }
}
