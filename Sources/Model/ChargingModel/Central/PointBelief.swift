/// Central's knowledge of one charge point: what it heard, of whom, in which connection.
struct PointBelief: Hashable, Sendable {
    /// The engine's side.
    struct Engine: Hashable, Sendable {
        var freshness = Freshness()
        /// The last live state in Central's own connection (P11); `nil` before the first.
        var live: StateReport?
        /// The live state before that, and the time of the last one.
        var before: StateReport?
        var heardAt = Instant(nanoseconds: 0)

        mutating func hear(_ state: StateReport, at now: Instant) {
            before = live
            live = state
            heardAt = now
        }
    }

    /// The monitor's side.
    struct Monitor: Hashable, Sendable {
        var freshness = Freshness()
        /// The last live health in Central's own connection (P11).
        var live: HealthReport?
    }

    let cp: ChargePointID
    /// True once it was heard, and found in the list of those who are known: then it is heard until it is removed (P15).
    var isAdmitted = false
    var known = KnownInfo()
    var engine = Engine()
    var monitor = Monitor()
    /// The operator's wish, when there is one (S8).
    var isWantedOutOfOrder: Bool?
    /// The wishes that are on their way to the ledger, in order: while one of them is "out of order" nobody is accepted, and nobody is told yet.
    var availabilityChanges: [Bool] = []
    /// True while the operator removes it and the ledger, or the broker, does not know yet.
    var isBeingForgotten = false
    var breaker = Breaker()
    /// The fault that the ledger holds, when it holds one.
    var recordedFault: Verdict?
    /// The one open session (I1), from its proposal to its closing.
    var session: SessionID?
    /// The last verdict published; its epoch names the connection.
    var published: VerdictReport?
    var isRegistered = false
    /// True when it was whole once: engine, monitor and `info` were heard live in one connection.
    var wasHeard = false
    /// The number of the last assignment to it, for a fair choice among the available points.
    var lastAssigned: UInt64 = 0
    /// The allowances for rows of the ledger that say that something was not done here (P14).
    var denials = RowAllowances.atPoint
    var stationDenials = RowAllowances.ofStation
    /// The allowance for answers to cards with which nobody can charge.
    var turnedAway = RowAllowances.ofTurnedAway
    var faults = RowAllowances.ofFaults
    var records = RowAllowances.ofRecords

    init(_ cp: ChargePointID) { self.cp = cp }

    /// The last `info` of its engine that counted.
    var info: ChargePointInfo? { known.info }
    /// True when its engine said it in the connection that is believed: else the price may be another by now.
    var isInfoKnown: Bool { known.isKnown(under: engine.freshness.epoch) }

    /// True while its engine is connected, as far as was heard live.
    var isEngineHere: Bool { engine.live.map { $0.state != .disconnected } ?? false }
    var isMonitorHere: Bool { monitor.live.map { $0.health != .unmonitored } ?? false }

    /// Removes the oldest wish that was on its way: the ledger has it, or refused it.
    mutating func availabilityChangeHasArrived() {
        if !availabilityChanges.isEmpty { availabilityChanges.removeFirst() }
    }

    /// True when somebody may be accepted there, by the verdict on it.
    func isAvailable(_ verdict: Verdict) -> Bool { verdict == .activated && breaker.admits }

    /// True when engine and monitor were heard live in Central's own connection (P11), and the engine's `info` is known.
    var isHeard: Bool { engine.live != nil && monitor.live != nil && isInfoKnown }

    /// The time from which nobody else may have claimed to be its engine or its monitor: they would have said so (P9).
    var settledAt: Instant { max(engine.freshness.settledAt, monitor.freshness.settledAt, known.settledAt(under: engine.freshness.epoch)) }

    /// Forgets what was heard live: Central's connection is new.
    mutating func forgetLive() {
        engine.live = nil
        engine.before = nil
        engine.freshness.forgetNumbers()
        monitor.freshness.forgetNumbers()
        monitor.live = nil
        known.wasAway()
        published = nil
    }

    /// The verdict and its reason in words; the first match wins.
    func verdict(session open: (driver: DriverID, confirmed: Bool)?) -> (verdict: Verdict, why: String) {
        guard let engine = engine.live else { return (.disconnected, "engine not heard") }
        guard let monitor = monitor.live else { return (.disconnected, "monitor not heard") }
        guard isInfoKnown else { return (.disconnected, "rating and price not heard") }
        switch monitor.health {
        case .unmonitored: return (.disconnected, monitor.reason == StateReport.connectionLost ? "monitor lost" : "not monitored: \(monitor.reason)")
        case .faulty: return (.faulty, monitor.failures.map { "\($0) health checks failed" } ?? "health checks failed")
        case .ok: break
        }
        switch engine.state {
        case .faulty: return (.faulty, engine.reason)
        case .disconnected where engine.seq == nil: return (.faulty, "engine lost")
        case .disconnected: return (.disconnected, engine.reason == StateReport.stopped ? "engine stopped" : engine.reason)
        case .stopped: return (.stopped, "out of order")
        case .supplying, .activated:
            if isWantedOutOfOrder == true || availabilityChanges.contains(true) { return (.stopped, "out of order") }
            if engine.state == .supplying { return (.supplying, engine.occupation) }
            if let open { return (.assigned, "\(open.confirmed ? "settling" : "starting") \(open.driver)") }
            return engine.phase == .finishing ? (.assigned, "a vehicle is still plugged in") : (.activated, "ready")
        }
    }
}

extension StateReport {
    /// The supply, in words: to whom, and how it goes.
    fileprivate var occupation: String {
        let driver = driver?.text ?? "somebody"
        return switch phase {
        case .plugIn: "waiting for the vehicle of \(driver)"
        case .suspendedVehicle: "charging \(driver), whose vehicle takes nothing now"
        case .suspendedStation: "charging \(driver), paused by the station"
        case .finishing: "finishing the charge of \(driver)"
        case .charging, nil: "charging \(driver)"
        }
    }
}
