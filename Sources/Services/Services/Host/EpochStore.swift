public import ChargingModel
internal import Journal
internal import Platform
internal import Runtime
public import Settings

/// The data directory of a party that remembers nothing but its last epoch, as it is found at the start: locked, read, whole.
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
        let openings = try Journal.open(in: directories, together: data.journals(of: directories))
        for (lock, opening) in zip(locks, openings) {
            let lastEpoch = try JournalReading.lastEpoch(opening.records, in: opening.journal.path)
            stores.append(EpochStore(lock: lock, journal: opening.journal, lastEpoch: lastEpoch))
        }
        return stores
    }
}
