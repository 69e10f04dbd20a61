import ChargingModel
import Gateway
import JSON
import OCPP

/// A gateway with one station: its core, and a real engine for each connector, with journals that may be slow, and disks that outlive it. Central is
/// whoever drives the bench.
struct GatewayBench {
    /// An engine with its journal, as a program runs it.
    struct EngineHost {
        var core: EngineCore
        var gate = JournalGate()
        var disk: [EngineEntry]
        var pending: [EngineEntry] = []
    }

    static let price = Price(microEuroPerKilowattHour: 300_000)

    var clock = HandClock()
    let version: OCPPVersion
    private var runtime: StationRuntime
    var core: StationCore { runtime.core }
    var disk: [StationEntry] = []
    private var pending: [StationEntry] = []
    var engines: [Int32: EngineHost] = [:]
    private var inputs: [StationRuntime.Input] = []
    private(set) var link: UInt64 = 0
    private var lives: UInt64 = 0
    private var lastEpoch: Epoch = 100
    /// While true no journal writes.
    var isHeld = false { didSet { if oldValue, !isHeld { release() } } }

    // What came out.
    /// The frames to the station, in the connection that stands.
    var frames: [String] = []
    /// The records that were said, by their sessions: all that differ.
    private(set) var records: [SessionID: [SessionRecord]] = [:]
    /// Requests on behalf of a token.
    var requests: [(evse: Int32, request: StationRequest)] = []

    init(_ version: OCPPVersion, connectors: Int32 = 1) {
        self.version = version
        runtime = StationRuntime(id: "ST-1", memory: StationMemory(), engines: [:], seed: 0)
        for evse in 1...connectors { engines[evse] = EngineHost(core: GatewayBench.engine(evse, EngineMemory(), UInt64(evse)), disk: []) }
        begin()
    }

    private static func engine(_ evse: Int32, _ memory: EngineMemory, _ seed: UInt64) -> EngineCore {
        EngineCore(
            EngineCore.Specification(
                cp: cp(evse), power: Power(watts: 22_000), price: price, kind: "AC", software: "test", sessionDuration: .seconds(300),
                hardware: .station), memory: memory, seed: seed)
    }

    static func cp(_ evse: Int32) -> ChargePointID { ChargePointID(known: "ST-1_\(evse)") }

    // MARK: Life and death

    /// The gateway is killed, and starts anew with what is on its disks.
    mutating func restart() {
        frames = []
        pending = []
        inputs = []
        requests = []
        for (evse, host) in engines {
            engines[evse] = EngineHost(
                core: GatewayBench.engine(evse, EngineMemory(replaying: host.disk), lives &* 64 &+ UInt64(evse)), disk: host.disk)
        }
        begin()
    }

    private mutating func begin() {
        lives += 1
        runtime = StationRuntime(
            id: "ST-1", memory: StationMemory(replaying: disk), engines: engines.mapValues(\.core.memory), seed: lives &* 7919)
        for evse in engines.keys.sorted() { withEngine(evse) { engine, now in engine.begin(at: now) } }
        online()
        take(.begin)
    }

    mutating func online() {
        for evse in engines.keys.sorted() {
            lastEpoch += 1
            tell(evse, .online(lastEpoch))
        }
    }

    // MARK: The station

    mutating func connect() {
        link += 1
        frames = []
        feed(.connected(link, version))
    }

    mutating func disconnect() {
        frames = []
        feed(.disconnected(link))
    }

    mutating func text(_ text: String) { feed(.text(link, Array(text.utf8))) }

    mutating func feed(_ event: StationCore.Event) { take(.event(event)) }

    private mutating func take(_ input: StationRuntime.Input) {
        inputs.append(input)
        drain()
    }

    private mutating func drain() {
        while !inputs.isEmpty {
            for output in runtime.handle(inputs.removeFirst(), at: clock.now) { carryOut(output) }
        }
    }

    private mutating func written() {
        disk += pending
        pending = []
        inputs.append(.written)
    }

    private mutating func carryOut(_ output: StationRuntime.Output) {
        switch output {
        case .write(let entries):
            pending = entries
            if !isHeld { written() }
        case .send(let id, let bytes): if id == link { frames.append(String(decoding: bytes, as: UTF8.self)) }
        case .tell(let evse, let event):
            tell(evse, .station(event))
            runtime.told(evse, event)
            settle(evse)
        case .vehicleAwaited(let evse, let session): tell(evse, .vehicleAwaited(session))
        case .fault(let evse, let why): tell(evse, .fault(why))
        case .close, .find, .answered, .notice: break
        }
    }

    // MARK: The engines

    mutating func tell(_ evse: Int32, _ event: EngineCore.Event) { withEngine(evse) { engine, now in engine.handle(event, at: now) } }

