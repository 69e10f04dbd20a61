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

    public init(drivers: Admission<DriverID>, points: Admission<ChargePointID>) {
        self.drivers = drivers
        self.points = points
    }

    /// Everybody.
    public static let open = AccessList(drivers: .any, points: .any)
}
