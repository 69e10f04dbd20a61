import ChargingModel
import Testing

/// An engine with its clock, past its birth.
private struct Bench: EngineBench {
    var clock = HandClock()
    var engine: EngineCore
    var log: [EngineCore.Action] = []
    var hardwareObeys = true
    var journalObeys = true
    /// Of the vehicle that comes.
    var load = Load.unlimited

    init(_ specification: EngineCore.Specification = specification(), memory: EngineMemory = EngineMemory(), online: Bool = true) {
        engine = EngineCore(specification, memory: memory, seed: 1)
        log += engine.begin(at: clock.now)
        if online { tell(.online(100)) }
    }

    @discardableResult
    mutating func tell(_ event: EngineCore.Event) -> [EngineCore.Action] {
        var actions = engine.handle(event, at: clock.now)
        // The journal has it at once, unless a test holds it.
        for case .ready(let session) in actions where journalObeys { actions += engine.handle(.ready(session), at: clock.now) }
        // The hardware obeys at once, unless a test holds it.
        for case .closeContactor(let session) in actions where hardwareObeys {
            actions += engine.handle(.contactorClosed(session, load), at: clock.now)
        }
        log += actions
        return actions
    }
}

@Suite struct EngineCoreTests {
    @Test("S2: a session that was promised on another meter is not begun: what is metered here would be no record of it")
    func promisedOnAnotherMeter() throws {
        var bench = Bench(online: true)
        let own = try #require(bench.engine.memory.meter)
        for (promised, isBegun) in [(MeterID(known: "m-other"), false), (own, true)] {
            let order = StartOrder(
                session: SessionID(known: "S1"), driver: alice, price: specification().price, energyTarget: nil, duration: nil, meter: promised)
            let said = bench.tell(.command(command(.start(order))))
            #expect(said.refusals.map(\.reason) == (isBegun ? [] : ["it was promised on another meter"]))
            #expect(said.states.last?.state == (isBegun ? .supplying : nil) && said.journalled.isEmpty == !isBegun)
        }
    }

    @Test("S3: where no vehicle is plugged in yet START is confirmed as plug_in, nothing is metered, and the session's time begins when energy flows")
    func plugIn() throws {
        var bench = Bench(online: true)
        bench.hardwareObeys = false
        bench.tell(.command(start("S1", duration: .seconds(10))))
        let waiting = try #require(bench.tell(.vehicleAwaited(SessionID(known: "S1"))).states.last)
        #expect(waiting.state == .supplying && waiting.phase == .plugIn && waiting.session == SessionID(known: "S1"))
        let meanwhile = bench.pass(.seconds(50))
        #expect(meanwhile.readings.isEmpty && meanwhile.records.isEmpty)
        #expect(bench.tell(.command(start("S2"))).refusals.count == 1)
        let begun = bench.tell(.contactorClosed(SessionID(known: "S1"), .unlimited))
        #expect(begun.states.last?.phase == .charging && begun.events.count == 1)
        #expect(bench.pass(.milliseconds(10_500)).records.map(\.energy) == [Energy(wattHours: 100)])
    }

    @Test("S3, S4: a vehicle that does not come in time ends it: never_started, of zero energy; so does a STOP; what comes later begins nothing")
    func nobodyPlugsIn() {
        for isStopped in [false, true] {
            var bench = Bench(online: true)
            bench.hardwareObeys = false
            bench.tell(.command(start("S1")))
            bench.tell(.vehicleAwaited(SessionID(known: "S1")))
            let over = isStopped ? bench.tell(.command(command(.stop(SessionID(known: "S1"))))) : bench.pass(.seconds(61))
            #expect(over.records.first?.endReason == .neverStarted && over.records.first?.energy == .zero)
            #expect(over.states.last?.state == .activated && over.states.last?.phase == nil)
            #expect(bench.tell(.contactorClosed(SessionID(known: "S1"), .unlimited)).published.isEmpty)
        }
    }

