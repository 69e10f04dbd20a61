/// The drivers that may charge, and the points that are heard: everybody, or those that are listed (P15).
public struct AccessList: Hashable, Sendable {
    public enum Admission<ID: Hashable & Sendable>: Hashable, Sendable {
        /// Whoever comes.
        case any
        /// Those whom the network lists, and nobody else.
        case known(Set<ID>)

        public func admits(_ id: ID) -> Bool {
            switch self {
            case .any: true
            case .known(let listed): listed.contains(id)
            }
        }

        /// True for one that is listed, and not only let in.
        func lists(_ id: ID) -> Bool {
            if case .known(let listed) = self { listed.contains(id) } else { false }
        }
    }

    public var drivers: Admission<DriverID>
    public var points: Admission<ChargePointID>
    /// The stations that a gateway brings in: each is a point of its own id, and one for each further connector, as `ST-1_2`.
    public var stations: Set<ChargePointID>

    public init(drivers: Admission<DriverID>, points: Admission<ChargePointID>, stations: Set<ChargePointID> = []) {
        self.drivers = drivers
        self.points = points
        self.stations = stations
    }

    /// True for a point that is heard.
    public func admits(_ cp: ChargePointID) -> Bool {
        points.admits(cp) || ConnectorID.named(by: cp).contains { stations.contains($0.station) }
    }

    /// Everybody.
    public static let open = AccessList(drivers: .any, points: .any)
}
