internal import ChargingModel
internal import Settings

/// The journals of a station's connector, as they are found.
struct FoundPoint {
    /// A connector of a station, and its charge point.
    typealias Place = (station: StationName, evse: Int32, cp: ChargePointID)

    let evse: Int32
    let engine: EngineStore
    let monitor: EpochStore

    /// Opens those of one connector. Blocks.
    /// - Throws: when a directory is in use, or a journal can't be read or is damaged, or the point is another station's by the network's file.
    static func open(_ evse: Int32, of station: StationName, as points: StationPoints, in data: DataDirectory) throws -> FoundPoint {
        let cp = points.point(evse, of: station)
        if let owner = points.connectors.owner(of: cp), owner.station != station.id { throw ForeignPoint(cp: cp, owner: owner) }
        guard let engine = try EngineStore.open([cp], in: data, .resting).first,
            let monitor = try EpochStore.open([data.stationMonitor(cp)], in: data, .guarded).first
        else {
            preconditionFailure("one directory was opened, and none is there")
        }
        return FoundPoint(evse: evse, engine: engine, monitor: monitor)
    }

    /// Opens those of all connectors that stations have had, as one file of each kind. Blocks.
    /// - Throws: when a directory is in use, or a journal can't be read or is damaged.
    static func open(_ stations: [StationName], as points: StationPoints, in data: DataDirectory) throws -> [StationName: [FoundPoint]] {
        let places = places(of: stations, as: points, in: data)
        let engines = try EngineStore.open(places.map(\.cp), in: data, .resting)
        let monitors = try EpochStore.open(places.map { data.stationMonitor($0.cp) }, in: data, .guarded)
        var found: [StationName: [FoundPoint]] = [:]
        for (place, stores) in zip(places, zip(engines, monitors)) {
            found[place.station, default: []].append(FoundPoint(evse: place.evse, engine: stores.0, monitor: stores.1))
        }
        return found
    }

    /// The connectors that stations have had, in the order of their points' ids.
    static func places(of stations: [StationName], as points: StationPoints, in data: DataDirectory) -> [Place] {
        let byID = Dictionary(stations.map { ($0.id, $0) }) { first, _ in first }
        return data.engines().compactMap { cp in
            for place in points.connectors.places(of: cp) {
                if let station = byID[place.station] { return (station, place.number, cp) }
            }
            return nil
        }
    }
}

/// The error that a connector's point is another station's by the network's file.
struct ForeignPoint: Error, CustomStringConvertible {
    let cp: ChargePointID
    let owner: ConnectorID
    var description: String { "\(cp) is connector \(owner.number) of station \(owner.station) in network.json" }
}
