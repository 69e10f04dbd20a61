public import ChargingModel
internal import ChargingProtocol
internal import Ledger

/// All cores against each other in virtual time: a modelled broker, disks that survive crashes, and a seeded source of trouble.
///
/// The same seed gives the same run. What breaks an invariant is in `violations`.
public struct World: Sendable {
    public struct Settings: Hashable, Sendable {
        public var points: Int
        public var drivers: Int
        public var vehicles: Int
        /// How often something dies, on the average; `nil` for never.
        public var troubleEvery: Duration?
        /// The part of the ledger's commits that fail, 0…1; half of those are written all the same.
        public var commitFailures: Double

        public init(points: Int = 4, drivers: Int = 3, vehicles: Int = 2, troubleEvery: Duration? = nil, commitFailures: Double = 0) {
            self.points = points
            self.drivers = drivers
            self.vehicles = vehicles
            self.troubleEvery = troubleEvery
            self.commitFailures = commitFailures
        }
    }

    /// What was seen, for tests and for people.
    public struct Counts: Hashable, Sendable {
        public var events: UInt64 = 0
        public var requests = 0
        public var accepted = 0
        public var denied = 0
        public var completed = 0
        public var failed = 0
        public var kills = 0
        public var commitsFailed = 0
        public var maxSupplying = 0
    }

    enum Happening: Hashable, Sendable {
        case connect(Party, life: UInt64)
        case connected(Party, connection: UInt64)
        case toBroker(Party, connection: UInt64, Frame)
        case toClient(Party, connection: UInt64, Frame)
        case receipt(connection: UInt64, UInt64)
        case tick(Party)
        case journalled(ChargePointID, life: UInt64, [ChargePointEntry])
        case ledgerDone(life: UInt64, UInt64, [LedgerOperation])
        case ledgerRead(life: UInt64)
        case contactorClosed(ChargePointID, life: UInt64, SessionID)
        case checked(ChargePointID, life: UInt64, Monitor.CheckResult)
        case start(Party)
        case resume(Party)
        case keepAliveOver(Party, connection: UInt64)
        case brokerUp
        case trouble
    }

    struct Scheduled: Sendable {
        var at: Instant
        var order: UInt64
        var happening: Happening
    }

    public let settings: Settings
    public internal(set) var counts = Counts()
    public internal(set) var violations: [String] = []
    var random: SplitMix64
    var clock = Instant(nanoseconds: 0)
    var queue = Heap()
    var broker = ModelBroker()
    var brokerIsUp = true
    var nodes: [Party: Node] = [:]
    /// When the last frame of a direction arrives: frames do not overtake each other.
    var lanes: [Party: (up: Instant, down: Instant)] = [:]
    var book = LedgerBook()
    var witness = Witness()
    let wire = Wire(site: nil)
    var nextConnection: UInt64 = 1
    var troubleIsOver = false
    /// What the ledger answered to a Central that is hung.
    var pendingLedger: [Arbiter.Event] = []

    /// A world at rest; everything starts within its first moments.
    public init(_ settings: Settings, seed: UInt64) {
        self.settings = settings
        random = SplitMix64(seed: seed)
        var ids: [Party] = [.central]
        for index in 1...settings.points {
            let cp = ChargePointID(known: "CP-\(index)")
            ids += [.engine(cp), .monitor(cp)]
        }
        for index in 1...settings.drivers { ids.append(.driver(DriverID(known: "driver-\(index)"))) }
        for id in ids {
            nodes[id] = Node(id)
            lanes[id] = (clock, clock)
            schedule(.start(id), after: random.duration(below: .milliseconds(300)))
        }
        if let every = settings.troubleEvery { schedule(.trouble, after: every) }
    }

    /// The present time of the world.
    public var now: Now { Now(monotonic: clock, wall: WallTime(milliseconds: 1_795_485_600_000 + clock.nanoseconds / 1_000_000)) }

    /// Lets the time pass.
    public mutating func run(for duration: Duration) {
        let end = clock + duration
        while let next = queue.first, next.at <= end {
            queue.removeFirst()
            clock = max(clock, next.at)
            counts.events += 1
            happen(next.happening)
        }
        clock = end
    }

    /// Ends all trouble and all new requests, and lets everything come to rest.
    public mutating func settle(for duration: Duration = .seconds(150)) {
        troubleIsOver = true
        run(for: .seconds(20))
        for id in nodes.keys.sorted() {
            if case .driver = id { stop(id) }
        }
        run(for: duration)
        checkAtRest()
    }

    mutating func schedule(_ happening: Happening, after delay: Duration) { queue.insert(happening, at: clock + delay) }

    mutating func latency() -> Duration {
        // Mostly a fraction of a millisecond, now and then much more.
        Int.random(in: 0..<50, using: &random) == 0 ? random.duration(below: .milliseconds(300)) : random.duration(below: .milliseconds(2))
    }

    mutating func violate(_ text: String) { violations.append("\(now.wall.text) \(text)") }
}
