import Ledger
import Testing

@testable import ChargingModel

/// An engine that is on the bus while its station is not reachable, and one whose meter is another after it connected anew.
@Suite("Stations that are away, meters that change (S5, S6)") struct CentralCoreAwayTests {
    private static let reason = "the station is not reachable"

    @discardableResult
    private func away(_ bench: inout CentralCoreBench, _ session: SessionID, epoch: Epoch = 10) -> [CentralCore.Action] {
        bench.state(.disconnected, epoch: epoch, session: session, reason: Self.reason)
    }

    @Test("verdict DISCONNECTED with the reason, requests are denied, the driver is told once, and no STOP goes out")
    func told() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("r1")
        let said = away(&bench, session)
        #expect(
            said.verdicts == [.disconnected]
                && said.messages.contains { if case .verdict(let report) = $0 { report.why == Self.reason } else { false } })
        #expect(said.statuses.count == 1 && said.commands.isEmpty)
        #expect(away(&bench, session).statuses.isEmpty, "said again it is no news")
        #expect(bench.request("r2", by: bob).denials == [.disconnected])
        #expect(bench.pass(.seconds(50)).commands.isEmpty && bench.book.sessions[session]?.isOpen == true)
    }

    @Test("a station that is back goes on as if nothing had been; what it was away adds up to nothing")
    func back() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("r1")
        for _ in 1...3 {
            away(&bench, session)
            #expect(bench.pass(.seconds(50)).outcomes.isEmpty)
            let said = bench.state(.supplying, session: session)
            #expect(said.verdicts == [.supplying] && said.commands.isEmpty)
            #expect(bench.pass(.seconds(5)).outcomes.isEmpty)
        }
        #expect(bench.ended(bench.record(session)).outcomes == [.completed])
    }

    @Test("after 60 s it is closed as interrupted, counts for the breaker, and its record completes it; STOP is said when the station is back")
    func interrupted() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("r1")
        away(&bench, session)
        let closed = bench.pass(.seconds(75))
        #expect(closed.failures == ["interrupted"] && closed.commands == [.stop(session)])
        #expect(bench.book.sessions[session]?.isComplete == false)
        #expect(bench.pass(.seconds(300)).commands.isEmpty, "an engine whose station is away is not told every minute")
        #expect(bench.state(.supplying, session: session).commands == [.stop(session)])
        #expect(bench.ended(bench.record(session, 70)).outcomes == [.failed])
        #expect(bench.book.sessions[session]?.isComplete == true && bench.book.sessions[session]?.energy == Energy(wattHours: 70))
    }

    @Test("a station at rest that is back is told what the operator wants by now (simulator, seeds 94 and 3031)")
    func resumed() {
        var bench = CentralCoreBench.ready()
        #expect(bench.tell(.ask(.outOfOrder(cp1), 1)).commands == [.outOfOrder])
        bench.state(.stopped)
        bench.state(.disconnected, reason: Self.reason)
        bench.tell(.ask(.resume(cp1), 2))
        #expect(bench.state(.stopped).commands == [.resume])
    }

    @Test("a station that charged on where OUT_OF_ORDER met it is told RESUME when it comes to rest, said while nobody heard it (seed 1367)")
    func takenBack() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("r1")
        #expect(bench.tell(.ask(.outOfOrder(cp1), 1)).commands.contains(.outOfOrder))
        bench.tell(.ask(.resume(cp1), 2))
        #expect(!bench.state(.supplying, epoch: 11, session: session).commands.contains(.resume), "it charges, and is not STOPPED")
        #expect(bench.state(.stopped, epoch: 11).commands == [.resume])
        #expect(bench.state(.stopped, epoch: 11).commands.isEmpty)
    }

    @Test("it has the session that it names: that confirms START, and keeps the record of another meter from closing it")
    func confirms() throws {
        var bench = CentralCoreBench.ready()
        let session = try #require(bench.request("r1").accepted)
        away(&bench, session)
        #expect(bench.pass(.seconds(10)).outcomes.isEmpty && bench.book.sessions[session]?.isConfirmed == true)
        let stray = bench.ended(bench.record(session, 5, meter: MeterID(known: "m-2")))
        #expect(stray.outcomes.isEmpty && bench.book.sessions[session]?.isOpen == true && bench.book.strays.count == 1)
    }

    @Test("without a session it is a clean stop, as ever")
    func cleanStop() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("r1")
        let said = bench.state(.disconnected, reason: StateReport.stopped)
        #expect(said.messages.contains { if case .verdict(let report) = $0 { report.why == "engine stopped" } else { false } })
        #expect(bench.ended(bench.record(session, 5, reason: .shutdown)).outcomes == [.failed])
    }

    @Test("S6: another meter after a new connection: the session's own meter's record closes it, readings of the other count for nothing")
    func otherMeter() throws {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("r1")
        bench.telemetry(session, 10, seq: 1)
        let other = MeterID(known: "m-2")
        bench.receive(
            .info(
                ChargePointInfo(
                    epoch: 20, cp: cp1, power: Power(watts: 36_000), price: Price(microEuroPerKilowattHour: 300_000), kind: "Fast DC", meter: other,
                    software: "test")))
        func state(_ state: LifecycleState, _ session: SessionID?) -> BusMessage {
            .state(
                StateReport(
                    epoch: 20, seq: bench.seqs[cp1, default: 0] + 1, cp: cp1, state: state, session: session, driver: alice, meter: other,
                    register: .zero, reason: "test"))
        }
        bench.receive(state(.supplying, session))
        bench.pass(.seconds(5))
        let reading = Telemetry(
            epoch: 20, seq: 1, cp: cp1, session: session, driver: alice, meter: other, power: Power(watts: 36_000), energy: Energy(wattHours: 40),
            register: Energy(wattHours: 40), cost: .zero, elapsedSeconds: 4)
        #expect(bench.receive(.telemetry(reading)).statuses.isEmpty && bench.core.counters.readingsDoubted == 1)
        #expect(bench.core.sessions[session]?.seen.energy == Energy(wattHours: 10))
        let said = bench.ended(bench.record(session, 12, reason: .stopped), epoch: 20)
        #expect(said.outcomes == [.completed] && said.commands.contains(.ack(session, of: meter)))
        let held = try #require(bench.book.sessions[session])
        #expect(held.isComplete && held.energy == Energy(wattHours: 12) && held.billedMeter == meter)
        // The next one is the other meter's.
        bench.seqs[cp1, default: 0] += 1
        bench.receive(state(.activated, nil))
        bench.pass(.seconds(1))
        let next = try #require(bench.request("r2").accepted)
        #expect(bench.book.sessions[next]?.assignment.meter == other)
    }

    @Test("S6: a record of the other meter is put aside; what was seen is billed until the own meter's comes")
    func otherMeterRecord() throws {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("r1")
        bench.telemetry(session, 10, seq: 1)
        let other = MeterID(known: "m-2")
        bench.state(.activated, epoch: 20)
        bench.ended(bench.record(session, 3, meter: other), epoch: 20)
        #expect(bench.book.sessions[session]?.isOpen == false && bench.book.sessions[session]?.isComplete == false)
        #expect(bench.book.sessions[session]?.energy == Energy(wattHours: 10) && bench.book.strays.count == 1)
        bench.ended(bench.record(session, 12), epoch: 20)
        #expect(bench.book.sessions[session]?.isComplete == true && bench.book.sessions[session]?.energy == Energy(wattHours: 12))
    }
}
