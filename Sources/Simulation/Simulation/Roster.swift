public import ChargingModel

/// The charge points and drivers of a scenario.
public struct Roster: Hashable, Sendable {
    public struct Point: Hashable, Sendable {
        public var cp: ChargePointID
        public var power: Power
        public var price: Price
        public var kind: String

        public init(cp: ChargePointID, power: Power, price: Price, kind: String) {
            self.cp = cp
            self.power = power
            self.price = price
            self.kind = kind
        }
    }

    public struct Driver: Hashable, Sendable {
        public var driver: DriverID
        /// From one new request to the next.
        public var interval: Duration
        public var vehicles: Int
        /// Asked for in turn; `nil` for all.
        public var points: [ChargePointID]?

        public init(driver: DriverID, interval: Duration, vehicles: Int, points: [ChargePointID]? = nil) {
            self.driver = driver
            self.interval = interval
            self.vehicles = vehicles
            self.points = points
        }
    }

    /// How it was made.
    public enum Source: Hashable, Sendable {
        case synthetic(interval: Duration, vehicles: Int)
        /// From a network's file.
        case file(String)
    }

    public var points: [Point]
    public var drivers: [Driver]
    public var source: Source

    public init(points: [Point], drivers: [Driver], file: String) {
        self.points = points
        self.drivers = drivers
        source = .file(file)
    }

    private init(points: [Point], drivers: [Driver], source: Source) {
        self.points = points
        self.drivers = drivers
        self.source = source
    }

    /// Points and drivers like those of the demo network: powers, prices and rhythms repeat. Where there are more than 32 points, each driver knows the ten
    /// near it.
    /// - Parameter interval: the first driver's, of which the others' are 0.9 to 1.6 times as much.
    public static func synthetic(points: Int, drivers: Int, interval: Duration = .seconds(5), vehicles: Int = 2) -> Roster {
        let kinds: [(kilowatts: Int64, cents: Int64, kind: String)] = [
            (22, 30, "Standard AC"), (50, 35, "Fast DC"), (43, 32, "Fast DC"), (150, 40, "Ultra-Fast DC"), (7, 28, "Slow AC"),
            (11, 29, "Standard AC"),
            (100, 38, "Fast DC"), (22, 31, "Standard AC"), (75, 36, "Fast DC"), (350, 45, "Hyper-Fast DC"),
        ]
        let rhythm = [10, 12, 14, 16, 9]
        let ids = (0..<points).map { ChargePointID(known: "CP-" + padded($0 + 1, of: points)) }
        return Roster(
            points: ids.enumerated().map { number, cp in
                let kind = kinds[number % kinds.count]
                return Point(
                    cp: cp, power: Power(watts: kind.kilowatts * 1000),
                    price: Price(microEuroPerKilowattHour: kind.cents * 10_000), kind: kind.kind)
            },
            drivers: (0..<drivers).map { number in
                Driver(
                    driver: DriverID(known: "driver-" + padded(number + 1, of: drivers)), interval: interval * rhythm[number % rhythm.count] / 10,
                    vehicles: vehicles, points: points > 32 ? near(number * points / drivers, ids) : nil)
            }, source: .synthetic(interval: interval, vehicles: vehicles))
    }

    private static func near(_ number: Int, _ ids: [ChargePointID]) -> [ChargePointID] {
        let first = min(number / 10 * 10, ids.count - 10)
        return Array(ids[first..<first + 10])
    }

    /// `007`: as many digits as the last number has, three at least.
    private static func padded(_ number: Int, of count: Int) -> String {
        zeroPadded(number, to: max(3, String(count).count))
    }
}