    private mutating func withEngine(_ evse: Int32, _ change: (inout EngineCore, Now) -> [EngineCore.Action]) {
        guard engines[evse] != nil else { return }
        let actions = change(&engines[evse]!.core, clock.now)
        perform(engines[evse]!.gate.admit(actions, connection: lastEpoch), evse)
    }

    private mutating func perform(_ steps: [JournalGate.Step], _ evse: Int32) {
        for step in steps {
            switch step {
            case .write(let entries):
                engines[evse]?.pending = entries
                if !isHeld { written(evse) }
            case .perform(let action): carryOut(action, evse)
            }
        }
        settle(evse)
    }

    private mutating func written(_ evse: Int32) {
        guard let entries = engines[evse]?.pending else { return }
        engines[evse]?.disk += entries
        engines[evse]?.pending = []
        perform(engines[evse]!.gate.written(connection: lastEpoch), evse)
    }

    private mutating func settle(_ evse: Int32) {
        if engines[evse]?.gate.isIdle == true, runtime.awaits(evse) { inputs.append(.settled(evse)) }
    }

    private mutating func release() {
        if !pending.isEmpty { written() }
        for evse in engines.keys.sorted() where engines[evse]?.pending.isEmpty == false { written(evse) }
        drain()
    }

    private mutating func carryOut(_ action: EngineCore.Action, _ evse: Int32) {
        switch action {
        case .ready(let session): tell(evse, .ready(session))
        case .closeContactor(let session): inputs.append(.supplies(evse, session))
        case .station(let order): inputs.append(.order(evse, order))
        case .connectAnew:
            tell(evse, .offline)
            lastEpoch += 1
            tell(evse, .online(lastEpoch))
        case .publish(.event(let event)):
            guard case .sessionEnded(let record) = event.kind else { break }
            if records[record.session]?.contains(record) != true { records[record.session, default: []].append(record) }
        case .publish(.stationRequest(let request)): requests.append((evse, request))
        case .journal, .publish, .farewell, .notice: break
        }
    }

    // MARK: Central

    mutating func command(_ kind: Command.Kind, to evse: Int32) {
        lastCommand += 1
        tell(evse, .command(Command(epoch: nil, cp: GatewayBench.cp(evse), id: CommandID(known: "c-\(lastCommand)"), kind: kind)))
        drain()
    }

    private var lastCommand = 0

    mutating func start(_ session: SessionID, at evse: Int32, answering request: RequestID? = nil, energy: Energy? = nil) {
        command(
            .start(
                StartOrder(
                    session: session, driver: DriverID(known: "driver-alice"), price: GatewayBench.price, energyTarget: energy, duration: nil,
                    request: request)), to: evse)
    }

    private var sessions = 0

    /// The next session of Central's, each another one.
    mutating func nextSession() -> SessionID {
        sessions += 1
        return SessionID(known: "01M8HMTCS4M923TXA0X" + String(1_000_000 + sessions))
    }

    /// Central answers for tokens: yes, no, late or never.
    mutating func serve(_ random: inout SplitMix64) {
        let asked = requests
        requests = []
        for (evse, request) in asked {
            switch Int.random(in: 0..<5, using: &random) {
            case 0: deny(request.id, .tokenUnknown, at: evse)
            case 1: requests.append((evse, request))
            case 2: break
            default: start(nextSession(), at: evse, answering: request.id)
            }
        }
    }

    mutating func deny(_ request: RequestID, _ code: DenialCode, at evse: Int32) {
        command(.deny(StationDenial(request: request, code: code, reason: "no")), to: evse)
    }

    /// Central has all records that were said.
    mutating func acknowledge() {
        for (session, said) in records.sorted(by: { $0.key < $1.key }) {
            for record in said {
                for evse in engines.keys.sorted() where engines[evse]?.core.memory.unacknowledged.contains(session) == true {
                    command(.ack(session, of: record.meter), to: evse)
                }
            }
        }
    }

    /// Central hears some of what is said, and acknowledges it.
    mutating func acknowledgeSome(_ random: inout SplitMix64) { if Int.random(in: 0..<8, using: &random) == 0 { acknowledge() } }

    // MARK: Time

    mutating func pass(_ duration: Duration) {
        let end = clock.now.monotonic + duration
        var ticks = 0
        while let due = ([core.deadline] + engines.values.map(\.core.deadline)).compactMap(\.self).min(), due <= end {
            clock.advance(max(.zero, due - clock.now.monotonic))
            for evse in engines.keys.sorted() { tell(evse, .tick) }
            feed(.tick)
            ticks += 1
            if ticks > 10_000 { fatalError("it ticks without end") }
        }
        clock.advance(end - clock.now.monotonic)
    }

    /// The energy of all records.
    var recorded: Energy { records.values.joined().reduce(.zero) { $0 + $1.energy } }
}