    @Test("S3: a vehicle that takes nothing any more is said to have suspended its charge, once")
    func suspended() {
        var bench = Bench(online: true)
        bench.load = Load(steps: [Load.Step(until: Energy(wattHours: 30), power: Power(watts: 36_000))])
        bench.tell(.command(start("S1", duration: .seconds(10))))
        #expect(bench.pass(.seconds(9)).states.map(\.phase) == [.suspendedVehicle])
    }

    @Test(
        "S4: a STOP of a session whose record may have been kept once is refused, never answered with zero; of a later one it is, also after compaction"
    )
    func forgotten() {
        func id(_ number: Int) -> SessionID { SessionID(known: "01M8HMTCS4M923TXA0XS48R\(100 + number)") }
        func record(_ number: Int) -> SessionRecord {
            SessionRecord(
                session: id(number), driver: alice, meter: meter, startRegister: Energy(wattHours: Int64(number)),
                endRegister: Energy(wattHours: Int64(number) + 1), cost: .zero, started: WallTime(milliseconds: 0), ended: WallTime(milliseconds: 1),
                endReason: .completed)
        }
        let entries = [.minted(meter)] + (0..<70).flatMap { [EngineEntry.ended(record($0)), .acknowledged(id($0))] }
        for memory in [EngineMemory(replaying: entries), EngineMemory(replaying: EngineMemory(replaying: entries).entries)] {
            var bench = Bench(memory: memory)
            let refused = bench.tell(.command(command(.stop(id(5)), id: "c-2")))
            #expect(refused.refusals.map(\.session) == [id(5)] && refused.records.isEmpty)
            #expect(bench.tell(.command(command(.stop(id(6))))).records == [record(6)])
            #expect(bench.tell(.command(command(.stop(id(99))))).records.map(\.endReason) == [.neverStarted])
            // Whoever stops what never was makes it forget nothing.
            for number in 0..<200 {
                let session = SessionID(known: "01Z8HMTCS4M923TXA0XS48R\(100 + number)")
                bench.tell(.command(command(.stop(session))))
                bench.tell(.command(command(.ack(session, of: nil))))
            }
            #expect(bench.tell(.command(command(.stop(id(69))))).records == [record(69)])
            #expect(bench.tell(.command(command(.stop(id(98))))).records.map(\.endReason) == [.neverStarted])
        }
    }

    @Test("P8: a birth is info, unacknowledged records, state; a meter is minted first")
    func birth() throws {
        let bench = Bench()
        guard case .journal(.minted) = bench.log.first else { return #expect(Bool(false), "no meter was minted") }
        let published = bench.log.published
        guard case .info(let info) = try #require(published.first), case .state(let state) = try #require(published.last) else {
            return #expect(Bool(false), "a birth is info and state, not \(published)")
        }
        #expect(info.epoch == 100)
        #expect(state.seq == 1)
        #expect(state.state == .activated)
        #expect(state.meter == info.meter)
    }

    @Test("S3: journal before supply, register before telemetry; SUPPLYING and SESSION_STARTED; one reading a second")
    func charge() throws {
        var bench = Bench()
        let started = bench.tell(.command(start("S1")))
        guard case .journal(.started) = try #require(started.first) else { return #expect(Bool(false), "the session must be journalled first") }
        #expect(started.states.map(\.state) == [.supplying])
        #expect(started.events.count == 1)
        let during = bench.pass(.milliseconds(9900))
        #expect(during.readings.map(\.energy.wattHours) == [10, 20, 30, 40, 50, 60, 70, 80, 90])
        #expect(during.readings.map(\.seq) == Array(1...9))
        #expect(during.readings.map(\.cost.microEuro).first == 3000)
        for (index, action) in during.enumerated() {
            guard case .publish(.telemetry(let telemetry)) = action else { continue }
            #expect(during[index - 1] == .journal(.register(telemetry.register)))
        }
    }

