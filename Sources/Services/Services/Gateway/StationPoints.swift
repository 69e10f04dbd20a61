internal import ChargingModel
internal import Glibc
internal import Platform
internal import Settings

/// The charge points of stations' connectors in a network.
struct StationPoints: Sendable {
    let connectors: ConnectorMap
    private let entries: [ChargePointID: Network.Station]
    private let listed: Set<ChargePointID>

    init(_ network: Network?) {
        connectors = network?.connectors ?? ConnectorMap()
        entries = Dictionary((network?.stations ?? []).map { ($0.id.id, $0) }) { first, _ in first }
        listed = Set((network?.points ?? []).map(\.id))
    }

    /// The station's line in the network's file.
    func entry(of station: StationName) -> Network.Station? { entries[station.id] }

    func point(_ evse: Int32, of station: StationName) -> ChargePointID { connectors.point(of: ConnectorID(station: station.id, number: evse)) }

    /// The reason why the aliases of a station can't be used yet: a point that its connector was before still has something to tell. Blocks.
    func unsettled(_ station: StationName, in data: DataDirectory) -> String? {
        for (index, alias) in connectors.aliases(of: station.id).enumerated() {
            let former = ConnectorID(station: station.id, number: Int32(index + 1)).point
            let isOthers = connectors.places(of: former).contains { $0.station != station.id && access(data.station($0.station.text), F_OK) == 0 }
            guard former != alias, !isOthers, !listed.contains(former), access(data.engine(former), F_OK) == 0 else { continue }
            do {
                guard let memory = try EngineStore.open([former], in: data).first?.memory, memory.owes else { continue }
                return
                    "its connector \(index + 1) was \(former), with a session that Central does not have yet: without its alias \(alias) it tells it"
            } catch DataDirectoryError.inUse {
                // Somebody else's.
            } catch {
                return "\(error)"
            }
        }
        return nil
    }
}

extension EngineMemory {
    /// True while a session is not over, or Central does not have its record.
    fileprivate var owes: Bool { active != nil || !left.isEmpty || !unacknowledged.isEmpty }
}
