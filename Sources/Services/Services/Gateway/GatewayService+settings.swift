public import ChargingModel
internal import EventLoop
internal import Identities
public import Settings
public import WebSocketDoor

extension GatewayService {
    /// The terms on which stations are taken in.
    public struct Settings: Sendable {
        public var door: DoorSettings
        /// Stations that are taken for 1.6 when they offer no version.
        public var assumed16: Set<String>
        /// True where whoever comes is let in, without a name.
        public var isOpen: Bool
        /// The gateway's own id on the bus.
        public var name: GatewayID
        /// The network: what network.json says of stations and their points.
        public var network: Network?
        /// Rating and price of the points of which it says none.
        public var power: Power
        public var price: Price

        public init(door: DoorSettings, assumed16: Set<String> = [], isOpen: Bool, name: GatewayID, network: Network?, power: Power, price: Price) {
            self.door = door
            self.assumed16 = assumed16
            self.isOpen = isOpen
            self.name = name
            self.network = network
            self.power = power
            self.price = price
        }
    }

    /// The journals of the stations that have been here, or are known.
    public struct Stores: Sendable {
        let gateway: EpochStore
        let points: StationPoints
        private let stations: Guarded<[Found]>
        /// Those that somebody else serves, whose journals are damaged, or whose aliases came too early; they cost the others nothing, and are tried
        /// again one after the other.
        let left: [(name: StationName, why: String)]

        typealias Found = (name: StationName, store: StationStore, points: [FoundPoint])

        /// Hands them over, once: a station's directories are free again when whoever serves it lets go of them.
        func take() -> [Found] {
            stations.withLock { stations in
                defer { stations = [] }
                return stations
            }
        }

        /// Opens them. Blocks.
        /// - Parameter network: it says which points stations' connectors are.
        /// - Throws: when the gateway's own journal can't be read or is damaged.
        public static func open(_ gateway: GatewayID, network: Network?, in data: DataDirectory) throws -> Stores {
            guard let own = try EpochStore.open([data.gateway(gateway.text)], in: data).first else {
                preconditionFailure("one directory was opened, and none is there")
            }
            let all = data.stations().compactMap { StationName($0) }.sorted()
            let points = StationPoints(network)
            let places = FoundPoint.places(of: all, as: points, in: data)
            var held = StationStore.held(among: all, at: places, in: data)
            for name in all where held[name] == nil { held[name] = points.unsettled(name, in: data) }
            let (names, crowd) = fitting(all.filter { held[$0] == nil }, at: places)
            var (stations, left): ([Found], [(name: StationName, why: String)]) = ([], crowd.map { ($0, DescriptorRoom().words) })
            do {
                stations = try open(names, as: points, in: data)
            } catch {
                // Thousands are opened together; where one is damaged, each by itself.
                for name in names {
                    do { stations += try open([name], as: points, in: data) } catch { left.append((name, "\(error)")) }
                }
                // Then it is what they have in common.
                if stations.isEmpty, names.count > 1 { throw error }
            }
            left = (left + held.map { ($0.key, $0.value) }).sorted { $0.name < $1.name }
            return Stores(gateway: own, points: points, stations: Guarded(stations), left: left)
        }

        /// Those for which there are descriptors, and the others.
        private static func fitting(_ names: [StationName], at places: [FoundPoint.Place]) -> (fitting: [StationName], crowd: [StationName]) {
            let room = DescriptorRoom()
            let known = Dictionary(grouping: places, by: \.station).mapValues(\.count)
            var points = 0
            let first = names.enumerated().first { index, name in
                points += max(1, known[name] ?? 0)
                return !room.holds(stations: index + 1, points: points)
            }
            let count = first?.offset ?? names.count
            return (Array(names[..<count]), Array(names[count...]))
        }

        private static func open(
            _ names: [StationName], as connectors: StationPoints, in data: DataDirectory
        ) throws -> [Found] {
            let points = try FoundPoint.open(names, as: connectors, in: data)
            return zip(names, try StationStore.open(names, in: data)).map { ($0, $1, points[$0] ?? []) }
        }
    }
}
