import ChargingModel
import ChargingProtocol
import NetworkView
import Testing

@Suite("Totals that follow changes") struct RunningTotalsTests {
    /// A network in which anything may be said next.
    private struct Talk {
        var random: SplitMix64
        var seqs: [ChargePointID: UInt64] = [:]

        mutating func next() -> BusMessage {
            let number = Int.random(in: 1...6, using: &random)
            let cp = ChargePointID(known: "CP-\(number)")
            let session = SessionID(known: "S-\(Int.random(in: 1...20, using: &random))")
            let driver = DriverID(known: "driver-\(number)")
            seqs[cp, default: 0] += 1
            let seq = seqs[cp] ?? 1
            switch Int.random(in: 0..<8, using: &random) {
            case 0: return .centralStatus(CentralStatus(epoch: 5, online: Int.random(in: 0..<4, using: &random) > 0))
            case 1:
                return .info(
                    ChargePointInfo(
                        epoch: 2, cp: cp, power: Power(watts: 1000 * Int64(number)), price: Price(microEuroPerKilowattHour: 300_000), kind: "AC",
                        meter: MeterID(known: "m"), software: "x"))
            case 2:
                return .state(
                    StateReport(
                        epoch: 2, seq: seq, cp: cp, state: [.activated, .supplying, .faulty].randomElement(using: &random) ?? .stopped,
                        session: session,
                        driver: driver, register: .zero, reason: "x"))
            case 3: return .health(HealthReport(epoch: 3, cp: cp, health: .ok, failures: 0, reason: "x"))
            case 4, 5:
                let verdict = Verdict.allCases.randomElement(using: &random) ?? .faulty
                return .verdict(
                    VerdictReport(
                        epoch: 5, cp: cp, verdict: verdict, available: Bool.random(using: &random), why: "x", session: session, driver: driver,
                        breaker: [.closed, .open].randomElement(using: &random) ?? .closed))
            case 6:
                return .telemetry(
                    Telemetry(
                        epoch: 2, seq: seq, cp: cp, session: session, driver: driver, power: Power(watts: 500), energy: Energy(wattHours: Int64(seq)),
                        register: Energy(wattHours: Int64(seq)), cost: .zero, elapsedSeconds: Int64(seq)))
            default:
                let kinds: [DriverStatus.Kind] = [
                    .accepted(session: session, power: Power(watts: 1000), price: Price(microEuroPerKilowattHour: 300_000)),
                    .completed(session: session, energy: Energy(wattHours: 5), cost: .zero, complete: true),
                ]
                return .status(
                    DriverStatus(
                        epoch: 5, driver: driver, request: RequestID(known: "r-\(session)"), cp: cp,
                        kind: kinds.randomElement(using: &random) ?? kinds[0]))
            }
        }
    }

    @Test("after any words they are what all points and sessions add up to", arguments: [1, 2, 3] as [UInt64]) func follow(seed: UInt64) {
        var view = NetworkView()
        var talk = Talk(random: SplitMix64(seed: seed))
        var running = RunningTotals()
        var points: [ChargePointID: PointView] = [:]
        var open: [SessionID: SessionView] = [:]
        var central = CentralView()
        var most = 0
        for step in 0..<4000 {
            let now = Now(
                monotonic: Instant(nanoseconds: Int64(step) * 500_000_000), wall: WallTime(milliseconds: 1_795_485_600_000 + Int64(step) * 500))
            view.hear(talk.next(), retained: step % 7 == 0, at: now)
            if step % 97 == 0 { view.forget(.state(ChargePointID(known: "CP-3")), at: now) }
            let changes = view.takeChanges()
            for (point, _) in changes.points { running.replace(points.updateValue(point, forKey: point.cp), with: point, central) }
            for cp in changes.removed { running.replace(points.removeValue(forKey: cp), with: nil, central) }
            for session in changes.sessions {
                let id = session.session
                running.replace(
                    session.phase.isOpen ? open.updateValue(session, forKey: id) : open.removeValue(forKey: id),
                    with: session.phase.isOpen ? session : nil)
            }
            for id in changes.lost { running.replace(open.removeValue(forKey: id), with: nil) }
            if let changed = changes.central?.central {
                central = changed
                running = RunningTotals(of: points.values, sessions: open.values, central)
            }
            #expect(running.totals == view.totals, "step \(step)")
            most = max(most, view.totals.openSessions)
        }
        #expect(most > 2 && view.totals.points == 6)
    }
}
