import ChargingModel
import ChargingProtocol
import JSON
import NetworkView
import Testing

/// A network as somebody hears it who only listens.
private struct Listener {
    var view = NetworkView(NetworkView.Settings(logLimit: 50, closedLimit: 4))
    var seconds: Int64 = 0

    static let cp = ChargePointID(known: "CP-001")
    static let alice = DriverID(known: "driver-alice")
    static let session = SessionID(known: "01JD0000000000000000000001")
    static let request = RequestID(known: "r-1")

    var now: Now { Now(monotonic: Instant(nanoseconds: seconds * 1_000_000_000), wall: WallTime(milliseconds: 1_795_485_600_000 + seconds * 1000)) }

    mutating func hear(_ message: BusMessage, retained: Bool = false) { view.hear(message, retained: retained, at: now) }

    mutating func birth() {
        hear(.centralStatus(CentralStatus(epoch: 5, online: true, software: "wattline", protocolVersion: 1)), retained: true)
        hear(.info(info()), retained: true)
        hear(state(.activated, seq: 1))
        hear(.health(HealthReport(epoch: 3, cp: Self.cp, health: .ok, failures: 0, reason: "ok")))
        hear(verdict(.activated))
    }

    func info() -> ChargePointInfo {
        ChargePointInfo(
            epoch: 2, cp: Self.cp, power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_000), kind: "Standard AC",
            meter: MeterID(known: "m-1"), software: "wattline")
    }

    func state(_ state: LifecycleState, seq: UInt64, epoch: Epoch = 2, session: SessionID? = nil) -> BusMessage {
        .state(
            StateReport(
                epoch: epoch, seq: seq, cp: Self.cp, state: state, session: session, driver: session == nil ? nil : Self.alice,
                register: Energy(wattHours: 1000), reason: "test"))
    }

    func verdict(_ verdict: Verdict, epoch: Epoch = 5, session: SessionID? = nil, breaker: BreakerPosition = .closed) -> BusMessage {
        .verdict(
            VerdictReport(
                epoch: epoch, cp: Self.cp, verdict: verdict, available: verdict == .activated, why: "because", session: session,
                driver: session == nil ? nil : Self.alice, breaker: breaker))
    }

    func status(_ kind: DriverStatus.Kind, epoch: Epoch = 5) -> BusMessage {
        .status(DriverStatus(epoch: epoch, driver: Self.alice, request: Self.request, cp: Self.cp, kind: kind))
    }

    func telemetry(_ seq: UInt64, wattHours: Int64) -> BusMessage {
        .telemetry(
            Telemetry(
                epoch: 2, seq: seq, cp: Self.cp, session: Self.session, driver: Self.alice, power: Power(watts: 22_000),
                energy: Energy(wattHours: wattHours), register: Energy(wattHours: 1000 + wattHours), cost: Money(microEuro: wattHours * 300),
                elapsedSeconds: Int64(seq)))
    }

    mutating func charge() {
        hear(status(.accepted(session: Self.session, power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_000))))
        hear(verdict(.assigned, session: Self.session))
        hear(state(.supplying, seq: 2, session: Self.session))
        hear(verdict(.supplying, session: Self.session))
    }

    var point: PointView? { view.points[Self.cp] }
    var texts: [String] { view.log.entries.map(\.text) }
}

struct NetworkViewTests {
    @Test("What the broker kept is shown, and is no news")
    func retained() {
        var listener = Listener()
        listener.hear(.centralStatus(CentralStatus(epoch: 5, online: true)), retained: true)
        listener.hear(listener.verdict(.faulty), retained: true)
        #expect(listener.point?.shown(listener.view.central).verdict == .faulty)
        #expect(listener.view.log.entries.isEmpty)
    }

    @Test("A session from its acceptance to its bill")
    func session() {
        var listener = Listener()
        listener.birth()
        listener.charge()
        listener.seconds += 1
        listener.hear(listener.telemetry(1, wattHours: 6))
        #expect(listener.view.totals.power == Power(watts: 22_000))
        #expect(listener.view.sessions[Listener.session]?.phase == .charging)
        listener.seconds += 1
        listener.hear(
            listener.status(.completed(session: Listener.session, energy: Energy(wattHours: 61), cost: Money(microEuro: 20_000), complete: true)))
        listener.hear(listener.verdict(.activated))
        #expect(listener.view.sessions.isEmpty)
        #expect(listener.view.totals.power == Power(watts: 0))
        #expect(listener.view.closed.newest(5).map(\.energy) == [Energy(wattHours: 61)])
        #expect(listener.view.counts.income == Money(microEuro: 20_000))
        #expect(listener.point?.curve.map(\.power.watts) == [22_000, 0])
    }

