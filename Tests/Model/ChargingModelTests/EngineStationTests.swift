import ChargingModel
import Testing

/// An engine whose hardware is a station, past its birth, with the station connected.
private struct Bench: EngineBench {
    var clock = HandClock()
    var engine: EngineCore
    private var epoch: Epoch = 100

    init(memory: EngineMemory = EngineMemory(), isReachable: Bool = true) {
        var specification = specification()
        specification.hardware = .station
        engine = EngineCore(specification, memory: memory, seed: 1)
        _ = engine.begin(at: clock.now)
        tell(.online(epoch))
        if isReachable { say(.reachable(true)) }
    }

    @discardableResult
    mutating func tell(_ event: EngineCore.Event) -> [EngineCore.Action] {
        var actions = engine.handle(event, at: clock.now)
        for case .ready(let session) in actions { actions += engine.handle(.ready(session), at: clock.now) }
        for case .closeContactor(let session) in actions { actions += engine.handle(.vehicleAwaited(session), at: clock.now) }
        return actions
    }

    @discardableResult
    mutating func say(_ event: StationEvent) -> [EngineCore.Action] { tell(.station(event)) }

    @discardableResult
    mutating func began(_ session: SessionID, at register: Int64) -> [EngineCore.Action] {
        say(.began(session, register: Energy(wattHours: register), at: clock.now.wall, clock: .gateway))
    }

    @discardableResult
    mutating func metered(_ session: SessionID, _ register: Int64) -> [EngineCore.Action] {
        say(.metered(session, StationReading(register: Energy(wattHours: register), power: Power(watts: 11_000))))
    }

    @discardableResult
    mutating func ended(_ session: SessionID, at register: Int64, _ reason: EndReason = .stopped, _ word: String = "Local") -> [EngineCore.Action] {
        say(
            .ended(
                session,
                MeteredEnd(
                    start: engine.memory.active?.startRegister ?? .zero, end: Energy(wattHours: register), started: clock.now.wall,
                    ended: clock.now.wall, clock: .gateway, reason: reason, word: StationWord(word))))
    }
}

private let s1 = SessionID(known: "01M8HMTCS4M923TXA0XS48R001")
private let s2 = SessionID(known: "01M8HMTCS4M923TXA0XS48R002")

extension [EngineCore.Action] {
    fileprivate var orders: [StationOrder] { compactMap { if case .station(let order) = $0 { order } else { nil } } }
}

@Suite struct EngineStationTests {
    @Test("S3: START is confirmed as plug_in at once; what the station meters is what is told and billed, from the register at which it began")
    func charge() throws {
        var bench = Bench()
        let confirmed = try #require(bench.tell(.command(start(s1.text))).states.last)
        #expect(confirmed.state == .supplying && confirmed.phase == .plugIn && confirmed.session == s1)
        let begun = bench.began(s1, at: 184_220)
        #expect(begun.states.last?.phase == .charging && begun.events.count == 1)
        bench.clock.advance(.seconds(2))
        #expect(bench.metered(s1, 184_228).readings.map(\.energy) == [Energy(wattHours: 8)])
        // No reading of its own making.
        #expect(bench.pass(.seconds(5)).readings.isEmpty)
        let record = try #require(bench.ended(s1, at: 184_240).records.last)
        #expect(record.energy == Energy(wattHours: 20) && record.endReason == .stopped && record.provenance.clock == .gateway)
        #expect(bench.engine.memory.outside == Energy(wattHours: 184_220))
        #expect(bench.engine.state == .activated && bench.engine.memory.unacknowledged == [s1])
    }

    @Test(
        "S4: time, target, STOP and OUT_OF_ORDER ask the station, and the session is over when it says so, at its register, for the first reason given"
    )
    func ends() throws {
        for (word, reason) in [("time", EndReason.completed), ("target", .target), ("stop", .stopped), ("order", .outOfOrder), ("fault", .fault)] {
            var bench = Bench()
            bench.tell(.command(start(s1.text, energy: 50, duration: .seconds(10))))
            bench.began(s1, at: 1000)
            let asked =
                switch word {
                case "time": bench.pass(.seconds(11))
                case "target": bench.metered(s1, 1050)
                case "stop": bench.tell(.command(command(.stop(s1))))
                case "fault": bench.tell(.fault("GroundFailure"))
                default: bench.tell(.command(command(.outOfOrder)))
                }
            #expect(asked.orders.contains(.end(s1)) && asked.records.isEmpty, "\(word)")
            #expect(bench.engine.state == .supplying)
            // The STOP that Central sends again asks again, and changes nothing else.
            #expect(bench.tell(.command(command(.stop(s1), id: "c-9"))).orders == [.end(s1)])
            let record = try #require(bench.ended(s1, at: 1060, .stopped).records.last)
            #expect(record.endReason == reason && record.endRegister == Energy(wattHours: 1060), "\(word)")
            #expect(bench.engine.state == (reason == .outOfOrder ? .stopped : reason == .fault ? .faulty : .activated))
        }
    }

