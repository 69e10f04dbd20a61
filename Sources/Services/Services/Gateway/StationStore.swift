internal import ChargingModel
internal import Gateway
internal import Journal
internal import Platform
internal import Settings

/// The journals of a station as they are found at the start: its own, and those of its connectors' engines and monitors. Locked, read, whole.
struct StationStore {
    struct Failure: Error, CustomStringConvertible { let description: String }

    let locks: [DirectoryLock]
    let journal: Journal
    let memory: StationMemory

    /// Why a station can't be served: somebody else has a directory of its own, or of its points; `nil` when nobody has.
    static func holder(of station: StationName, among engines: [ChargePointID], in data: DataDirectory) -> String? {
        let points = engines.filter { station.evse(of: $0) != nil }
        let directories = [data.station(station.directory)] + points.flatMap { [data.engine($0), data.monitor($0)] }
        for directory in directories {
            do throws(DataDirectoryError) {
                withExtendedLifetime(try data.lock(directory)) {}
            } catch {
                if case .inUse = error { return error.description }
            }
        }
        return nil
    }

    /// Opens the journals of stations, as one file where they are several. Blocks.
    /// - Throws: when a directory is in use, or a journal can't be read or is damaged.
    static func open(_ stations: [StationName], in data: DataDirectory) throws -> [StationStore] {
        try LockedJournal.open(stations.map { data.station($0.directory) }, in: data).map { locked in
            var memory = StationMemory()
            for (index, record) in locked.opening.records.enumerated() {
                do throws(StationLine.Fault) {
                    memory.apply(try StationLine(record).entry)
                } catch {
                    throw Failure(
                        description: "record \(index + 1) of the journal \(locked.opening.journal) is not understood (\(error)). It is left as it is")
                }
            }
            return StationStore(locks: locked.locks, journal: locked.opening.journal, memory: memory)
        }
    }
}
