import ChargingModel
import Gateway
import OCPP
import Station

/// A station of ours, a random Central, people, a network and a gateway that die at random: what is metered is recorded, once.
struct StationRun {
    private(set) var bench: GatewayBench
    private(set) var station: ChargingStation
    private var random: SplitMix64
    private let connectors: Int32
    private var cards = 0
    /// The connections that stand, by the station's numbers: the gateway's, and whether frames still go to and fro.
    private var links: [UInt64: UInt64] = [:]
    private var frozen: Set<UInt64> = []
    private var toGateway: [(UInt64, [UInt8])] = []
    private(set) var trace: [String] = []
    let isTold: Bool
    /// True while all that was due was done: nobody is woken up again and again for it.
    private(set) var isPunctual = true

    init(_ version: OCPPVersion, seed: UInt64, quirks: Set<StationQuirk> = [], connectors: Int32? = nil, isTold: Bool = false) {
        random = SplitMix64(seed: seed)
        self.isTold = isTold
        self.connectors = connectors ?? Int32.random(in: 1...2, using: &random)
        bench = GatewayBench(version, connectors: self.connectors)
        station = ChargingStation(
            ChargingStation.Specification(
                id: "ST-1", version: version, connectors: self.connectors, power: Power(watts: 22_000), register: wh(1000), quirks: quirks,
                sampling: .seconds(5)), seed: seed &+ 1, at: bench.clock.now)
    }

    mutating func run(steps: Int) {
        for _ in 0..<steps {
            happen()
            bench.serve(&random)
            pass(.milliseconds(Int64.random(in: 100...4000, using: &random)))
            bench.acknowledgeSome(&random)
        }
        finish()
    }

    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }
    private mutating func anyConnector() -> Int32 { Int32.random(in: 1...connectors, using: &random) }

    private mutating func note(_ what: @autoclosure () -> String) {
        if isTold { trace.append("\(bench.clock.now.monotonic.nanoseconds / 1_000_000_000)s \(what())") }
    }

    private mutating func happen() {
        let evse = anyConnector()
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<5: tell(.plugged(evse, load()))
        case 5..<9:
            cards += 1
            tell(.card(evse, "card-\(cards)"))
        case 9..<11: tell(.unplugged(evse))
        case 11..<13: if let charge = charge(at: evse) { tell(.card(evse, charge.token.text)) }
        case 13..<18:
            note("START at \(evse)")
            bench.start(bench.nextSession(), at: evse, energy: chance(3) ? wh(30) : nil)
        case 18..<20:
            note("STOP at \(evse)")
            if let session = bench.engines[evse]?.core.memory.active?.session { bench.command(.stop(session), to: evse) }
        case 20: bench.isHeld = true
        case 21..<24: bench.isHeld = false
        case 24: tell(.reach(false))
        case 25..<28: tell(.reach(true))
        case 28: cut()
        case 29: killGateway()
        case 30: tell(.restart)
        case 31: tell(.fault(evse, chance(2) ? "a hot connector" : nil))
        case 32: tell(.fault(evse, nil))
        case 33: bench.feed(.call(chance(2) ? .clearCache : .trigger(.meterValues, nil), question: 1))
        case 34: if chance(4) { bench.feed(.call(.reset(chance(2) ? .graceful : .immediate, evse: nil), question: 2)) }
        default: break
        }
    }

    private func charge(at evse: Int32) -> Charge? { station.outlets[evse]?.charge.flatMap { station.charges[$0] } }

    private mutating func load() -> Load {
        chance(3) ? Load(steps: [Load.Step(until: wh(Int64.random(in: 1...400, using: &random)), power: Power(watts: 11_000))]) : .unlimited
    }

    // MARK: The network

    private mutating func tell(_ event: ChargingStation.Event) {
        for action in station.handle(event, at: bench.clock.now) { carryOut(action) }
    }

    private mutating func carryOut(_ action: ChargingStation.Action) {
        switch action {
        case .dial(let id):
            note("dials \(id)")
            bench.connect()
            links[id] = bench.link
            tell(.opened(id))
        case .send(let id, let bytes, _): if !frozen.contains(id), let link = links[id] { toGateway.append((link, bytes)) }
        case .hangUp(let id): end(id)
        case .freeze(let id): frozen.insert(id)
        case .notice(let notice): note("\(notice)")
        }
    }

    private mutating func end(_ id: UInt64) {
        frozen.remove(id)
        guard let link = links.removeValue(forKey: id) else { return }
        note("connection \(id) ends")
        toGateway.removeAll { $0.0 == link }
        bench.feed(.disconnected(link))
        if link == bench.link { bench.frames = [] }
        tell(.closed(id))
    }

    /// The connection breaks: what is on its way is lost, and the gateway hears of it when the station comes again.
    private mutating func cut() {
        for id in links.keys.sorted() {
            toGateway = []
            if chance(2) {
                end(id)
            } else {
                links[id] = nil
                bench.frames = []
                tell(.closed(id))
            }
        }
    }

    private mutating func killGateway() {
        note("gateway killed")
        toGateway = []
        let ids = links.keys.sorted()
        links = [:]
        bench.restart()
        for id in ids { tell(.closed(id)) }
    }

    private mutating func exchange() {
        for _ in 0..<40 where !toGateway.isEmpty || !bench.frames.isEmpty {
            let up = toGateway
            toGateway = []
            for (link, bytes) in up {
                note("said \(String(decoding: bytes.prefix(500), as: UTF8.self))")
                bench.feed(.text(link, bytes))
            }
            let down = bench.frames
            bench.frames = []
            for frame in down {
                note("heard \(frame.prefix(300))")
                if let id = links.first(where: { $0.value == bench.link })?.key, !frozen.contains(id) { tell(.text(id, Array(frame.utf8))) }
            }
        }
    }

    private mutating func pass(_ duration: Duration) {
        let end = bench.clock.now.monotonic + duration
        exchange()
        while bench.clock.now.monotonic < end {
            let next = station.deadline.map { min(max($0, bench.clock.now.monotonic), end) } ?? end
            let step = min(next - bench.clock.now.monotonic, .seconds(1))
            bench.pass(max(step, .milliseconds(10)))
            tell(.tick)
            isPunctual = isPunctual && station.deadline.map { $0 > bench.clock.now.monotonic } ?? true
            exchange()
        }
    }

    /// All becomes well: what is owed is said.
    private mutating func finish() {
        note("all becomes well")
        bench.isHeld = false
        tell(.reach(true))
        for evse in 1...connectors {
            tell(.fault(evse, nil))
            tell(.unplugged(evse))
        }
        var patience = 1200
        while patience > 0, !station.isAllTold || patience > 1190 {
            patience -= 1
            pass(.seconds(1))
            for evse in 1...connectors where station.outlets[evse]?.charge != nil { tell(.unplugged(evse)) }
        }
        pass(.seconds(900))
        bench.acknowledge()
    }

    /// The story of the run, for whoever looks for a fault.
    var story: String {
        let records = bench.records.values.joined().sorted { $0.session < $1.session }.filter { $0.energy > .zero }.map {
            "record \($0.session) \($0.meter): \($0.startRegister.wattHours) to \($0.endRegister.wattHours) \($0.energy.wattHours) \($0.endReason)"
        }
        return (trace + records).joined(separator: "\n")
    }
}