    @Test("S3: nothing is supplied, said or counted before the journal has the session and the contactor is closed")
    func contactor() throws {
        var bench = Bench()
        bench.hardwareObeys = false
        let session = SessionID(known: "S1")
        let ordered = bench.tell(.command(start("S1")))
        #expect(ordered.last == .closeContactor(session))
        #expect(ordered.published.isEmpty)
        #expect(bench.engine.state == .activated)
        #expect(bench.pass(.seconds(4)).readings.isEmpty)
        #expect(bench.tell(.command(start("S1"))).isEmpty, "P12: twice is once")
        #expect(bench.tell(.command(start("S2"))).published.count == 1, "another one is refused")
        #expect(bench.tell(.contactorClosed(SessionID(known: "S2"), .unlimited)).isEmpty)
        #expect(bench.tell(.contactorClosed(session, .unlimited)).states.map(\.state) == [.supplying])
        #expect(try #require(bench.pass(.seconds(10)).records.first).energy.wattHours == 100, "the ten seconds begin with the energy")
    }

    @Test("P12: a START whose journal took too long, or whose process stood still meanwhile, starts nothing (seed 21978)")
    func lateJournal() throws {
        var bench = Bench()
        bench.journalObeys = false
        let session = SessionID(known: "S1")
        #expect(bench.tell(.command(start("S1"))).last == .ready(session))
        #expect(bench.tell(.ready(SessionID(known: "S2"))).isEmpty)
        bench.pass(.milliseconds(2001))
        let late = bench.tell(.ready(session))
        let record = try #require(late.records.first)
        #expect(record.endReason == .neverStarted && record.energy == .zero)
        #expect(!late.contains(.closeContactor(session)))
        #expect(late.states.map(\.state) == [.activated])
        #expect(bench.tell(.ready(session)).isEmpty)
        bench.tell(.command(start("S3")))
        bench.pass(.milliseconds(2000))
        #expect(bench.tell(.ready(SessionID(known: "S3"))).first == .closeContactor(SessionID(known: "S3")))
    }

    @Test(
        "S3, S4: what ends a session before the contactor is closed ends it with no energy, and the contactor's late answer starts nothing",
        arguments: [
            (.command(command(.stop(SessionID(known: "S1")))), .neverStarted, .activated), (.command(command(.outOfOrder)), .outOfOrder, .stopped),
            (.fault("no ground"), .fault, .faulty), (.stop, .shutdown, .activated),
        ] as [(EngineCore.Event, EndReason, LifecycleState)])
    func endsBeforeContactor(_ event: EngineCore.Event, _ reason: EndReason, _ state: LifecycleState) throws {
        var bench = Bench()
        bench.hardwareObeys = false
        bench.tell(.command(start("S1")))
        bench.pass(.seconds(1))
        let record = try #require(bench.tell(event).records.first)
        #expect(record.energy == .zero)
        #expect(record.endReason == reason)
        #expect(bench.tell(.contactorClosed(SessionID(known: "S1"), .unlimited)).isEmpty)
        #expect(bench.engine.state == state)
    }

    @Test("S4: it stops by itself, at the time or at the energy, whichever is first: journal, SESSION_ENDED, state")
    func ends() throws {
        for (energy, duration, expected, after, reason) in [
            (nil, nil, 100, 10, .completed), (nil, .seconds(3), 30, 3, .completed), (25, nil, 25, 3, .target), (500, .seconds(5), 50, 5, .completed),
        ] as [(Int64?, Duration?, Int64, Int, EndReason)] {
            var bench = Bench()
            bench.tell(.command(start("S1", energy: energy, duration: duration)))
            let actions = bench.pass(.seconds(Int64(after)))
            let record = try #require(actions.records.first)
            #expect(record.energy.wattHours == expected)
            #expect(record.endReason == reason)
            #expect(actions.states.last?.state == .activated)
            let journal = try #require(actions.firstIndex(of: .journal(.ended(record))))
            let published = try #require(actions.firstIndex { if case .publish(.event) = $0 { true } else { false } })
            let state = try #require(actions.firstIndex { if case .publish(.state) = $0 { true } else { false } })
            #expect(journal < published && published < state)
        }
    }