    @Test("F9: a station out of reach keeps its session; the state says so, and goes on as if nothing had been")
    func away() throws {
        var bench = Bench()
        bench.tell(.command(start(s1.text)))
        bench.began(s1, at: 0)
        let gone = try #require(bench.say(.reachable(false)).states.last)
        #expect(gone.state == .disconnected && gone.session == s1 && gone.seq != nil)
        #expect(bench.tell(.command(start(s2.text))).refusals.count == 1)
        let back = try #require(bench.say(.reachable(true)).states.last)
        #expect(back.state == .supplying && back.session == s1)
        #expect(bench.ended(s1, at: 10).records.count == 1)
    }

    @Test("The engine's process dies in each step: the session goes on, and its record is made once")
    func restart() throws {
        var bench = Bench()
        bench.tell(.command(start(s1.text, duration: .seconds(600))))
        var later = Bench(memory: EngineMemory(replaying: bench.engine.memory.entries))
        #expect(later.engine.phase == .plugIn)
        later.began(s1, at: 100)
        later.metered(s1, 120)
        var last = Bench(memory: EngineMemory(replaying: later.engine.memory.entries), isReachable: false)
        // Told again by whoever brings the station in.
        #expect(last.began(s1, at: 100).events.isEmpty)
        #expect(last.say(.reachable(true)).states.last?.session == s1)
        #expect(last.ended(s1, at: 130).records.map(\.energy) == [Energy(wattHours: 30)])
        #expect(last.ended(s1, at: 130).records.isEmpty)
        // A clean stop ends no charge.
        var stopped = Bench(memory: EngineMemory(replaying: later.engine.memory.entries))
        let farewell = stopped.tell(.stop)
        #expect(farewell.journalled.isEmpty)
        guard case .farewell(.state(let state)) = farewell.last else {
            Issue.record("no farewell")
            return
        }
        #expect(state.session == s1 && state.state == .disconnected)
    }

    @Test("S5, S6: a session whose end nobody told is left open: a STOP gets no zero, and the record completes it whenever it comes")
    func lost() throws {
        var bench = Bench()
        bench.tell(.command(start(s1.text)))
        bench.began(s1, at: 100)
        #expect(bench.say(.lost(s1)).states.last?.state == .activated)
        let kept = EngineMemory(replaying: bench.engine.memory.entries)
        #expect(kept == bench.engine.memory)
        let stop = bench.tell(.command(command(.stop(s1))))
        #expect(stop.records.isEmpty && stop.refusals.isEmpty && stop.orders == [.end(s1)])
        #expect(bench.tell(.command(start(s1.text))).refusals.count == 1)
        bench.tell(.command(start(s2.text)))
        bench.began(s2, at: 150)
        let record = try #require(bench.ended(s1, at: 140, .interrupted).records.last)
        #expect(record.session == s1 && record.energy == Energy(wattHours: 40))
        #expect(bench.engine.state == .supplying)
    }

    @Test("A vehicle that does not come, a refusal, a STOP, a fault, out of order before it begins: nothing is billed, and the station is told")
    func givenUp() {
        for word in ["time", "refused", "stop", "fault", "out of order"] {
            var bench = Bench()
            bench.tell(.command(start(s1.text)))
            let over =
                switch word {
                case "time": bench.pass(.seconds(60))
                case "refused": bench.say(.refused(s1, "Rejected"))
                case "fault": bench.tell(.fault("GroundFailure"))
                case "out of order": bench.tell(.command(command(.outOfOrder)))
                default: bench.tell(.command(command(.stop(s1))))
                }
            let reason: EndReason = word == "fault" ? .fault : word == "out of order" ? .outOfOrder : .neverStarted
            #expect(over.records.map(\.endReason) == [reason] && over.records[0].energy == .zero, "\(word)")
            #expect(over.orders.contains(.end(s1)) == (word != "refused"))
            #expect(bench.began(s1, at: 5).events.isEmpty)
            // What the station metered in it all the same is nobody's, and not lost; told twice, it is there once.
            #expect(bench.ended(s1, at: 25).records.map(\.energy) == [Energy(wattHours: 25)])
            #expect(bench.ended(s1, at: 25).records.isEmpty)
        }
    }

