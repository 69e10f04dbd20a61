public import ChargingModel

/// A network as `network.json` describes it: what `wattline up` starts, and the only place that names it.
public struct Network: Sendable, Hashable {
    /// A charge point: an engine and a monitor.
    public struct Point: Sendable, Hashable {
        public var id: ChargePointID
        public var power: Power
        public var price: Price
        /// The kind of point, for people: `Standard AC`.
        public var kind: String

        public init(id: ChargePointID, power: Power, price: Price, kind: String) {
            self.id = id
            self.power = power
            self.price = price
            self.kind = kind
        }
    }

    /// A station that a gateway brings in: each of its connectors is a charge point. `up` starts nothing for it.
    public struct Station: Sendable, Hashable {
        /// Its id, as it calls itself.
        public var id: StationName
        /// The charge points of its connectors 1, 2, …; of the others the ids follow from its own.
        public var points: [ChargePointID]
        /// `nil`: those of the gateway.
        public var power: Power?
        public var price: Price?
        public var kind: String?

        public init(id: StationName, points: [ChargePointID] = [], power: Power? = nil, price: Price? = nil, kind: String? = nil) {
            self.id = id
            self.points = points
            self.power = power
            self.price = price
            self.kind = kind
        }
    }

    /// A driver's account.
    public struct Driver: Sendable, Hashable {
        public var id: DriverID
        /// The time from one request to the next (S10).
        public var every: Duration
        /// The number of vehicles that may charge at a time (I1).
        public var vehicles: Int
        /// The points it asks for, in turn; `nil`: all of the network.
        public var points: [ChargePointID]?
        /// The names of its cards: a session that was begun with one of them is billed to it.
        public var tokens: [TokenID]

        public init(id: DriverID, every: Duration, vehicles: Int = 1, points: [ChargePointID]? = nil, tokens: [TokenID] = []) {
            self.id = id
            self.every = every
            self.vehicles = vehicles
            self.points = points
            self.tokens = tokens
        }
    }

    /// The choice of who is served (P15).
    public struct Access: Sendable, Hashable {
        public enum Choice: String, Sendable, Hashable, CaseIterable {
            /// Those who are in the file, or have a name.
            case known
            /// Whoever comes.
            case any
        }

        public var drivers: Choice
        public var points: Choice

        public init(drivers: Choice = .known, points: Choice = .known) {
            self.drivers = drivers
            self.points = points
        }

        public static let any = Access(drivers: .any, points: .any)
    }

    /// The name of the network, for people.
    public var name: String
    /// The site in front of every topic and client id (P2).
    public var site: String?
    /// The duration of a session whose request names none (S4).
    public var sessionDuration: Duration
    public var access = Access()
    public var points: [Point]
    public var stations: [Station]
    public var drivers: [Driver]

    /// The duration of a session where the file says nothing.
    public static let defaultSessionDuration = Duration.seconds(10)

    public init(
        name: String, site: String? = nil, sessionDuration: Duration = defaultSessionDuration, points: [Point] = [],
        stations: [Station] = [], drivers: [Driver] = []
    ) {
        self.name = name
        self.site = site
        self.sessionDuration = sessionDuration
        self.points = points
        self.stations = stations
        self.drivers = drivers
    }

    public func point(_ id: ChargePointID) -> Point? { points.first { $0.id == id } }
    /// The points of its stations' connectors.
    public var connectors: ConnectorMap {
        var map = ConnectorMap()
        for station in stations where !station.points.isEmpty { map.name(station.points, of: station.id.id) }
        return map
    }
    public func driver(_ id: DriverID) -> Driver? { drivers.first { $0.id == id } }
}