    @Test("S3: a vehicle takes what it can: the power goes down with its load, and when it is full nothing flows for the rest of its stay")
    func load() throws {
        var bench = Bench()
        bench.load = Load(steps: [
            Load.Step(until: Energy(wattHours: 20), power: Power(watts: 90_000)),
            Load.Step(until: Energy(wattHours: 40), power: Power(watts: 18_000)),
        ])
        bench.tell(.command(start("S1")))
        let actions = bench.pass(.seconds(10))
        #expect(actions.readings.map(\.power.watts) == [36_000, 18_000, 18_000, 18_000, 18_000, 0, 0, 0, 0])
        #expect(actions.readings.map(\.energy.wattHours) == [10, 20, 25, 30, 35, 40, 40, 40, 40])
        let record = try #require(actions.records.first)
        #expect(record.energy == Energy(wattHours: 40))
        #expect(record.endReason == .completed)
        bench.tell(.command(start("S2", energy: 25)))
        #expect(bench.pass(.seconds(3)).records.first { $0.session == SessionID(known: "S2") }?.endReason == .target)
        bench.tell(.command(start("S3", energy: 41)))
        #expect(bench.pass(.seconds(10)).records.first { $0.session == SessionID(known: "S3") }?.endReason == .completed, "it never gets there")
    }

    @Test("S4: SESSION_ENDED is resent with backoff from 1 s until its ACK, and then no more")
    func resent() {
        var bench = Bench()
        bench.tell(.command(start("S1")))
        bench.pass(.milliseconds(10_001))
        #expect(bench.pass(.milliseconds(999)).records.count == 1)
        #expect(bench.pass(.milliseconds(1990)).records.isEmpty)
        #expect(bench.pass(.milliseconds(20)).records.count == 1)
        #expect(bench.tell(.command(command(.ack(SessionID(known: "S1"), of: nil)))).journalled == [.acknowledged(SessionID(known: "S1"))])
        #expect(bench.pass(.seconds(120)).records.isEmpty)
        #expect(bench.engine.deadline == nil)
    }

    @Test("S4, S6: an ACK of the record of another meter, which a copy of this engine made, is not taken for its own")
    func acknowledgedCopy() throws {
        var bench = Bench()
        let session = SessionID(known: "S1")
        bench.tell(.command(start("S1")))
        let record = try #require(bench.pass(.milliseconds(10_001)).records.first)
        #expect(bench.tell(.command(command(.ack(session, of: MeterID(known: "m-copy"))))).isEmpty)
        #expect(bench.pass(.seconds(3)).records == [record, record])
        #expect(bench.tell(.command(command(.ack(session, of: record.meter)))).journalled == [.acknowledged(session)])
        #expect(bench.pass(.seconds(120)).records.isEmpty)
    }

    @Test("S4: whoever stops sessions that he invents fills no journal, and keeps nobody's bill from coming")
    func inventedSessions() throws {
        var bench = Bench()
        for number in 1...13_000 { bench.tell(.command(command(.stop(SessionID(known: "X\(number)"))))) }
        #expect(bench.engine.memory.unacknowledged.count == 64 && bench.engine.memory.records.count == 64)
        bench.tell(.command(start("S1")))
        #expect(bench.pass(.milliseconds(10_001)).records.contains { $0.session == SessionID(known: "S1") && $0.endReason == .completed })
        // Whoever really means it says it again.
        #expect(bench.tell(.command(command(.stop(SessionID(known: "T1"))))).records.isEmpty)
        bench.tell(.command(command(.ack(SessionID(known: "X1"), of: nil))))
        #expect(bench.tell(.command(command(.stop(SessionID(known: "T1"))))).records.map(\.session) == [SessionID(known: "T1")])
    }

