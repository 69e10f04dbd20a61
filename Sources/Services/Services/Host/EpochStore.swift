public import ChargingModel
internal import Journal
internal import Platform
internal import Runtime
public import Settings

/// The data directory of a party that remembers nothing but its last epoch, as it is found at the start: locked, read, whole.
public struct EpochStore: Sendable {
    let locks: [DirectoryLock]
    let journal: Journal
    /// The last one persisted; 0 for none.
    public let lastEpoch: Epoch

    /// Opens the journals of a process. Blocks.
    /// - Throws: when a directory is in use, or a journal can't be read or is damaged.
    public static func open(_ directories: [String], in data: DataDirectory) throws -> [EpochStore] { try open(directories, in: data, .usual) }

    static func open(_ directories: [String], in data: DataDirectory, _ keeping: LockedJournal.Keeping) throws -> [EpochStore] {
        var stores: [EpochStore] = []
        for locked in try LockedJournal.open(directories, in: data, keeping) {
            let lastEpoch = try JournalReading.lastEpoch(locked.opening.records, in: "\(locked.opening.journal)")
            stores.append(EpochStore(locks: locked.locks, journal: locked.opening.journal, lastEpoch: lastEpoch))
        }
        return stores
    }
}
