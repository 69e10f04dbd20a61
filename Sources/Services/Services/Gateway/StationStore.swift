internal import ChargingModel
internal import Gateway
internal import Journal
internal import Platform
internal import Runtime
internal import Settings

/// The journals of a station as they are found at the start: its own, and those of its connectors' engines and monitors. Locked, read, whole.
struct StationStore {
    let locks: [DirectoryLock]
    let journal: Journal
    let memory: StationMemory

    /// The stations that can't be served, since somebody else has a directory of their own or of their points, with what says so.
    static func held(among stations: [StationName], at places: [FoundPoint.Place], in data: DataDirectory) -> [StationName: String] {
        var directories = stations.map { ($0, data.station($0.directory)) }
        for place in places {
            directories.append((place.station, data.engine(place.cp)))
        }
        var held: [StationName: String] = [:]
        for (station, directory) in directories where held[station] == nil {
            do throws(DataDirectoryError) {
                withExtendedLifetime(try data.lock(directory)) {}
            } catch {
                if case .inUse = error { held[station] = error.description }
            }
        }
        return held
    }

    /// Opens the journals of stations, as one file where they are several. Blocks.
    /// - Throws: when a directory is in use, or a journal can't be read or is damaged.
    static func open(_ stations: [StationName], in data: DataDirectory) throws -> [StationStore] {
        try LockedJournal.open(stations.map { data.station($0.directory) }, in: data, .resting).map { locked in
            var memory = StationMemory()
            try JournalReading.each(of: locked.opening.records, in: "\(locked.opening.journal)") { memory.apply(try StationLine($0).entry) }
            return StationStore(locks: locked.locks, journal: locked.opening.journal, memory: memory)
        }
    }
}