    @Test("S4, P8: the records of a long absence of Central's come 64 at a time, the oldest first, and none waits behind one that is not wanted")
    func manyRecords() throws {
        let ids = (1...1000).map { SessionID(known: "S\($0)") }
        let old = SessionID(known: "S1")
        var memory = EngineMemory()
        memory.apply(.minted(meter))
        for (number, id) in ids.enumerated() {
            memory.apply(
                .ended(
                    SessionRecord(
                        session: id, driver: alice, meter: meter, startRegister: Energy(wattHours: Int64(number)),
                        endRegister: Energy(wattHours: Int64(number + 1)), cost: .zero, started: WallTime(milliseconds: 0),
                        ended: WallTime(milliseconds: 1), endReason: .completed)))
        }
        var bench = Bench(memory: memory, online: false)
        var said = bench.tell(.online(100)).records
        #expect(said.map(\.session) == Array(ids[..<64]))
        var acknowledged: Set<SessionID> = []
        var most = 0
        while acknowledged.count < 999 {
            // Central takes all but the first, and some only the second time.
            var next: [SessionRecord] = []
            for record in said where record.session != old {
                guard acknowledged.insert(record.session).inserted else { continue }
                next += bench.tell(.command(command(.ack(record.session, of: nil)))).records
            }
            most = max(most, next.count)
            said = next.isEmpty ? bench.pass(.seconds(1)).records : next
        }
        #expect(most <= 64 && bench.engine.memory.unacknowledged == [old])
        #expect(bench.pass(.seconds(31)).records.map(\.session).contains(old))
    }

    @Test("S4, P8: an unacknowledged record is said again at each birth, before the state")
    func resentAtBirth() throws {
        var bench = Bench()
        bench.tell(.command(start("S1")))
        bench.pass(.seconds(10))
        bench.tell(.offline)
        let birth = bench.tell(.online(101))
        #expect(birth.records.count == 1)
        guard case .state(let state) = try #require(birth.published.last) else { return #expect(Bool(false)) }
        #expect(state.seq == 1)
    }

    @Test("P12: START twice is once; a START for what has ended is answered by its record and not supplied again")
    func startTwice() {
        var bench = Bench()
        bench.tell(.command(start("S1")))
        #expect(bench.tell(.command(start("S1"))).isEmpty)
        bench.pass(.seconds(10))
        let again = bench.tell(.command(start("S1")))
        #expect(again.records.count == 1)
        #expect(again.states.isEmpty)
        #expect(bench.engine.state == .activated)
    }

    @Test("S4: every STOP is answered by a record: of the running session, of an ended one, of one that never started")
    func stop() throws {
        var bench = Bench()
        bench.tell(.command(start("S1")))
        bench.pass(.milliseconds(2500))
        let stopped = bench.tell(.command(command(.stop(SessionID(known: "S1")))))
        #expect(stopped.records.first?.energy.wattHours == 25)
        #expect(stopped.records.first?.endReason == .stopped)
        #expect(bench.tell(.command(command(.stop(SessionID(known: "S1"))))).records == stopped.records)
        let never = bench.tell(.command(command(.stop(SessionID(known: "S2")))))
        let record = try #require(never.records.first)
        #expect(never.first == .journal(.ended(record)))
        #expect(record.endReason == .neverStarted)
        #expect(record.driver == nil && record.started == nil && record.energy == .zero)
        let refused = bench.tell(.command(start("S2")))
        #expect(refused.refusals.count == 1)
        #expect(bench.engine.state == .activated)
    }

    @Test("S12: a START for a card that nobody held to this station is refused: nobody is charged for a forged request")
    func nobodyAsked() {
        var bench = Bench(online: true)
        var command = start("S1")
        if case .start(var order) = command.kind {
            order.request = RequestID(known: "q1")
            command.kind = .start(order)
        }
        let said = bench.tell(.command(command))
        #expect(said.refusals.map(\.reason) == ["nobody asks here with a card"] && said.refusals.map(\.session) == [SessionID(known: "S1")])
        #expect(said.journalled.isEmpty && bench.tell(.command(start("S2"))).journalled.count == 1)
    }

    @Test("S3: a busy or stopped engine refuses START and says why")
    func refuses() {
        var bench = Bench()
        bench.tell(.command(start("S1")))
        #expect(bench.tell(.command(start("S2"))).refusals.first?.reason == "charging driver-alice")
        bench.pass(.seconds(10))
        bench.tell(.command(command(.outOfOrder)))
        #expect(bench.tell(.command(start("S3"))).refusals.first?.reason == "out of order")
        bench.tell(.command(command(.resume, id: "c-2")))
        bench.tell(.fault("relay welded"))
        #expect(bench.tell(.command(start("S4"))).refusals.first?.reason == "relay welded")
        #expect(bench.tell(.fault(nil)).states.last?.state == .activated)
    }

