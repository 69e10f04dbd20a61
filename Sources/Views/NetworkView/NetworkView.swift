public import ChargingModel
public import ChargingProtocol

/// A network as a person sees it, made of the messages on its bus: one truth behind the web dashboard, the HTTP API and `wattline top`.
///
/// It only listens. It believes Central's verdicts while Central is there, and engines and monitors by themselves while it is not. Messages may come
/// late, twice or never; older ones than the newest of their writer change nothing (P6).
public struct NetworkView: Sendable {
    public struct Settings: Hashable, Sendable {
        /// The number of log entries that are kept.
        public var logLimit: Int
        /// The number of closed sessions that are kept.
        public var closedLimit: Int
        /// The time for which the power of a point is remembered.
        public var curveTime: Duration
        /// The largest number of points, and of drivers, that are shown: whoever may publish could invent them without end.
        public var pointLimit: Int

        public init(logLimit: Int = 500, closedLimit: Int = 500, curveTime: Duration = .seconds(120), pointLimit: Int = 100_000) {
            self.logLimit = logLimit
            self.closedLimit = closedLimit
            self.curveTime = curveTime
            self.pointLimit = pointLimit
        }
    }

    public let settings: Settings
    /// Central, with its presence.
    public internal(set) var central = CentralView()
    /// The viewer's own connection; what is shown may be old while there is none.
    public internal(set) var bus = BusView()
    public internal(set) var points: [ChargePointID: PointView] = [:]
    /// The sessions that are open, as far as was heard.
    public internal(set) var sessions: [SessionID: SessionView] = [:]
    public internal(set) var closed: ClosedSessions
    public internal(set) var drivers: [DriverID: DriverView] = [:]
    public internal(set) var log: EventLog
    public internal(set) var counts = Counts()
    /// The points that the operator wants out of order (S8), if the viewer knows them: they are not on the bus.
    var outOfOrder: Set<ChargePointID> = []
    var answered: AnsweredRequests
    /// The last session of each point.
    var sessionAt: [ChargePointID: SessionID] = [:]
    var changes = PendingChanges()
    /// Points that were heard, in their sequence; those of which an engine and a monitor were heard leave when the limit is reached.
    private var unproven = Queue<ChargePointID>()

    public init(_ settings: Settings = Settings()) {
        self.settings = settings
        closed = ClosedSessions(limit: settings.closedLimit)
        log = EventLog(limit: settings.logLimit)
        answered = AnsweredRequests(limit: max(1000, settings.closedLimit))
    }

    /// Takes a message of the bus.
    /// - Parameter retained: it was said earlier, and is the last that was (P11): the state is taken, nothing is told as news.
    public mutating func hear(_ message: BusMessage, retained: Bool, at now: Now) {
        if let cp = message.point, points[cp] == nil {
            guard points.count < settings.pointLimit || makeRoom() else {
                counts.pointsIgnored += 1
                return
            }
            // What makes no point of it takes no place.
            defer { if points[cp] != nil { unproven.append(cp) } }
            return take(message, retained: retained, at: now)
        }
        take(message, retained: retained, at: now)
    }

    private mutating func take(_ message: BusMessage, retained: Bool, at now: Now) {
        switch message {
        case .info(let info): hear(info, at: now)
        case .state(let state): hear(state, retained: retained, at: now)
        case .telemetry(let telemetry): if !retained { hear(telemetry, at: now) }
        case .event(let event): if !retained { hear(event, at: now) }
        case .health(let health): hear(health, retained: retained, at: now)
        case .centralStatus(let status): hear(status, retained: retained, at: now)
        case .verdict(let verdict): hear(verdict, retained: retained, at: now)
        case .request(let driver, _): if !retained { hearRequest(of: driver) }
        case .status(let status): if !retained { hear(status, at: now) }
        case .tickets(let list): hear(list)
        case .command, .fence, .stationRequest, .gateway, .station: break
        }
    }

    /// Makes room for another point where the limit is reached: one gives way that lacks an engine or a monitor, as invented ones do.
    private mutating func makeRoom() -> Bool {
        for _ in 0..<min(64, unproven.count) {
            guard let cp = unproven.next(), let point = points[cp] else { continue }
            guard point.engine.state == nil || point.monitor.health == nil, sessionAt[cp] == nil else { continue }
            points[cp] = nil
            changes.remove(cp)
            return true
        }
        return false
    }

