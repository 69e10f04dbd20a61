import ChargingModel
import Testing

@testable import Chaos

@Suite struct ChaosTests {
    private let victims =
        [Victim(.broker), Victim(.central)]
        + (1...10).flatMap { number in
            let cp = "CP-\(number < 10 ? "00" : "0")\(number)"
            return [Victim(.engine, cp), Victim(.monitor, cp)]
        } + [Victim(.driver, "driver-alice")]

    private func plan(seed: UInt64, minutes: Int64 = 10) -> Plan {
        Plan(Plan.Settings(seed: seed, duration: .seconds(60 * minutes), every: .seconds(3), victims: victims.shuffled(), harms: Harm.allCases))
    }

    @Test("the same seed is the same plan, another seed another; everybody has its turn, and nobody is hit while it is down")
    func plans() {
        #expect(plan(seed: 42) == plan(seed: 42))
        #expect(plan(seed: 42) != plan(seed: 43))
        let faults = plan(seed: 42, minutes: 120).faults
        #expect(faults.allSatisfy { $0.at < .seconds(7200) })
        #expect((1800...3000).contains(faults.count), "about one in three seconds, fewer where somebody is down already: \(faults.count)")
        #expect(Set(faults.map(\.victim)) == Set(victims))
        #expect(Set(faults.map(\.harm)) == Set(Harm.allCases))
        for (_, faults) in Dictionary(grouping: faults, by: \.victim) {
            for (one, next) in zip(faults, faults.dropFirst()) { #expect(next.at >= one.at + one.lasting + .seconds(3)) }
        }
    }

    @Test(
        "the containers' names",
        arguments: [
            ("mosquitto", Victim(.broker)), ("ev-central", Victim(.central)), ("ev-cp-e-3", Victim(.engine, "CP-003")),
            ("ev-cp-m-10", Victim(.monitor, "CP-010")), ("ev-driver-eve", Victim(.driver, "driver-eve")),
        ])
    func containers(service: String, victim: Victim) {
        #expect(ComposeArena.victim(of: service) == victim)
        #expect(ComposeArena.service(of: victim) == service)
        #expect(ComposeArena.victim(of: "somebody-else") == nil)
    }

    private let cp = ChargePointID(known: "CP-001")
    private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

    private func verdict(_ verdict: Verdict) -> BusMessage {
        .verdict(
            VerdictReport(
                epoch: 1, cp: cp, verdict: verdict, available: verdict == .activated, why: "", session: nil, driver: nil, breaker: .closed,
                power: nil, price: nil, engineEpoch: 1, monitorEpoch: 1))
    }

    private func calm() -> ChaosWitness {
        var witness = ChaosWitness()
        witness.online(at: at(0))
        witness.hear(.centralStatus(CentralStatus(epoch: 1, online: true)), retained: false, at: at(0))
        witness.hear(verdict(.activated), retained: false, at: at(0))
        return witness
    }

    private func kill(_ victim: Victim) -> Fault { Fault(at: .zero, harm: .kill, victim: victim, lasting: .zero) }

    @Test("a fault is timed from when it was done to when it showed, and from its end to the service")
    func times() {
        var witness = calm()
        #expect(witness.isCalm)
        let number = witness.begin(kill(Victim(.engine, "CP-001")), at: at(10))
        witness.applied(number, at: at(10.5))
        witness.hear(verdict(.faulty), retained: false, at: at(10.6))
        #expect(!witness.isCalm && witness.missing == ["CP-001 is FAULTY"])
        witness.end(number, at: at(11.5))
        witness.hear(verdict(.activated), retained: false, at: at(13))
        #expect(witness.sightings[0].seen == .milliseconds(100) && witness.sightings[0].back == .milliseconds(1500))
        #expect(witness.isCalm && ChaosReport(witness).problems.isEmpty)
    }

    @Test("what shows too late is a problem, unless something else hid it")
    func late() {
        var witness = calm()
        let number = witness.begin(kill(Victim(.engine, "CP-001")), at: at(10))
        witness.applied(number, at: at(10))
        witness.hear(verdict(.faulty), retained: false, at: at(12))
        #expect(ChaosReport(witness).problems.count == 1)
        _ = witness.begin(kill(Victim(.broker)), at: at(11))
        #expect(ChaosReport(witness).problems.isEmpty)
    }

    @Test("what never shows is a problem, unless something else hid it, it could not be done, or the run was interrupted")
    func never() {
        var witness = calm()
        let number = witness.begin(kill(Victim(.engine, "CP-001")), at: at(10))
        witness.applied(number, at: at(10))
        witness.end(number, at: at(11))
        #expect(!witness.isCalm, "nobody has seen it dead, nor back")
        #expect(witness.missing == ["CP-001 engine is not back"])
        witness.settle(at: at(12.5))
        #expect(witness.isCalm)
        #expect(ChaosReport(witness).problems == ["CP-001 engine killed at 0.00 s: never seen"])
        #expect(ChaosReport(witness, isWhole: false).problems.isEmpty)
        _ = witness.begin(kill(Victim(.broker)), at: at(12.6))
        #expect(ChaosReport(witness).problems.isEmpty)
    }

    @Test("what could not be done does not count, and a plan of which nothing could be done is a problem")
    func withdrawn() {
        var witness = calm()
        let number = witness.begin(kill(Victim(.engine, "CP-001")), at: at(10))
        witness.withdraw(number)
        #expect(witness.isCalm)
        let report = ChaosReport(witness)
        #expect(report.done == 0 && report.problems == ["none of the 1 faults could be done"])
        let next = witness.begin(kill(Victim(.engine, "CP-001")), at: at(11))
        #expect(!witness.sightings[next].isDisturbed, "by what never was")
    }

    @Test("a restart that ends the run is felt before the run is calm")
    func lastRestart() {
        var witness = calm()
        let fault = Fault(at: .zero, harm: .restart, victim: Victim(.central), lasting: .zero)
        let number = witness.begin(fault, at: at(10))
        witness.applied(number, at: at(10))
        witness.end(number, at: at(10))
        #expect(!witness.isCalm)
        witness.hear(.centralStatus(CentralStatus(epoch: 1, online: false)), retained: false, at: at(10.4))
        #expect(!witness.isCalm)
        witness.hear(.centralStatus(CentralStatus(epoch: 2, online: true)), retained: false, at: at(10.9))
        #expect(witness.isCalm && ChaosReport(witness).problems.isEmpty)
    }

    @Test("I2: two answers to one request, two outcomes of one session are a problem; repeats are none")
    func contradictions() {
        let alice = DriverID(known: "driver-alice")
        func say(_ kind: DriverStatus.Kind) -> BusMessage {
            .status(DriverStatus(epoch: 1, driver: alice, request: RequestID(known: "R1"), cp: cp, kind: kind))
        }
        let session = SessionID(known: "S1")
        let accepted = say(.accepted(session: session, power: Power(watts: 1), price: Price(microEuroPerKilowattHour: 1)))
        let completed = say(.completed(session: session, energy: .zero, cost: .zero, complete: true))
        var witness = calm()
        for message in [accepted, completed, accepted, completed] { witness.hear(message, retained: false, at: at(1)) }
        #expect(witness.accepted == 1 && witness.completed == 1 && witness.contradictions.isEmpty)
        witness.hear(say(.denied(code: .busy, reason: "", session: nil)), retained: false, at: at(2))
        witness.hear(say(.failed(session: session, energy: .zero, cost: .zero, complete: true, reason: "fault")), retained: false, at: at(2))
        #expect(ChaosReport(witness).problems.count == 2)
    }
}