    @Test("S2: an answer and an outcome that are said again are told and counted once")
    func repeats() {
        var listener = Listener()
        listener.birth()
        listener.charge()
        listener.charge()
        listener.hear(.centralStatus(CentralStatus(epoch: 6, online: true)))
        let outcome = listener.status(
            .completed(session: Listener.session, energy: Energy(wattHours: 61), cost: Money(microEuro: 20_000), complete: true), epoch: 6)
        for _ in 1...3 { listener.hear(outcome) }
        #expect(listener.view.counts.accepted == 1)
        #expect(listener.view.counts.completed == 1)
        #expect(listener.view.counts.energy == Energy(wattHours: 61))
        #expect(listener.texts.filter { $0.contains("charge") }.count == 2)
    }

    @Test("S5: a bill that comes late replaces the one that was known, and nothing is counted twice")
    func lateRecord() {
        var listener = Listener()
        listener.birth()
        listener.charge()
        listener.hear(
            listener.status(
                .failed(session: Listener.session, energy: Energy(wattHours: 30), cost: Money(microEuro: 10_000), complete: false, reason: "fault")))
        listener.hear(
            listener.status(
                .failed(session: Listener.session, energy: Energy(wattHours: 40), cost: Money(microEuro: 12_000), complete: true, reason: "fault")))
        #expect(listener.view.counts.failed == 1)
        #expect(listener.view.counts.energy == Energy(wattHours: 40))
        #expect(listener.view.counts.income == Money(microEuro: 12_000))
        #expect(listener.view.closed[Listener.session]?.isComplete == true)
    }

    @Test("P6: what is older than the newest of its writer changes nothing")
    func stale() {
        var listener = Listener()
        listener.birth()
        listener.hear(.state(.will(epoch: 1, cp: Listener.cp)))
        listener.hear(.health(.will(epoch: 2, cp: Listener.cp)))
        listener.hear(listener.verdict(.faulty, epoch: 4))
        listener.hear(.centralStatus(CentralStatus(epoch: 4, online: false, reason: "connection lost")))
        #expect(listener.view.counts.stale == 4)
        #expect(listener.point?.shown(listener.view.central).verdict == .activated)
    }

    @Test("P7: readings that were missed are counted, those that come again are not taken")
    func numbers() {
        var listener = Listener()
        listener.birth()
        listener.charge()
        for seq: UInt64 in [1, 2, 5, 5, 4] { listener.hear(listener.telemetry(seq, wattHours: Int64(seq) * 6)) }
        #expect(listener.view.counts.telemetryLost == 2)
        #expect(listener.point?.readingsLost == 2)
        #expect(listener.point?.telemetry?.seq == 5)
    }

    @Test("Without Central a point is shown by what it says itself")
    func alone() {
        var listener = Listener()
        listener.birth()
        listener.hear(listener.verdict(.stopped))
        _ = listener.view.takeChanges()
        listener.hear(.centralStatus(CentralStatus(epoch: 5, online: false, reason: "connection lost")))
        #expect(listener.point?.shown(listener.view.central).verdict == .activated)
        #expect(listener.view.takeChanges().points.map(\.point.cp) == [Listener.cp])
        listener.hear(.state(.will(epoch: 2, cp: Listener.cp)))
        #expect(listener.point?.shown(listener.view.central).verdict == .faulty)
        listener.hear(.health(.will(epoch: 3, cp: Listener.cp)))
        #expect(listener.point?.shown(listener.view.central).verdict == .disconnected)
    }

