import ChargingModel
import Foundation
import Gateway
import OCPP
import Testing

/// A random station, a random Central, a network and a gateway that die at random: what is metered is recorded, once.
struct RandomRun {
    var bench: GatewayBench
    var station: PretendStation
    var random: SplitMix64
    private let connectors: Int32
    private var tokens = 0
    private(set) var trace: [String] = []

    init(_ version: OCPPVersion, seed: UInt64) {
        random = SplitMix64(seed: seed)
        connectors = Int32.random(in: 1...2, using: &random)
        bench = GatewayBench(version, connectors: connectors)
        station = PretendStation(version, connectors: connectors)
    }

    mutating func run(steps: Int) {
        connect()
        for _ in 0..<steps { step() }
        finish()
    }

    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }
    private mutating func anyConnector() -> Int32 { Int32.random(in: 1...connectors, using: &random) }

    private mutating func step() {
        happen()
        bench.serve(&random)
        exchange()
        bench.pass(.milliseconds(Int64.random(in: 100...8000, using: &random)))
        bench.acknowledgeSome(&random)
    }

    /// Something happens at the station, in the network, at Central or to the gateway.
    private mutating func happen() {
        let evse = anyConnector()
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<6: station.flow(Int64.random(in: 0...30, using: &random))
        case 6..<10: station.measure(at: evse, now: bench.clock.now)
        case 10..<14:
            if let promised = station.promised.removeValue(forKey: evse) {
                station.begin(at: evse, promised.token, remoteStart: promised.remoteStart, now: bench.clock.now)
            }
        case 14..<17:
            tokens += 1
            note("card at \(evse)")
            station.begin(at: evse, "card-\(tokens)", now: bench.clock.now)
        case 17..<20: station.end(at: evse, now: bench.clock.now)
        case 20..<24:
            note("START at \(evse)")
            bench.start(bench.nextSession(), at: evse)
        case 24..<26:
            if let session = bench.engines[evse]?.core.memory.active?.session { bench.command(.stop(session), to: evse) }
        case 26..<28: bench.isHeld = true
        case 28..<31: bench.isHeld = false
        case 31: disconnect()
        case 32..<34: if !station.isConnected { connect() }
        case 34: restart()
        case 35: status("Available", evse)
        case 36: station.promised = [:]
        case 37: bench.feed(.call(.getLocalListVersion, question: 1))
        default: break
        }
    }

    private mutating func note(_ what: String) { trace.append("\(bench.clock.now.monotonic.nanoseconds / 1_000_000_000)s \(what)") }

    private mutating func status(_ word: String, _ evse: Int32) {
        guard station.isConnected, station.running[evse] == nil else { return }
        let place =
            bench.version == .v16
            ? #""connectorId":\#(evse),"errorCode":"NoError","status":"\#(word)""#
            : #""evseId":\#(evse),"connectorId":1,"connectorStatus":"\#(word)""#
        bench.text(#"[2,"s\#(random.next())","StatusNotification",{\#(place),"timestamp":"\#(bench.clock.now.wall.text)"}]"#)
    }

    /// Frames go to and fro, and some of them nowhere.
    private mutating func exchange() {
        for _ in 0..<6 {
            if let frame = station.next(at: bench.clock.now, shuffled: &random) {
                if chance(40) { return disconnect() }
                note("said " + frame.prefix(400))
                bench.text(frame)
                if chance(40) { bench.text(frame) }
            }
            let frames = bench.frames
            bench.frames = []
            for frame in frames {
                note("heard " + frame.prefix(200))
                if chance(40) { return disconnect() }
                if let answer = station.hear(frame, now: bench.clock.now, random: &random), !chance(30) { bench.text(answer) }
            }
        }
    }

    private mutating func connect() {
        note("connected")
        bench.connect()
        station.connected()
        bench.text(#"[2,"h\#(random.next())","Heartbeat",{}]"#)
    }

    /// The station knows it at once, the gateway perhaps only when it comes again.
    private mutating func disconnect() {
        note("disconnected")
        station.disconnected()
        if chance(2) { bench.disconnect() } else { bench.frames = [] }
    }

    private mutating func restart() {
        note("gateway killed")
        station.disconnected()
        bench.restart()
    }

    /// All becomes well: what is owed is said.
    private mutating func finish() {
        note("all becomes well")
        bench.isHeld = false
        for evse in 1...connectors { station.end(at: evse, now: bench.clock.now) }
        for _ in 0..<400 {
            if !station.isConnected { connect() }
            if let frame = station.next(at: bench.clock.now, shuffled: &random) {
                note("said " + frame.prefix(400))
                bench.text(frame)
            }
            let frames = bench.frames
            bench.frames = []
            for frame in frames { if let answer = station.hear(frame, now: bench.clock.now, random: &random) { bench.text(answer) } }
            bench.pass(.seconds(1))
        }
        for evse in 1...connectors { status("Available", evse) }
        bench.pass(.seconds(300))
        bench.acknowledge()
    }
}

extension RandomRun {
    /// The seeds of a run: `SEEDS=1000` takes as many.
    static var seeds: Range<UInt64> { 0..<(ProcessInfo.processInfo.environment["SEEDS"].flatMap { UInt64($0) } ?? 40) }

    /// The run that is told in full: `STORY="1.6 21"`.
    static var debugged: (OCPPVersion, UInt64)? {
        guard let text = ProcessInfo.processInfo.environment["STORY"] else { return nil }
        let parts = text.split(separator: " ")
        return (OCPPVersion(rawValue: String(parts[0]))!, UInt64(parts[1])!)
    }

    /// The story of the run, for whoever looks for a fault.
    var story: String {
        let charges = station.charges.values.sorted { $0.key < $1.key }.map {
            "charge \($0.key) \($0.token) number \($0.number ?? -1): \($0.start) to \($0.end ?? -1)"
        }
        let records = bench.records.values.joined().sorted { $0.session < $1.session }.filter { $0.energy > .zero }.map {
            "record \($0.session) \($0.meter): \($0.startRegister.wattHours) to \($0.endRegister.wattHours) \($0.energy.wattHours) \($0.endReason)"
        }
        return (trace + charges + records).joined(separator: "\n")
    }
}

@Suite struct PropertyTests {
    @Test(.enabled(if: RandomRun.debugged != nil)) func story() {
        guard let (version, seed) = RandomRun.debugged else { return }
        var run = RandomRun(version, seed: seed)
        run.run(steps: 400)
        print(run.story)
    }

    @Test(
        "What a station metered in its transactions is recorded, each once, whatever dies in between", arguments: OCPPVersion.allCases,
        RandomRun.seeds)
    func conservation(_ version: OCPPVersion, _ seed: UInt64) {
        var run = RandomRun(version, seed: seed)
        run.run(steps: 400)
        let station = run.station
        #expect(station.queue.isEmpty, "\(version) \(seed)")
        let records = run.bench.records
        #expect(run.bench.recorded == wh(station.metered), "\(version) \(seed)")
        #expect(records.values.allSatisfy { $0.count == 1 })
        #expect(records.values.joined().count { $0.energy > .zero } == station.ended)
        let numbers = station.charges.values.compactMap(\.number)
        #expect(Set(numbers).count == numbers.count)
        #expect(run.bench.core.memory.open.isEmpty)
        for (evse, host) in run.bench.engines {
            #expect(host.core.memory.active == nil && host.core.memory.left.isEmpty, "\(version) \(seed) \(evse)")
            // What is billed of a meter does not overlap.
            let own = records.values.joined().filter { $0.meter == host.core.memory.meter && $0.energy > .zero }
            let known = own.reduce(Energy.zero) { $0 + $1.energy }
            #expect(known <= host.core.memory.register && host.core.memory.register - known <= host.core.memory.outside, "\(version) \(seed) \(evse)")
        }
    }
}
