public import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import Ledger
internal import MQTT
internal import Runtime
internal import Station

/// All programs of a network against each other in virtual time: their cores, codec, journals and the ledger's rules are the real ones; the broker, the network,
/// the disks, the clocks and what goes wrong with them are modelled.
///
/// The same scenario gives the same run, to the byte. Belongs to the thread that runs it.
///
/// What is marked `@exclusivity(unchecked)`, here and in the parties, is changed in place at each event: to check at run time that nobody else changes it
/// meanwhile was a tenth of a run.
final class World {
    enum Event {
        case boot(SimulatedProcess)
        case tick(SimulatedProcess, life: UInt32)
        case up(SimulatedConnection)
        case down(SimulatedConnection)
        /// The client's library has waited long enough for the answer to a ping.
        case clientGivesUp(SimulatedConnection)
        /// The broker has not heard of it for one and a half keepalives.
        case brokerGivesUp(SimulatedConnection, since: Instant)
        /// What took its time on the way to the broker.
        case delayed(MQTTBroker<Parcel>.Message)
        case disk(SimulatedProcess, serial: UInt64)
        case ledger(CentralProgram, serial: UInt64)
        /// A result that an earlier life of the process asked for.
        case late(SimulatedProcess, life: UInt32, JournalResult)
        case lateCommit(CentralProgram, UInt64, [LedgerResult])
        /// The answer of a ledger's server.
        case ledgerAnswers(CentralProgram, life: UInt32, CentralRuntime.Event)
        /// A commit that was under way when its connection broke reaches the server, with the right that its sender had then.
        case lateWrite(CentralProgram, token: UInt64, [LedgerOperation])
        case contactorClosed(EngineProgram, life: UInt32, SessionID)
        /// Somebody shows a card at a station.
        case cardShown(EngineProgram)
        /// The hardware finds no vehicle plugged in.
        case vehicleAwaited(EngineProgram, life: UInt32, SessionID)
        /// The next vehicle of a driver comes.
        case visit(DriverProgram)
        case checked(MonitorProgram, life: UInt32, Monitor.CheckResult)
        case resume(SimulatedProcess, life: UInt32)
        case brokerUp
        case snapshotOfBroker
        case incident(Int)
        case incidentOver(Int)
        /// The operator asks once more for a point's removal.
        case removal(Int)
        /// The operator sees to it that a card is as it is to be.
        case card(Int)
        /// A driver stops what it charges.
        case stopSession(DriverProgram, life: UInt32, SessionID)
        case hardware(EngineProgram, life: UInt32)
        case station(SimulatedStation, StationHappening)
        /// A stranger who is there says something.
        case strangerSpeaks(Int)
        /// The time is over in which all that a stranger said must be forgotten.
        case strangerIsGone(Int, incidents: Int)
    }

