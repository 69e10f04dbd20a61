public import ChargingModel

/// A charge point on a screen.
public struct PointView: Hashable, Sendable {
    public struct Engine: Hashable, Sendable {
        public var state: StateReport?
        var freshness = Freshness()
        public var epoch: Epoch { freshness.epoch }
    }

    public struct Monitor: Hashable, Sendable {
        public var health: HealthReport?
        var freshness = Freshness()
        public var epoch: Epoch { freshness.epoch }
    }

    /// The power at a time, by the viewer's clock.
    public struct Sample: Hashable, Sendable {
        public var at: WallTime
        public var power: Power
    }

    public let cp: ChargePointID
    var known = KnownInfo()
    /// The last `info` of its engine that counted.
    public var info: ChargePointInfo? { known.info }
    public var engine = Engine()
    public var monitor = Monitor()
    /// Central's verdict; `nil` before the first.
    public var verdict: VerdictReport?
    /// The last reading of the session that goes on; `nil` when none does.
    public var telemetry: Telemetry?
    /// The power of the last minutes, while it supplied.
    public var curve: [Sample] = []
    /// Readings that were missed, by the numbers of those that came (P7).
    public var readingsLost: UInt64 = 0
    /// The highest register that its meter has shown.
    public var register: Energy?
    /// True while the operator wants it out of order (S8); only Central knows, for the bus does not tell.
    public var isOutOfOrder: Bool
    /// The time of the last change to what is shown, by the viewer's clock.
    public var since: WallTime

    init(_ cp: ChargePointID, isOutOfOrder: Bool = false, at now: WallTime) {
        self.cp = cp
        self.isOutOfOrder = isOutOfOrder
        since = now
    }

    /// True when nothing is left of it on the bus.
    var isGone: Bool { info == nil && engine.state == nil && monitor.health == nil && verdict == nil }

    /// The verdict to show, with its reason: Central's, or while Central is not there what engine and monitor say themselves.
    public func shown(_ central: CentralView) -> (verdict: Verdict, why: String) {
        if central.isOnline, let verdict { return (verdict.verdict, verdict.why) }
        return alone
    }

    /// The verdict by the same rules without Central, which alone knows of ASSIGNED.
    private var alone: (verdict: Verdict, why: String) {
        guard let state = engine.state else { return (.disconnected, "its engine was not heard") }
        guard let health = monitor.health else { return (.disconnected, "its monitor was not heard") }
        switch health.health {
        case .unmonitored: return (.disconnected, "its monitor: \(health.reason)")
        case .faulty: return (.faulty, health.reason)
        case .ok: break
        }
        switch state.state {
        case .faulty: return (.faulty, state.reason)
        case .disconnected: return state.reason == StateReport.stopped ? (.disconnected, state.reason) : (.faulty, "engine lost")
        case .stopped: return (.stopped, state.reason)
        case .supplying: return (.supplying, state.driver.map { "charging \($0)" } ?? state.reason)
        case .activated: return (.activated, state.reason)
        }
    }

    /// The power now: that of the last reading, while the verdict is SUPPLYING; else 0 W.
    public func power(_ central: CentralView) -> Power {
        guard let telemetry, shown(central).verdict == .supplying else { return Power(watts: 0) }
        return telemetry.power
    }

    /// The session that goes on here, by the verdict or by the engine itself.
    public func session(_ central: CentralView) -> SessionID? {
        central.isOnline && verdict != nil ? verdict?.session : engine.state?.session
    }

    public func driver(_ central: CentralView) -> DriverID? {
        central.isOnline && verdict != nil ? verdict?.driver : engine.state?.driver
    }
}
