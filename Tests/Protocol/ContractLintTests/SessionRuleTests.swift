import ChargingModel
import ContractLint
import Testing

/// The rules of a session and the invariants, each broken once.
@Suite("Rules of a session") struct SessionRuleTests {
    static let other = SessionID(known: "01JDOTHER")

    /// A point that is there, and Central.
    private func bus() -> Bus {
        var bus = Bus()
        _ = bus.central()
        bus.birth()
        return bus
    }

    @Test("S1: ACCEPTED comes before START, and fixes the price")
    func decided() {
        var bus = bus()
        #expect(bus.command(.start(bus.order)).breaches == [.s1])
        let byHand = StartOrder(session: Self.other, driver: Bus.driver, price: Bus.price, energyTarget: nil, duration: nil)
        #expect(bus.command(.start(byHand), id: "h", epoch: nil).isEmpty)
        bus = self.bus()
        #expect(bus.charge().isEmpty)
        #expect(bus.reading(12, elapsed: 2, cost: 9000).breaches == [.s1])
        #expect(bus.reading(18, elapsed: 3, cost: 5700).isEmpty)
    }

    @Test("S2: START is never sent again; a request asks for one thing")
    func once() {
        var bus = bus()
        #expect(bus.charge().isEmpty)
        #expect(bus.command(.start(bus.order), id: "c-9").breaches == [.s2])
        #expect(bus.ask("r-7").isEmpty)
        #expect(bus.ask("r-7").isEmpty)
        #expect(bus.ask("r-7", at: nil).breaches == [.s2])
    }

    @Test("S3: no readings but while SUPPLYING that session, from the second one on")
    func place() {
        var bus = bus()
        // One may have overtaken its state.
        #expect(bus.reading(6, elapsed: 1).isEmpty)
        #expect(bus.reading(12, elapsed: 2).says("while the state is ACTIVATED"))
        _ = bus.state(.supplying, session: Self.other)
        _ = bus.event(bus.started(Self.other))
        #expect(bus.reading(1, elapsed: 1, session: Bus.session, register: 1012).breaches.isEmpty)
        #expect(bus.reading(2, elapsed: 1, session: Bus.session, register: 1012).breaches == [.s3])
    }

    @Test("S3: SUPPLYING names its session; SESSION_STARTED comes before the second reading")
    func beginning() {
        var bus = bus()
        let state = #"{"epoch":2,"seq":2,"cp":"MY-1","state":"SUPPLYING","driver":"d","# + BusRuleTests.state
        #expect(bus.say("cp/MY-1/state", state).breaches == [.s3])
        _ = bus.state(.supplying, session: Bus.session)
        #expect(bus.reading(6, elapsed: 1).isEmpty)
        #expect(bus.reading(12, elapsed: 2).breaches == [.s3])
    }

    @Test("S3: after a new connection SUPPLYING is said again, SESSION_STARTED is not")
    func reconnected() {
        var bus = bus()
        bus.charge()
        bus.stateSeq = 0
        bus.telemetrySeq = 0
        #expect(bus.hear(Bus.info(epoch: 3)).isEmpty)
        #expect(bus.state(.supplying, session: Bus.session, epoch: 3, register: 1012).isEmpty)
        #expect((bus.reading(18, elapsed: 3, epoch: 3) + bus.reading(24, elapsed: 4, epoch: 3)).isEmpty)
    }

    @Test("S3: a reading a second, by the engine's own clock", arguments: [(5, true), (1, false), (0, true)])
    func pace(_ seconds: Int64, _ isWrong: Bool) {
        var bus = bus()
        bus.charge()
        var found: [Finding] = []
        for reading in Int64(2)...12 { found += bus.reading(reading * 6, elapsed: 1 + reading * seconds) }
        #expect(found.breaches == (isWrong ? [.s3] : []), "\(found)")
    }

    @Test("S3: readings that are lost on the way are not the engine's pace")
    func lost() {
        var bus = bus()
        bus.charge()
        var found: [Finding] = []
        for reading in Int64(1)...6 { found += bus.reading(reading * 30, elapsed: 1 + reading * 5, seq: UInt64(1 + reading * 5)) }
        #expect(found.breaches.isEmpty, "\(found)")
        #expect(found.hints == [Rule](repeating: .p7, count: 6))
    }

    @Test("S3: START is answered within the time; a new connection may not have got it")
    func startAnswered() {
        var bus = bus()
        bus.accept()
        _ = bus.command(.start(bus.order))
        bus.pass(4)
        #expect(bus.late().breaches == [.s3])
        #expect(bus.late().isEmpty)
        bus = self.bus()
        bus.accept()
        _ = bus.command(.start(bus.order))
        bus.birth(epoch: 3)
        bus.pass(4)
        #expect(bus.late().isEmpty)
    }