    let scenario: Scenario
    let wire = Wire(site: nil)
    /// Shared by all: the same bytes are read once.
    let decoder = MessageDecoder(Wire(site: nil), remembering: 256)
    var clock = Instant(nanoseconds: 0)
    @exclusivity(unchecked) var queue = EventQueue<Event>()
    @exclusivity(unchecked) var broker: MQTTBroker<Parcel>
    @exclusivity(unchecked) var outputs: [MQTTBroker<Parcel>.Output] = []
    var isBrokerUp = true
    /// What its persistence file may hold: the oldest first.
    var brokerFiles: [MQTTBroker<Parcel>.Persisted] = []
    /// By their ids.
    @exclusivity(unchecked) var connections: [SimulatedConnection?] = []
    var processes: [SimulatedProcess] = []
    let ledger = SimulatedLedger()
    /// Those that may write the ledger, one at a time.
    let centrals: [CentralProgram]
    /// The one that may write now.
    var central: CentralProgram { centrals.count == 1 ? centrals[0] : centrals.first { $0.isAtWork(in: self) } ?? centrals[0] }
    var engines: [EngineProgram] = []
    var monitors: [MonitorProgram] = []
    private(set) var stations: [SimulatedStation] = []
    /// The points that are connectors of stations.
    let stationPoints: Set<ChargePointID>
    var drivers: [DriverProgram] = []
    private var driverNumbers: [DriverID: Int] = [:]
    let troubles: TroublePlan
    /// Incidents that are not over, by their numbers.
    var ongoing: Set<Int> = []
    /// The second ones of a name, by the incidents that brought them.
    var copies: [Int: SimulatedProcess] = [:]
    /// The lives that are to end in the middle of something, by their incidents.
    var fuses: [Int: UInt32] = [:]
    /// What is wrong just now.
    let faults = ActiveFaults()
    @exclusivity(unchecked) var counts = Counts()
    let checker: InvariantChecker
    var violation: Violation?
    @exclusivity(unchecked) var random: SplitMix
    @exclusivity(unchecked) var endOfTurn: [() -> Void] = []
    var isSettling = false
    @exclusivity(unchecked) var stranger: Stranger
    /// The list of those who are known, where not everybody is.
    let names: NameBook?
    /// The number of its visits that go on.
    var strangersHere = 0
    /// The number of visits of a stranger that are over.
    var strangersLeft = 0
    /// When somebody wants to know what the points were used for.
    @exclusivity(unchecked) var usage: UsageLog?
    /// How many events in a row have happened at the same moment.
    private var standstill = 0
    /// Words for what happens, when somebody listens.
    var narrator: Narrator?
    /// A digest of what happened when, of all that was published and of what the ledger was told: two runs are the same if theirs are.
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325

    init(_ scenario: Scenario, plan: TroublePlan? = nil, narrator: Narrator? = nil) {
        self.scenario = scenario
        self.narrator = narrator
        random = SplitMix(scenario.seed, .world)
        troubles = plan ?? TroublePlan(scenario)
        stranger = Stranger(seed: scenario.seed)
        names = scenario.hasNames ? NameBook(scenario) : nil
        checker = InvariantChecker(vehicles: Dictionary(scenario.roster.drivers.map { ($0.driver, $0.vehicles) }) { first, _ in first })
        broker = MQTTBroker(limits: BrokerLimits(backlog: 1000), at: Instant(nanoseconds: 0))
        let first = CentralProgram(index: Cast.central, scenario)
        let second = scenario.centrals > 1 ? CentralProgram(index: Cast(scenario).count, scenario) : nil
        centrals = [first] + (second.map { [$0] } ?? [])
        processes.append(first.process)
        if scenario.hasNames { for token in Cards.spoilt(scenario.roster) { ledger.book.set(token) } }
        let connectors = scenario.stationConnectors
        let ofStations = Set(connectors.joined())
        stationPoints = Set(ofStations.map { scenario.roster.points[$0].cp })
        for (number, point) in scenario.roster.points.enumerated() {
            let engine = EngineProgram(index: processes.count, number: number, ofStations.contains(number) ? .station : .contactor, scenario)
            processes.append(engine.process)
            engines.append(engine)
            let monitor = MonitorProgram(index: processes.count, cp: point.cp, engine: engine, scenario)
            processes.append(monitor.process)
            monitors.append(monitor)
        }
        let currents = Dictionary(scenario.roster.points.map { ($0.cp, $0.current) }) { first, _ in first }
        for number in scenario.roster.drivers.indices {
            let driver = DriverProgram(index: processes.count, number: number, scenario, currents)
            processes.append(driver.process)
            drivers.append(driver)
            driverNumbers[scenario.roster.drivers[number].driver] = number
        }
        if let second { processes.append(second.process) }
        for (number, connectors) in connectors.enumerated() {
            stations.append(
                SimulatedStation(number: number, engines: connectors.map { engines[$0] }, monitors: connectors.map { monitors[$0] }, scenario))
        }
        addGuests()
        for process in processes {
            process.clock = troubles.clock(of: process.group?.leader.index ?? process.index)
            process.isAbsent = (process.group?.members ?? [process]).contains { scenario.without.contains($0.clientID) }
            if process.isAbsent { continue }
            self.plan(.boot(process), after: random.duration(below: .milliseconds(300)))
        }
        for engine in engines { engine.planCard(in: self) }
        for station in stations where !station.leader.isAbsent { station.begin(in: self) }
        for driver in drivers where !driver.isAbsent { driver.planVisit(in: self) }
        for incident in troubles.incidents where scenario.only?.contains(incident.number) ?? true {
            queue.insert(.incident(incident.number), at: incident.at)
        }
        if scenario.trouble != .none { self.plan(.snapshotOfBroker, after: .seconds(1)) }
    }

