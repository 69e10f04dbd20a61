internal import ChargingModel
public import Demand

/// What is simulated: together with the program it determines everything that happens.
public struct Scenario: Hashable, Sendable {
    /// How much goes wrong.
    public enum Trouble: String, CaseIterable, Hashable, Sendable {
        /// Nothing.
        case none
        /// Now and then something dies, hangs or loses its connection.
        case mild
        /// Every few seconds anything at all goes wrong, disks, clocks, copies and partitions included.
        case wild
        /// Nothing but somebody who says what none of them could have said.
        case stranger
    }

    /// Those who are known to Central (P15).
    public enum Known: String, CaseIterable, Hashable, Sendable {
        case everybody
        /// Those who are listed: others ask in vain, names are taken away and given again, cards are blocked, or have expired.
        case listed
    }

    public var seed: UInt64
    /// Who takes part.
    public var roster: Roster
    /// How long requests are made and trouble happens; what is open then is brought to its end.
    public var duration: Duration
    public var trouble: Trouble
    /// How long a session lasts.
    public var sessionDuration: Duration
    public var telemetryInterval: Duration
    /// The time between two checks of a monitor.
    public var checkInterval: Duration
    /// Who comes to charge, when and with what; `nil`: each driver asks at its interval.
    public var demand: Demand?
    /// The number of points, the last ones, that are connectors of stations which speak OCPP; `nil`: drawn where all goes wrong, else none.
    public var stations: Int?
    /// Those who are known; `nil`: as the seed has it where there is `wild` trouble, else everybody.
    public var known: Known?
    /// The number of Centrals, 1 or 2: two share a ledger on a server, and one of them waits.
    public var centrals = 1
    /// Of the incidents that the seed draws only these; `nil` for all.
    public var only: Set<Int>?
    /// Who is not there, by the names that clients have on the bus: `engine:CP-003`, `driver:driver-002`.
    public var without: Set<String> = []

    public init(
        seed: UInt64, roster: Roster, duration: Duration = .seconds(600), trouble: Trouble = .none, sessionDuration: Duration = .seconds(10),
        telemetryInterval: Duration = .seconds(1), checkInterval: Duration = .seconds(2), demand: Demand? = nil, only: Set<Int>? = nil
    ) {
        self.seed = seed
        self.roster = roster
        self.duration = duration
        self.trouble = trouble
        self.sessionDuration = sessionDuration
        self.telemetryInterval = telemetryInterval
        self.checkInterval = checkInterval
        self.demand = demand
        self.only = only
    }

    /// A network like the demo's, of any size.
    public init(seed: UInt64, points: Int = 10, drivers: Int = 5, duration: Duration = .seconds(600), trouble: Trouble = .none) {
        self.init(seed: seed, roster: .synthetic(points: points, drivers: drivers), duration: duration, trouble: trouble)
    }
}

extension Scenario {
    /// Drawn apart from the rest: those seeds in which everybody is known are what they were.
    var hasNames: Bool {
        // The lists that a Central has read are noted for one.
        if centrals > 1 { return false }
        if let known { return known == .listed }
        var random = SplitMix(seed, .known)
        return trouble == .wild && demand == nil && random.chance(400)
    }
}

typealias SplitMix = SplitMix64

/// The purposes for which something is drawn, each by a generator of its own.
enum Purpose: UInt64 {
    case world = 1
    case incidents = 2
    case drivers = 3
    case stranger = 5
    case visits = 6
    case known = 7
    case names = 8
    case troubleOfNames = 9
    case troubleOfStations = 10
    case stations = 11
    case connectors = 12
    case troubleOfCentrals = 13
}

extension SplitMix64 {
    init(_ seed: UInt64, _ purpose: Purpose, _ number: UInt64 = 0) { self.init(seed, purpose.rawValue, number) }

    /// A generator for one purpose of a run: what one of them draws moves no other.
    init(_ seed: UInt64, _ purpose: UInt64, _ number: UInt64 = 0) {
        var mixer = SplitMix64(seed: seed ^ (purpose &* 0xD6E8_FEB8_6659_FD93))
        var next = SplitMix64(seed: mixer.next() ^ (number &* 0xA076_1D64_78BD_642F))
        self.init(seed: next.next())
    }

    /// Whether something of this probability, in parts per thousand, comes true.
    mutating func chance(_ perMille: Int) -> Bool { Int(next() % 1000) < perMille }
}