    @Test("S8: out of order ends the session first")
    func outOfOrder() {
        var bench = Bench()
        bench.tell(.command(start("S1")))
        bench.pass(.milliseconds(1500))
        let actions = bench.tell(.command(command(.outOfOrder)))
        #expect(actions.records.first?.endReason == .outOfOrder)
        #expect(actions.states.map(\.state) == [.stopped])
        #expect(bench.tell(.command(command(.resume, id: "c-2"))).states.map(\.state) == [.activated])
    }

    @Test("P12, S8: an operator's wish that comes twice, the second time after a newer one, counts once (seed 61142)")
    func wishTwice() {
        var bench = Bench()
        bench.tell(.command(command(.outOfOrder)))
        bench.tell(.command(command(.resume, id: "c-2")))
        #expect(bench.tell(.command(command(.outOfOrder))).isEmpty)
        #expect(bench.engine.state == .activated)
        bench.tell(.command(command(.outOfOrder, id: "c-3")))
        #expect(bench.tell(.command(command(.resume, id: "c-2"))).isEmpty)
        #expect(bench.engine.state == .stopped)
    }

    @Test("P6: a command of an older Central is dropped, one without an epoch is not")
    func epochs() {
        var bench = Bench()
        bench.tell(.centralStatus(CentralStatus(epoch: 9, online: true)))
        #expect(bench.tell(.command(start("S1", epoch: 8))).isEmpty)
        #expect(!bench.tell(.command(start("S1", epoch: nil))).isEmpty)
    }

    @Test("P8: a new Central epoch makes it repeat its birth within 500 ms; the same epoch does not")
    func repeats() {
        var bench = Bench()
        bench.tell(.centralStatus(CentralStatus(epoch: 9, online: true)))
        #expect(bench.pass(.milliseconds(500)).states.count == 1)
        bench.tell(.centralStatus(CentralStatus(epoch: 9, online: true)))
        #expect(bench.pass(.seconds(5)).states.isEmpty)
        #expect(bench.tell(.command(command(.rebirth, epoch: 9))).states.count == 1)
    }