    @Test("Changes are told once, and a reading that was overtaken is not")
    func changes() {
        var listener = Listener()
        listener.birth()
        listener.charge()
        listener.hear(listener.telemetry(1, wattHours: 6))
        #expect(listener.view.hasChanges)
        #expect(listener.view.takeChanges().points.map(\.change) == [.whole])
        listener.hear(listener.telemetry(2, wattHours: 12))
        listener.hear(listener.telemetry(3, wattHours: 18))
        let changes = listener.view.takeChanges()
        #expect(changes.points.map(\.change) == [.telemetry])
        #expect(changes.points.map(\.point.telemetry?.seq) == [3])
        #expect(changes.sessions.map(\.energy) == [Energy(wattHours: 18)])
        #expect(!listener.view.hasChanges)
        #expect(listener.view.takeChanges().log.isEmpty)
    }

    @Test("A session whose end was not heard is not shown for ever")
    func lostSession() {
        var listener = Listener()
        listener.birth()
        listener.charge()
        _ = listener.view.takeChanges()
        listener.hear(listener.verdict(.activated))
        #expect(listener.view.sessions.isEmpty)
        #expect(listener.view.takeChanges().lost == [Listener.session])
    }

    @Test("A reading that comes after the end does not open the session again")
    func late() {
        var listener = Listener()
        listener.birth()
        listener.charge()
        listener.hear(listener.status(.completed(session: Listener.session, energy: Energy(wattHours: 61), cost: .zero, complete: true)))
        listener.hear(listener.telemetry(9, wattHours: 60))
        #expect(listener.view.sessions.isEmpty)
    }

    @Test("P4: a point whose retained topics are all emptied is gone, and told to be")
    func removed() {
        var listener = Listener()
        listener.birth()
        for topic: Topic in [.info(Listener.cp), .state(Listener.cp), .health(Listener.cp)] { listener.view.forget(topic, at: listener.now) }
        #expect(listener.point != nil)
        listener.view.forget(.verdict(Listener.cp), at: listener.now)
        #expect(listener.point == nil)
        let changes = listener.view.takeChanges()
        #expect(changes.removed == [Listener.cp])
        #expect(changes.log.last?.text == "CP-001 was removed")
    }

    @Test("What is kept is bounded: the log, closed sessions, points and drivers")
    func bounds() {
        var listener = Listener()
        listener.view = NetworkView(NetworkView.Settings(logLimit: 10, closedLimit: 4, pointLimit: 3))
        for number in 1...100 {
            let driver = DriverID(known: "d-\(number % 7)")
            let status = DriverStatus.Kind.completed(session: SessionID(known: "s-\(number)"), energy: .zero, cost: .zero, complete: true)
            listener.hear(.status(DriverStatus(epoch: 1, driver: driver, request: RequestID(known: "r-\(number)"), cp: nil, kind: status)))
            listener.hear(.health(HealthReport(epoch: 1, cp: ChargePointID(known: "p-\(number)"), health: .ok, failures: 0, reason: "ok")))
        }
        #expect(listener.view.points.count == 3)
        #expect(listener.view.drivers.count == 3)
        // Those that lack an engine give way to one that is whole, and not the other way round.
        listener.birth()
        for number in 1...9 {
            listener.hear(.health(HealthReport(epoch: 1, cp: ChargePointID(known: "q-\(number)"), health: .ok, failures: 0, reason: "ok")))
        }
        #expect(listener.point != nil)
        #expect(listener.view.points.count == 3)
        #expect(listener.view.counts.pointsIgnored == 0)
        #expect(listener.view.log.entries.count == 10)
        #expect(listener.view.closed.newest(100).count < 8)
        #expect(listener.view.log.entries(after: 0).count == 10)
    }

    @Test("A row is JSON with the same members, whatever is known")
    func rows() throws {
        var listener = Listener()
        listener.hear(.info(listener.info()))
        var names: [[String]] = []
        for _ in 0..<2 {
            var json = JSONWriter()
            json.object { object in if let point = listener.point { point.write(&object, listener.view.central) } }
            names.append(try JSONObject(json.bytes).all.map(\.name))
            listener.birth()
            listener.charge()
            listener.hear(listener.telemetry(1, wattHours: 6))
        }
        #expect(names[0].count == 20)
        #expect(names[0] == names[1])
    }

    @Test("A breaker that opens is told with its point")
    func breaker() {
        var listener = Listener()
        listener.birth()
        listener.hear(listener.verdict(.activated, breaker: .open))
        #expect(listener.texts.last == "CP-001 has failed repeatedly and is rested: its breaker is open")
        #expect(listener.view.totals.openBreakers == 1)
    }
}
