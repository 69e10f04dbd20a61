public import ChargingModel
internal import ChargingProtocol
internal import Platform
public import Settings

/// The parties that are known in a network (P15): those of `network.json`, its stations' connectors among them, and those who have a name (`wattline credentials`).
///
/// The names are looked at again when their file has changed: whoever gets one is known at once.
public struct KnownParties: Sendable {
    private let choice: Network.Access
    private let drivers: Set<DriverID>
    private let points: Set<ChargePointID>
    private let stations: Set<ChargePointID>
    private let names: IdentityStore
    /// The mark of the names' file when it was read last; `nil` before the first time.
    private var seen: FileMark??

    public init(_ choice: Network.Access, network: Network?, names: IdentityStore) {
        self.choice = choice
        self.names = names
        drivers = Set((network?.drivers ?? []).map(\.id))
        let listed = network?.stations ?? []
        points = Set((network?.points ?? []).map(\.id) + listed.flatMap(\.points))
        stations = Set(listed.map(\.id.id))
    }

    /// The list as it is now; `nil` when it is as it was.
    /// - Throws: when the names can't be read: then the list is what it was.
    public mutating func news() throws(IdentityError) -> AccessList? {
        guard choice != .any else {
            defer { seen = .some(nil) }
            return seen == nil ? .open : nil
        }
        // Taken before it is read: what is written meanwhile is seen the next time.
        let mark = FileMark(of: names.accessFile)
        guard seen != .some(mark) else { return nil }
        let list = try list()
        seen = .some(mark)
        return list
    }

    private func list() throws(IdentityError) -> AccessList {
        var (drivers, points, stations) = (drivers, points, stations)
        for identity in AccessFile.identities(in: try names.accessText() ?? "") {
            switch identity.role {
            case .driver: if let id = DriverID(identity.id) { drivers.insert(id) }
            case .engine, .monitor, .point: if let id = ChargePointID(identity.id) { points.insert(id) }
            case .station: if let name = StationName(identity.id) { stations.insert(name.id) }
            case .central, .gateway, .recorder, .viewer, .admin: break
            }
        }
        return AccessList(
            drivers: choice.drivers == .any ? .any : .known(drivers), points: choice.points == .any ? .any : .known(points),
            stations: stations)
    }
}