    @Test("A meter that is another one now begins a new connection, at rest and with all records acknowledged, and its register from zero")
    func newMeter() throws {
        var bench = Bench()
        let first = try #require(bench.engine.memory.meter)
        bench.tell(.command(start(s1.text)))
        bench.began(s1, at: 100)
        #expect(bench.say(.newMeter).isEmpty)
        bench.ended(s1, at: 130)
        #expect(bench.say(.newMeter).isEmpty)
        let changed = bench.tell(.command(command(.ack(s1, of: first))))
        #expect(changed.contains(.connectAnew) && bench.engine.memory.meter != first && bench.engine.memory.register == .zero)
        #expect(bench.engine.memory.record(of: s1)?.meter == first)
        #expect(EngineMemory(replaying: bench.engine.memory.entries) == bench.engine.memory)
    }

    @Test("What moved former meters in no session is remembered, of the newest ones") func formerMeters() {
        var memory = EngineMemory()
        for number in 0..<40 {
            memory.apply(.minted(MeterID(known: "m-\(number)")))
            if number % 4 != 0 { memory.apply(.jumped(Energy(wattHours: Int64(number)))) }
        }
        #expect(memory.former.count == 29 && memory.former.first?.meter.text == "m-1" && memory.former.last?.outside == Energy(wattHours: 38))
        for number in 40..<60 {
            memory.apply(.minted(MeterID(known: "m-\(number)")))
            memory.apply(.jumped(Energy(wattHours: 7)))
        }
        #expect(memory.former.count == EngineMemory.mostFormer && memory.former.last?.meter.text == "m-58")
        #expect(EngineMemory(replaying: memory.entries) == memory)
    }

    @Test("What a station metered without us is a fact: it is found, said until it is acknowledged, and once")
    func found() throws {
        var bench = Bench()
        let meter = try #require(bench.engine.memory.meter)
        let found = FoundRecord(
            session: s2, token: TokenID(known: "card-7"),
            MeteredEnd(
                start: Energy(wattHours: 500), end: Energy(wattHours: 900), started: bench.clock.now.wall, ended: bench.clock.now.wall,
                clock: .station, reason: .stopped, word: StationWord("DeAuthorized")))
        let record = try #require(bench.say(.found(found)).records.last)
        #expect(record.meter == meter && record.energy == Energy(wattHours: 400) && record.cost == Money(microEuro: 120_000))
        #expect(record.provenance == Provenance(origin: .offline, token: TokenID(known: "card-7"), clock: .station))
        #expect(record.stationReason == StationWord("DeAuthorized"))
        #expect(bench.say(.found(found)).records.isEmpty)
        #expect(bench.engine.memory.register == Energy(wattHours: 900) && bench.engine.memory.outside == Energy(wattHours: 500))
        #expect(bench.pass(.seconds(2)).records == [record])
        bench.tell(.command(command(.ack(s2, of: meter))))
        #expect(bench.engine.memory.unacknowledged.isEmpty)
    }

    @Test("A station out of service, with a fault, or with a vehicle that is nobody's is promised to nobody")
    func rests() {
        var bench = Bench()
        #expect(bench.say(.unavailable(true)).states.last?.state == .stopped)
        #expect(bench.tell(.fault("GroundFailure")).states.last?.state == .faulty)
        #expect(bench.tell(.fault(nil)).states.last?.state == .stopped)
        #expect(bench.say(.unavailable(false)).states.last?.state == .activated)
        #expect(bench.say(.occupied(true)).states.last?.phase == .finishing)
        #expect(bench.say(.occupied(false)).states.last?.phase == nil)
        let order = bench.tell(.command(command(.outOfOrder)))
        #expect(order.orders == [.serve(false)] && order.states.last?.state == .stopped)
        #expect(bench.tell(.command(command(.resume, id: "c-2"))).orders == [.serve(true)])
        #expect(bench.engine.state == .activated)
    }
}