    @Test("P8: whoever asks for its birth between two connections costs it nothing: the next begins with one (stranger, seed 106642)")
    func askedBetweenConnections() {
        var bench = Bench()
        bench.tell(.offline)
        for _ in 0..<5 { #expect(bench.tell(.command(command(.rebirth))).isEmpty) }
        #expect(bench.engine.deadline == nil)
        #expect(bench.tell(.online(8)).states.count == 1)
        #expect(bench.pass(.seconds(15)).states.isEmpty)
    }

    @Test("F2, S3: the engine that died while charging finds the session in its journal, and reports it as interrupted, once")
    func crash() throws {
        var bench = Bench()
        bench.tell(.command(start("S1")))
        bench.pass(.milliseconds(3500))
        let journal = bench.log.journalled
        let memory = EngineMemory(replaying: journal)
        let again = Bench(memory: memory)
        let record = try #require(again.log.records.first)
        #expect(record.endReason == .interrupted)
        #expect(record.energy.wattHours == 30)
        let third = Bench(memory: EngineMemory(replaying: journal + again.log.journalled))
        #expect(third.log.records == [record])
        #expect(third.log.journalled.isEmpty)
    }

    @Test("F7, F9: it goes on charging without the bus, and the next connection begins with its state")
    func offline() throws {
        var bench = Bench()
        bench.tell(.command(start("S1")))
        bench.pass(.milliseconds(2500))
        bench.tell(.offline)
        let dark = bench.pass(.seconds(3))
        #expect(dark.published.isEmpty)
        #expect(dark.journalled.count == 3)
        #expect(bench.tell(.online(101)).states.map(\.state) == [.supplying])
        #expect(bench.pass(.seconds(5)).records.first?.energy.wattHours == 100)
    }

    @Test("F3: after standing still the engine bills what it delivered until its end, not until it woke")
    func stall() {
        var bench = Bench()
        bench.tell(.command(start("S1")))
        bench.clock.advance(.seconds(25))
        let actions = bench.tell(.offline)
        #expect(actions.records.first?.energy.wattHours == 100)
        #expect(actions.records.first?.ended.milliseconds == 1_795_485_610_000)
    }

    @Test("P10: a clean stop ends the session, says goodbye with the state, and nothing after it")
    func stopCleanly() throws {
        var bench = Bench()
        bench.tell(.command(start("S1")))
        bench.pass(.milliseconds(1500))
        let actions = bench.tell(.stop)
        #expect(actions.records.first?.endReason == .shutdown)
        guard case .farewell(.state(let state)) = try #require(actions.last) else { return #expect(Bool(false)) }
        #expect(state.state == .disconnected)
        #expect(state.reason == "stopped")
        #expect(state.seq != nil)
        #expect(bench.tell(.command(start("S2"))).isEmpty)
    }

    @Test("P9: an overwritten state is published again with a new seq")
    func overwritten() {
        var bench = Bench()
        #expect(bench.tell(.overwritten(number: 1)).states.map(\.seq) == [2])
        #expect(bench.tell(.overwritten(number: 40)).states.map(\.seq) == [41])
    }

    @Test("P12: the last 64 records and all unacknowledged ones are kept")
    func keeps() {
        var memory = EngineMemory()
        memory.apply(.minted(meter))
        func record(_ index: Int) -> SessionRecord {
            SessionRecord(
                session: SessionID(known: "S\(index)"), driver: alice, meter: meter, startRegister: .zero, endRegister: .zero, cost: .zero,
                started: nil,
                ended: WallTime(milliseconds: 0), endReason: .completed)
        }
        for index in 0..<100 {
            memory.apply(.ended(record(index)))
            if index >= 5 { memory.apply(.acknowledged(SessionID(known: "S\(index)"))) }
        }
        #expect(memory.records.count == 69)
        #expect(memory.unacknowledged.count == 5)
        #expect(memory.record(of: SessionID(known: "S0")) != nil)
        #expect(memory.record(of: SessionID(known: "S35")) == nil)
        #expect(EngineMemory(replaying: memory.entries) == memory)
    }

    @Test("S3, I3: whatever comes in whatever order, the register never goes down and is the sum of the records", arguments: 0..<60)
    func randomEvents(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        var bench = Bench()
        var epoch: Epoch = 100
        var records: [SessionID: SessionRecord] = [:]
        var journal = bench.log.journalled
        var register = Energy.zero
        for step in 0..<400 {
            let session = "S\(Int.random(in: 0...step / 8, using: &random))"
            let event: EngineCore.Event =
                switch Int.random(in: 0..<14, using: &random) {
                case 0...3: .command(start(session, energy: Bool.random(using: &random) ? 13 : nil))
                case 4: .command(command(.stop(SessionID(known: session))))
                case 5, 6: .command(command(.ack(SessionID(known: session), of: nil)))
                case 7: .command(command(.outOfOrder))
                case 8, 9: .command(command(.resume))
                case 10: .offline
                case 11: .fault(Bool.random(using: &random) ? "hot" : nil)
                case 12: .command(command(.rebirth))
                default: .overwritten(number: 0)
                }
            if Int.random(in: 0..<5, using: &random) == 0 {
                epoch += 1
                bench.tell(.online(epoch))
            }
            var actions = bench.tell(event) + bench.pass(random.duration(below: .seconds(6)))
            if Int.random(in: 0..<20, using: &random) == 0 {
                // A crash: all that is left is the journal.
                let before = bench.clock
                bench = Bench(memory: EngineMemory(replaying: journal + actions.journalled), online: false)
                bench.clock = before
                actions += bench.log
            }
            journal += actions.journalled
            for case .ended(let record) in actions.journalled {
                #expect(records.updateValue(record, forKey: record.session) == nil, "\(record.session) ended twice")
            }
            #expect(bench.engine.memory.register >= register)
            register = bench.engine.memory.register
        }
        if let active = bench.engine.memory.active { bench.tell(.command(command(.stop(active.session)))) }
        for case .ended(let record) in bench.log.journalled { records[record.session] = record }
        #expect(records.values.map(\.energy.wattHours).reduce(0, +) == bench.engine.memory.register.wattHours)
    }
}
