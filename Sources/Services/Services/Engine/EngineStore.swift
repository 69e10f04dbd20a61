public import ChargingModel
internal import Journal
internal import Platform
internal import Runtime
public import Settings

/// The data directory of an engine as it is found at the start: locked, read, whole.
public struct EngineStore: Sendable {
    let cp: ChargePointID
    let locks: [DirectoryLock]
    let journal: Journal
    let memory: EngineMemory
    let lastEpoch: Epoch
    /// Bytes of a torn last line that were cut off.
    let tornBytes: Int

    /// Opens the journals of all points of a process. Blocks.
    /// - Throws: when a directory is in use, or a journal can't be read or is damaged.
    public static func open(_ points: [ChargePointID], in data: DataDirectory) throws -> [EngineStore] { try open(points, in: data, .usual) }

    static func open(_ points: [ChargePointID], in data: DataDirectory, _ keeping: LockedJournal.Keeping) throws -> [EngineStore] {
        var stores: [EngineStore] = []
        for (cp, locked) in zip(points, try LockedJournal.open(points.map { data.engine($0) }, in: data, keeping)) {
            let opening = locked.opening
            let found = try JournalReading.engine(opening.records, in: "\(opening.journal)")
            stores.append(
                EngineStore(
                    cp: cp, locks: locked.locks, journal: opening.journal, memory: found.memory, lastEpoch: found.lastEpoch,
                    tornBytes: opening.tornBytes))
        }
        return stores
    }
}
