internal import ChargingModel
internal import Demand

/// A fleet as it was asked for: its points and drivers, what they do, and how they are spread over processes. All of these have the same plan.
public struct FleetPlan: Sendable, Hashable {
    /// The demand for charges.
    public enum Supplying: Sendable, Hashable {
        /// So many of a hundred points are kept supplying.
        case share(percent: Int)
        /// People come at the times of day at which they do, with real vehicles.
        case demand
    }

    /// A number of events a second, in thousandths; above 0.
    public struct Rate: Sendable, Hashable {
        public var thousandths: Int64

        public init(thousandths: Int64) { self.thousandths = max(1, thousandths) }

        /// The time between two events of one of so many who share the rate.
        public func interval(of count: Int) -> Duration { .nanoseconds(max(1, Int64(count) * 1_000_000_000_000 / thousandths)) }
    }

    /// The beginning of all ids.
    public var name: String
    public var points: Int
    public var drivers: Int
    public var supplying: Supplying
    /// The requests of all drivers together; `nil` for each as soon as a vehicle is free.
    public var requests: Rate?
    /// The connections that are opened.
    public var connects: Rate
    /// The duration of a session.
    public var session: Duration
    /// The time between two checks of a monitor.
    public var check: Duration
    public var seed: UInt64
    public var processes: Int

    public init(
        name: String, points: Int, drivers: Int? = nil, supplying: Supplying, requests: Rate?, connects: Rate, session: Duration, check: Duration,
        seed: UInt64, processes: Int = 1
    ) {
        self.name = name
        self.points = points
        self.supplying = supplying
        self.requests = requests
        self.connects = connects
        self.session = session
        self.check = check
        self.seed = seed
        self.processes = processes
        self.drivers = 0
        self.drivers = drivers ?? (supplying == .demand ? points * 3 : wanted)
    }

    /// The number of points that are to supply at a time; all of them where people come and go.
    public var wanted: Int {
        switch supplying {
        case .share(let percent): points * percent / 100
        case .demand: points
        }
    }

    /// The connections of all processes together.
    public var connections: Int { 2 * points + drivers }

    /// The vehicles of a driver.
    public var vehiclesPerDriver: Int { supplying == .demand || drivers == 0 ? 1 : max(1, (wanted + drivers - 1) / drivers) }

    /// The numbers, from 1, of those that a process has, of so many in all.
    func share(of process: Int, among count: Int) -> [Int] { count > process ? Array(stride(from: process + 1, through: count, by: processes)) : [] }

    func point(_ number: Int) -> ChargePointID { ChargePointID(known: "\(name)-\(padded(number))") }
    func driver(_ number: Int) -> DriverID { DriverID(known: "\(name)-driver-\(padded(number))") }

    func specification(of number: Int) -> EngineCore.Specification {
        let isDirect = current(of: number) == .dc
        return EngineCore.Specification(
            cp: point(number), power: Power(watts: isDirect ? 50_000 : 22_000), price: Price(microEuroPerKilowattHour: isDirect ? 350_000 : 300_000),
            kind: isDirect ? "Fast DC" : "Standard AC", software: NetworkContext.software, sessionDuration: session)
    }

    /// The wishes of a driver: a vehicle for each of the points that are its own, which come when they are sent.
    func settings(of number: Int) -> Driver.Settings {
        let points = supplying == .demand ? near(number, .ac) + near(number, .dc) : own(number)
        return Driver.Settings(
            driver: driver(number), interval: nil, vehicles: supplying == .demand ? 1 : points.count, points: points, duration: session)
    }

    /// The points that a driver keeps supplying; none where people come and go.
    func own(_ number: Int) -> [ChargePointID] {
        if supplying == .demand || wanted == 0 { return [] }
        if drivers > wanted { return [point((number - 1) % wanted + 1)] }
        return stride(from: number, through: wanted, by: drivers).map { point($0) }
    }

    /// The points around a driver that have this current.
    func near(_ number: Int, _ current: CurrentKind) -> [ChargePointID] {
        let first = (number - 1) * points / max(1, drivers)
        return (0..<min(20, points)).map { (first + $0) % points + 1 }.filter { self.current(of: $0) == current }.map { point($0) }
    }

    /// Every other point is a fast one.
    private func current(of number: Int) -> CurrentKind { number % 2 == 0 ? .dc : .ac }

    /// The seed of one party: of a point's engine or monitor, or of a driver.
    func seed(_ kind: UInt64, _ number: Int) -> UInt64 {
        var random = SplitMix64(seed: seed &+ kind &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(number))
        return random.next()
    }

    /// Six digits, whatever the size: the same point has the same id, and its journal, in every fleet.
    private func padded(_ number: Int) -> String { zeroPadded(number, to: 6) }
}