    /// Notes that a retained topic was emptied (P4).
    public mutating func forget(_ topic: Topic, at now: Now) {
        switch topic {
        case .info(let cp): forget(cp, at: now) { $0.known = KnownInfo() }
        case .state(let cp):
            forget(cp, at: now) {
                $0.engine.state = nil
                $0.engine.freshness.forget(.state)
            }
        case .health(let cp): forget(cp, at: now) { $0.monitor.health = nil }
        case .verdict(let cp): forget(cp, at: now) { $0.verdict = nil }
        case .tickets(let driver):
            guard drivers[driver] != nil else { return }
            drivers[driver]?.tickets = []
            changes.drivers.insert(driver)
        case .centralStatus, .telemetry, .event, .command, .fence, .request, .stationRequest, .status, .gateway, .station: break
        }
    }

    /// Notes the points that the operator wants out of order now, for viewers who know them from elsewhere than the bus.
    public mutating func show(outOfOrder wanted: Set<ChargePointID>) {
        guard wanted != outOfOrder else { return }
        for cp in wanted.symmetricDifference(outOfOrder) where points[cp] != nil {
            points[cp]?.isOutOfOrder = wanted.contains(cp)
            changes.add(cp, .whole)
        }
        outOfOrder = wanted
    }

    /// Notes that the viewer is connected to the broker.
    public mutating func connected(at now: Now) {
        guard !bus.isConnected else { return }
        bus = BusView(isConnected: true, reason: nil, since: now.wall)
        // Nobody was silent while the viewer was away.
        central.freshness.resume(at: now.monotonic)
        for cp in points.keys {
            points[cp]?.engine.freshness.resume(at: now.monotonic)
            points[cp]?.monitor.freshness.resume(at: now.monotonic)
        }
        changes.central = true
        tell(.bus, .good, "Connected to the broker", at: now)
    }

    /// Notes that the viewer has lost its connection to the broker.
    /// - Parameter reason: for people.
    public mutating func disconnected(_ reason: String, at now: Now) {
        let isNews = bus.isConnected
        guard isNews || bus.reason != reason else { return }
        bus = BusView(isConnected: false, reason: reason, since: isNews ? now.wall : bus.since ?? now.wall)
        changes.central = true
        // What it misses it can't hold against anybody, and what the broker keeps tells it who Central is.
        central.freshness = Freshness()
        for cp in points.keys {
            points[cp]?.engine.freshness.forgetNumbers()
            points[cp]?.monitor.freshness.forgetNumbers()
            points[cp]?.known.wasAway()
        }
        if isNews { tell(.bus, .bad, "No connection to the broker: \(reason)", at: now) }
    }

    /// Returns and forgets the changes since the last call; telemetry that was overtaken meanwhile is left out.
    public mutating func takeChanges() -> NetworkChanges {
        defer { changes = PendingChanges() }
        return NetworkChanges(
            points: changes.points.keys.sorted().compactMap { cp in points[cp].map { ($0, changes.points[cp] ?? .whole) } },
            removed: changes.removed.filter { points[$0] == nil }.sorted(),
            sessions: changes.sessions.sorted().compactMap { sessions[$0] ?? closed[$0] },
            lost: changes.lost.filter { sessions[$0] == nil && closed[$0] == nil }.sorted(),
            drivers: changes.drivers.sorted().compactMap { drivers[$0] },
            log: log.entries(after: log.last - UInt64(changes.log)),
            central: changes.central ? (central, bus) : nil)
    }

    public var hasChanges: Bool { !changes.isEmpty }
}

/// Counts since the view began.
public struct Counts: Hashable, Sendable {
    public var requests: UInt64 = 0
    public var accepted: UInt64 = 0
    public var denied: UInt64 = 0
    public var completed: UInt64 = 0
    public var failed: UInt64 = 0
    /// The energy of closed sessions; what is known of it, where the record is missing.
    public var energy = Energy.zero
    /// The sum of the tickets, in cents.
    public var income = Money.zero
    /// Readings that were missed, by the numbers of those that came (P7).
    public var telemetryLost: UInt64 = 0
    /// Readings and records that were not believed (S3).
    public var doubted: UInt64 = 0
    /// Messages older than the newest of their writer (P6).
    public var stale: UInt64 = 0
    public var pointsIgnored: UInt64 = 0

    public init() {}
}
