public import ChargingModel
internal import ChargingProtocol
internal import Journal
public import Settings
internal import Shell

/// What engines find in their data directories when they start: locked, read, whole.
public struct EngineStore: Sendable {
    let cp: ChargePointID
    let lock: DirectoryLock
    let journal: Journal
    let memory: ChargePointMemory
    let lastEpoch: Epoch
    /// Bytes of a torn last line that were cut off.
    let tornBytes: Int

    /// Opens the journals of all points of a process. Blocks.
    /// - Throws: when a directory is in use, or a journal can't be read or is damaged.
    public static func open(_ points: [ChargePointID], in data: DataDirectory) throws -> [EngineStore] {
        var locks: [DirectoryLock] = []
        for cp in points { locks.append(try data.lock(data.engine(cp))) }
        let openings = try Journal.open(in: points.map { data.engine($0) })
        var stores: [EngineStore] = []
        for ((cp, lock), opening) in zip(zip(points, locks), openings) {
            var memory = ChargePointMemory()
            var lastEpoch: Epoch = 0
            try JournalReading.each(of: opening) { line in
                switch line {
                case .epoch(let epoch): lastEpoch = max(lastEpoch, epoch)
                case .entry(let entry): memory.apply(entry)
                }
            }
            stores.append(
                EngineStore(cp: cp, lock: lock, journal: opening.journal, memory: memory, lastEpoch: lastEpoch, tornBytes: opening.tornBytes))
        }
        return stores
    }
}