    @Test("S4: SESSION_ENDED, then state; no reading after it")
    func end() {
        var bus = bus()
        bus.charge()
        #expect(bus.state(.activated, register: 1006).breaches == [.s4])
        bus = self.bus()
        bus.charge()
        bus.finish()
        #expect(bus.reading(36, elapsed: 11).breaches == [.s4])
    }

    @Test("S4: a record is told again until it is acknowledged, and is always the same")
    func record() {
        var bus = bus()
        bus.charge()
        bus.finish()
        #expect(bus.event(bus.record()).isEmpty)
        #expect(bus.event(bus.record(Bus.session, 31)).breaches == [.s4])
        _ = bus.command(.ack(Bus.session, of: nil), id: "c-2")
        #expect(bus.event(bus.record()).isEmpty)
        bus.pass(4)
        #expect(bus.event(bus.record()).says("after Central's ACK"))
        _ = bus.command(.stop(Bus.session), id: "c-3")
        #expect(bus.event(bus.record()).isEmpty)
    }

    @Test("S4: STOP is answered by the record; never_started has no energy")
    func stop() {
        var bus = bus()
        bus.charge()
        _ = bus.command(.stop(Bus.session), id: "c-2")
        bus.pass(4)
        #expect(bus.late().breaches == [.s4])
        #expect(bus.event(bus.record(Self.other, 5, register: 1030, reason: .neverStarted)).breaches == [.s4])
    }

    @Test("S6: one meter, that of info; a record is not below what was shown")
    func meters() {
        var bus = bus()
        bus.charge()
        #expect(bus.event(bus.record(Bus.session, 3)).breaches == [.s6])
        bus = self.bus()
        #expect(bus.event(bus.started(meter: MeterID(known: "m-2"))).breaches == [.s6])
    }

    @Test("I1: one session at a time")
    func oneSession() {
        var bus = bus()
        bus.charge()
        #expect(bus.state(.supplying, session: Self.other, register: 1006).breaches == [.i1])
    }

    @Test("I2: decisions and outcomes are repeated, never contradicted")
    func contradiction() {
        var bus = bus()
        bus.accept()
        #expect(bus.accept().isEmpty)
        #expect(bus.status(.denied(code: .busy, reason: "x", session: nil)).breaches == [.i2])
        #expect(bus.status(.denied(code: .centralStarting, reason: "x", session: nil)).isEmpty)
        _ = bus.status(.failed(session: Bus.session, energy: .zero, cost: .zero, complete: false, reason: "fault"))
        #expect(bus.status(.completed(session: Bus.session, energy: .zero, cost: .zero, complete: true)).breaches == [.i2])
    }

    @Test("I3: energy is what the register moved")
    func energy() {
        var bus = bus()
        bus.charge()
        #expect(bus.reading(12, elapsed: 2, register: 1040).breaches == [.i3])
        let record =
            #"{"epoch":2,"event":"SESSION_ENDED","cp":"MY-1","session":"01JDSESSION","driver":"d","meter":"m-1","meter_start_wh":1,"#
            + #""meter_end_wh":5,"#
        let times = #""started":"2026-11-28T06:00:00.000Z","ended":"2026-11-28T06:00:00.000Z","ts":"2026-11-28T06:00:00.000Z"}"#
        #expect(bus.say("cp/MY-1/event", record + #""energy_kwh":0.1,"cost_eur":0,"end_reason":"completed","# + times).breaches == [.i3])
    }

    @Test("I4: an outcome that is complete does not change")
    func complete() {
        var bus = bus()
        func outcome(_ wattHours: Int64, _ complete: Bool) -> DriverStatus.Kind {
            .failed(session: Bus.session, energy: Energy(wattHours: wattHours), cost: .zero, complete: complete, reason: "fault")
        }
        #expect((bus.status(outcome(5, false)) + bus.status(outcome(7, true)) + bus.status(outcome(7, true))).isEmpty)
        #expect(bus.status(outcome(8, true)).breaches == [.i4])
    }

    @Test("I5: nobody is accepted where the verdict is not ACTIVATED; an answer that is said again is none")
    func verdict() {
        var bus = bus()
        _ = bus.verdict(.faulty)
        #expect(bus.accept().isEmpty)
        _ = bus.ask("r-2")
        #expect(bus.accept(Self.other, request: "r-2").breaches == [.i5])
    }

    @Test("What was missed while away is nobody's fault")
    func interrupted() {
        var bus = bus()
        bus.charge()
        _ = bus.command(.stop(Bus.session), id: "c-2")
        bus.lint.interrupted()
        bus.pass(5)
        #expect(bus.late().isEmpty)
        #expect(bus.state(.activated, seq: 40, register: 1030).isEmpty)
    }
}