    /// What a driver's vehicle takes that stands at a point.
    func load(of driver: DriverID?) -> Load { driver.flatMap { self.driver($0) }?.load ?? .unlimited }

    func driver(_ driver: DriverID) -> DriverProgram? { driverNumbers[driver].map { drivers[$0] } }

    deinit {
        // They know each other.
        for process in processes {
            process.connection = nil
            process.program = nil
            process.group = nil
        }
        for engine in engines { engine.stationed = nil }
    }

    func plan(_ event: Event, after delay: Duration) { queue.insert(event, at: clock + delay) }

    /// Lets the time pass, up to an instant or the first violation.
    func run(until end: Instant) {
        while violation == nil, let next = queue.first(), next <= end, let event = queue.popFirst() {
            standstill = next > clock ? 0 : standstill + 1
            clock = max(clock, next)
            counts.events += 1
            happen(event)
            noticeStandstill(event)
            while !endOfTurn.isEmpty {
                let bodies = endOfTurn
                endOfTurn.removeAll(keepingCapacity: true)
                for body in bodies { body() }
            }
        }
        if violation == nil { clock = max(clock, end) }
    }

    private func what(_ event: Event) -> String { if case .tick(let process, _) = event { process.name } else { "something" } }

    /// What wants to be done again and again at the same moment would go on for ever.
    private func noticeStandstill(_ event: Event) {
        guard standstill > 1_000_000 else { return }
        violate("liveness", "time stands still, and \(what(event)) goes on")
    }

    /// For the story.
    func name(_ index: Int) -> String { processes[index].name }

    func mix(_ value: UInt64) { digest = (digest ^ value) &* 0x0000_0100_0000_01B3 }

    /// Eight bytes at a time, and how many they were.
    func mix(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset + 8 <= buffer.count {
                mix(UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
                offset += 8
            }
            var last = UInt64(buffer.count)
            while offset < buffer.count {
                last = last << 8 | UInt64(buffer[offset])
                offset += 1
            }
            mix(last)
        }
    }

    /// A rule is broken: the run ends here.
    func violate(_ rule: String, _ what: @autoclosure () -> String) {
        guard violation == nil else { return }
        violation = Violation(rule: rule, what: what(), at: clock)
        narrator?.tell(clock, "✖ \(rule): \(violation?.what ?? "")")
    }

    /// For the story.
    @inline(__always) func tell(_ text: @autoclosure () -> String) {
        if let narrator { narrator.tell(clock, text()) }
    }
}

/// What was seen.
public struct Counts: Hashable, Sendable {
    public var events: UInt64 = 0
    /// New requests of drivers.
    public var requests = 0
    public var accepted = 0
    public var denied = 0
    public var completed = 0
    public var failed = 0
    /// Records whose session the ledger knew nothing of, or that did not fit it.
    public var strays = 0
    /// Energy of all records, in watt-hours.
    public var wattHours: Int64 = 0
    public var incidents = 0
    public var commits = 0
    public var commitsFailed = 0
    public var connects = 0
    public var readings = 0
    /// Sessions that were begun with a card, without Central.
    public var cards = 0
    /// Those of them that are owed by nobody, as their record is kept.
    public var unowed = 0
    /// Answers to drivers that they are not known.
    public var unknown = 0
    /// The most that charged at one time.
    public var maxSupplying = 0
    /// Messages that the broker dropped.
    public var dropped = 0
}

/// A broken rule.
public struct Violation: Hashable, Sendable {
    /// Its id, like I3, or `liveness`.
    public var rule: String
    public var what: String
    /// Since the world began.
    public var at: Instant
}
