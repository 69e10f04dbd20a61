import ChargingModel
import Foundation
import Settings
import Testing

@testable import Chaos

@Suite struct ChaosTests {
    private let victims =
        [FaultTarget(.broker), FaultTarget(.central)]
        + (1...10).flatMap { number in
            let cp = "CP-\(number < 10 ? "00" : "0")\(number)"
            return [FaultTarget(.engine, cp), FaultTarget(.monitor, cp)]
        } + [FaultTarget(.driver, "driver-alice")]

    private func plan(seed: UInt64, minutes: Int64 = 10) -> ChaosPlan {
        ChaosPlan(
            ChaosPlan.Settings(seed: seed, duration: .seconds(60 * minutes), every: .seconds(3), victims: victims.shuffled(), harms: Harm.allCases))
    }

    @Test("the same seed is the same plan, another seed another; everybody has its turn, and nobody is hit while it is down")
    func plans() {
        #expect(plan(seed: 42) == plan(seed: 42))
        #expect(plan(seed: 42) != plan(seed: 43))
        let faults = plan(seed: 42, minutes: 120).faults
        #expect(faults.allSatisfy { $0.at < .seconds(7200) })
        #expect((1800...3000).contains(faults.count), "about one in three seconds, fewer where somebody is down already: \(faults.count)")
        #expect(Set(faults.map(\.target)) == Set(victims))
        #expect(Set(faults.map(\.harm)) == Set(Harm.allCases))
        for (_, faults) in Dictionary(grouping: faults, by: \.target) {
            for (one, next) in zip(faults, faults.dropFirst()) { #expect(next.at >= one.at + one.lasting + .seconds(3)) }
        }
    }

    @Test(
        "the containers' names",
        arguments: [
            ("mosquitto", FaultTarget(.broker)), ("ev-central", FaultTarget(.central)), ("ev-cp-e-3", FaultTarget(.engine, "CP-003")),
            ("ev-cp-m-10", FaultTarget(.monitor, "CP-010")), ("ev-driver-eve", FaultTarget(.driver, "driver-eve")),
        ])
    func containers(service: String, target: FaultTarget) {
        #expect(ComposeFaultInjector.target(of: service) == target)
        #expect(ComposeFaultInjector.service(of: target) == service)
        #expect(ComposeFaultInjector.target(of: "somebody-else") == nil)
    }

    @Test("the stack's broker is found without TLS, and with docker/tls.yml by its own authority") func brokerOfContainers() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-chaos-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        /// A docker that publishes one port, as compose says it.
        func injector(publishing port: Int, at address: String) throws -> ComposeFaultInjector {
            let docker = folder.appendingPathComponent("docker-\(port)")
            let script = """
                #!/bin/sh
                case $* in
                "compose port mosquitto \(port)") echo \(address) ;;
                "compose port "*) echo "no port for container" >&2; exit 1 ;;
                "compose exec -T mosquitto cat /var/lib/wattline/certificates/ca.pem") echo the authority ;;
                *) exit 64 ;;
                esac
                """
            try Data(script.utf8).write(to: docker)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: docker.path)
            return ComposeFaultInjector(docker: docker.path)
        }
        let plain = try injector(publishing: 1883, at: "0.0.0.0:1884")
        #expect(try plain.broker() == BrokerURL(host: "127.0.0.1", port: 1884))
        let secure = try injector(publishing: 8883, at: "10.0.0.1:8885")
        #expect(try secure.broker() == BrokerURL(host: "10.0.0.1", port: 8885, isSecure: true))
        let file = try #require(try secure.authorities())
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "the authority\n")
        let none = try injector(publishing: 9, at: "x")
        let error = #expect(throws: FaultInjectorError.self) { try none.broker() }
        #expect(error?.description.contains("publishes neither 1883 nor 8883") == true)
    }

    private let cp = ChargePointID(known: "CP-001")
    private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

    private func verdict(_ verdict: Verdict) -> BusMessage {
        .verdict(
            VerdictReport(
                epoch: 1, cp: cp, verdict: verdict, available: verdict == .activated, why: "", session: nil, driver: nil, breaker: .closed,
                power: nil, price: nil, engineEpoch: 1, monitorEpoch: 1))
    }

    private func calm() -> ChaosObserver {
        var observer = ChaosObserver()
        observer.online(at: at(0))
        observer.hear(.centralStatus(CentralStatus(epoch: 1, online: true)), retained: false, at: at(0))
        observer.hear(verdict(.activated), retained: false, at: at(0))
        return observer
    }

    private func kill(_ target: FaultTarget) -> Fault { Fault(at: .zero, harm: .kill, target: target, lasting: .zero) }

    @Test("a fault is timed from when it was done to when it showed, and from its end to the service")
    func times() {
        var observer = calm()
        #expect(observer.isCalm)
        let number = observer.begin(kill(FaultTarget(.engine, "CP-001")), at: at(10))
        observer.applied(number, at: at(10.5))
        observer.hear(verdict(.faulty), retained: false, at: at(10.6))
        #expect(!observer.isCalm && observer.missing == ["CP-001 is FAULTY"])
        observer.end(number, at: at(11.5))
        observer.hear(verdict(.activated), retained: false, at: at(13))
        #expect(observer.sightings[0].seen == .milliseconds(100) && observer.sightings[0].back == .milliseconds(1500))
        #expect(observer.isCalm && ChaosReport(observer).problems.isEmpty)
    }

    @Test("what shows too late is a problem, unless something else hid it")
    func late() {
        var observer = calm()
        let number = observer.begin(kill(FaultTarget(.engine, "CP-001")), at: at(10))
        observer.applied(number, at: at(10))
        observer.hear(verdict(.faulty), retained: false, at: at(12))
        #expect(ChaosReport(observer).problems.count == 1)
        _ = observer.begin(kill(FaultTarget(.broker)), at: at(11))
        #expect(ChaosReport(observer).problems.isEmpty)
    }

    @Test("what never shows is a problem, unless something else hid it, it could not be done, or the run was interrupted")
    func never() {
        var observer = calm()
        let number = observer.begin(kill(FaultTarget(.engine, "CP-001")), at: at(10))
        observer.applied(number, at: at(10))
        observer.end(number, at: at(11))
        #expect(!observer.isCalm, "nobody has seen it dead, nor back")
        #expect(observer.missing == ["CP-001 engine is not back"])
        observer.settle(at: at(12.5))
        #expect(observer.isCalm)
        #expect(ChaosReport(observer).problems == ["CP-001 engine killed at 0.00 s: never seen"])
        #expect(ChaosReport(observer, isWhole: false).problems.isEmpty)
        _ = observer.begin(kill(FaultTarget(.broker)), at: at(12.6))
        #expect(ChaosReport(observer).problems.isEmpty)
    }

    @Test("what could not be done does not count, and a plan of which nothing could be done is a problem")
    func withdrawn() {
        var observer = calm()
        let number = observer.begin(kill(FaultTarget(.engine, "CP-001")), at: at(10))
        observer.withdraw(number)
        #expect(observer.isCalm)
        let report = ChaosReport(observer)
        #expect(report.done == 0 && report.problems == ["none of the 1 faults could be done"])
        let next = observer.begin(kill(FaultTarget(.engine, "CP-001")), at: at(11))
        #expect(!observer.sightings[next].isDisturbed, "by what never was")
    }

    @Test("a restart that ends the run is felt before the run is calm")
    func lastRestart() {
        var observer = calm()
        let fault = Fault(at: .zero, harm: .restart, target: FaultTarget(.central), lasting: .zero)
        let number = observer.begin(fault, at: at(10))
        observer.applied(number, at: at(10))
        observer.end(number, at: at(10))
        #expect(!observer.isCalm)
        observer.hear(.centralStatus(CentralStatus(epoch: 1, online: false)), retained: false, at: at(10.4))
        #expect(!observer.isCalm)
        observer.hear(.centralStatus(CentralStatus(epoch: 2, online: true)), retained: false, at: at(10.9))
        #expect(observer.isCalm && ChaosReport(observer).problems.isEmpty)
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
        var observer = calm()
        for message in [accepted, completed, accepted, completed] { observer.hear(message, retained: false, at: at(1)) }
        #expect(observer.accepted == 1 && observer.completed == 1 && observer.contradictions.isEmpty)
        observer.hear(say(.denied(code: .busy, reason: "", session: nil)), retained: false, at: at(2))
        observer.hear(say(.failed(session: session, energy: .zero, cost: .zero, complete: true, reason: "fault")), retained: false, at: at(2))
        #expect(ChaosReport(observer).problems.count == 2)
    }
}
