/// A driver with some vehicles as a value (S2, S9, S10): asks for charges, repeats what is unanswered, tries elsewhere when denied.
public struct Driver: Sendable {
    /// The wishes of a driver.
    public struct Settings: Hashable, Sendable {
        public var driver: DriverID
        /// The time between two new requests; `nil` when there are only errands.
        public var interval: Duration?
        /// The number of vehicles that may charge at once; at least 1.
        public var vehicles: Int
        /// The points to ask for in turn; anywhere when empty.
        public var points: [ChargePointID]
        /// The index in `points` at which it begins.
        public var firstPoint: Int
        /// The wait after a denial (S10).
        public var retryDelay: Duration
        public var energyTarget: Energy?
        public var duration: Duration?

        public init(
            driver: DriverID, interval: Duration?, vehicles: Int = 1, points: [ChargePointID], firstPoint: Int = 0,
            retryDelay: Duration = .seconds(2), energyTarget: Energy? = nil, duration: Duration? = nil
        ) {
            self.driver = driver
            self.interval = interval
            self.vehicles = max(1, vehicles)
            self.points = points
            self.firstPoint = firstPoint
            self.retryDelay = retryDelay
            self.energyTarget = energyTarget
            self.duration = duration
        }
    }

    public enum Event: Hashable, Sendable {
        case online
        case offline
        case status(DriverStatus)
        case tickets(TicketList)
        case centralStatus(CentralStatus, retained: Bool = false)
        case verdict(VerdictReport)
        /// A person asks for a session to be stopped (S9).
        case stopSession(SessionID)
        /// A vehicle has come that wants to charge.
        case needs(ChargingNeeds)
        /// Asks for nothing new from now on; what is open is brought to its end.
        case rest
        case tick
    }

    public enum Action: Hashable, Sendable {
        case publish(BusMessage)
        case notice(Notice)
    }

    public enum Notice: Hashable, Sendable {
        case requested(cp: ChargePointID?)
        case accepted(cp: ChargePointID?)
        case inProgress(cp: ChargePointID?, power: Power, cost: Money, reason: String?)
        case completed(cp: ChargePointID?, energy: Energy, cost: Money)
        case failed(cp: ChargePointID?, reason: String)
        case denied(cp: ChargePointID?, code: DenialCode, reason: String)
        /// A vehicle went away without a charge: none of its points became available in time, or all the driver's vehicles were charging.
        case left
        /// Central can't answer yet; the same request will be repeated.
        case postponed(cp: ChargePointID?, reason: String)
        case centralOnline(Bool)
    }

    /// The present activity of one vehicle.
    enum Vehicle: Hashable, Sendable {
        case idle
        case asking(Asking)
        /// Denied: tries again at this time.
        case waiting(until: Instant)
        /// Waiting until one of the points of its errand is shown available.
        case looking(Looking)
        case charging(Charging)
    }

    struct Asking: Hashable, Sendable {
        var request: ChargeRequest
        /// The errand that it asks for; it limits how long it goes on asking when denied. `nil` for a request of the interval.
        var needs: Looking?
        var repeatAt: Instant
        var backoff: Duration
        var wasPostponed = false
    }

    struct Charging: Hashable, Sendable {
        var request: ChargeRequest
        var session: SessionID
        var cp: ChargePointID?
        /// The time at which a Central that could not answer is asked again; `nil` while nothing is to be asked.
        var repeatAt: Instant?
        var backoff = Duration.seconds(1)
    }

    struct Stopping: Hashable, Sendable {
        var session: SessionID
        var repeatAt: Instant
        var backoff: Duration
    }

    public let settings: Settings
    /// The time at which `tick` is due; `nil` when nothing is waited for.
    public private(set) var deadline: Instant?
    var vehicles: [Vehicle]
    var stops: [Stopping] = []
    var nextPoint: Int
    /// The time at which the next new request is due; `nil` before the first connection.
    var dueAt: Instant?
    var isOnline = false
    var isResting = false
    var central = Freshness()
    /// True while Central is online, by its own status; `nil` until it has said something.
    var centralIsOnline: Bool?
    var greeting = Greeting()
    var verdicts: [ChargePointID: VerdictReport] = [:]
    static let mostVerdicts = 100_000
    var random: SplitMix64
    var actions: [Action] = []

    public init(_ settings: Settings, seed: UInt64) {
        self.settings = settings
        vehicles = Array(repeating: .idle, count: settings.vehicles)
        nextPoint = settings.points.isEmpty ? 0 : settings.firstPoint % settings.points.count
        random = SplitMix64(seed: seed)
    }

    public mutating func handle(_ event: Event, at now: Now) -> [Action] {
        switch event {
        case .online:
            isOnline = true
            if dueAt == nil, settings.interval != nil { dueAt = now.monotonic }
            repeatOpenRequests(at: now)
        case .offline:
            isOnline = false
            centralIsOnline = nil
            greeting.cancel()
            central = Freshness()
        case .status(let status):
            if status.driver == settings.driver, central.hear(status.epoch, .live, at: now.monotonic).isCurrent { handle(status, at: now) }
        case .tickets(let list):
            guard list.driver == settings.driver, central.hear(list.epoch, .none, at: now.monotonic).isCurrent else { break }
            for ticket in list.tickets { close(ticket) }
        case .centralStatus(let status, let retained):
            handle(status, retained: retained, at: now)
        case .verdict(let verdict):
            guard central.hear(verdict.epoch, .none, at: now.monotonic).isCurrent else { break }
            // Points that do not exist could be invented without end.
            if verdicts[verdict.cp] != nil || verdicts.count < Driver.mostVerdicts { verdicts[verdict.cp] = verdict }
        case .stopSession(let session):
            guard !stops.contains(where: { $0.session == session }) else { break }
            stops.append(Stopping(session: session, repeatAt: now.monotonic, backoff: .seconds(1)))
        case .needs(let needs):
            guard !isResting, let idle = vehicles.firstIndex(of: .idle) else {
                actions.append(.notice(.left))
                break
            }
            vehicles[idle] = .looking(Looking(needs: needs, until: now.monotonic + needs.patience))
        case .rest:
            isResting = true
            for index in vehicles.indices {
                switch vehicles[index] {
                case .waiting: vehicles[index] = .idle
                case .looking: leave(index)
                case .idle, .asking, .charging: break
                }
            }
        case .tick:
            break
        }
        advance(to: now)
        deadline = nextDeadline
        assert(disagreement == nil, disagreement ?? "")
        defer { actions = [] }
        return actions
    }

    private var nextDeadline: Instant? {
        guard maySpeak else { return nil }
        var next = greeting.dueAt
        func consider(_ instant: Instant) { next = next.map { min($0, instant) } ?? instant }
        if let dueAt, !isResting { consider(dueAt) }
        for vehicle in vehicles {
            switch vehicle {
            case .idle: break
            case .charging(let charging): if let repeatAt = charging.repeatAt { consider(repeatAt) }
            case .asking(let asking): consider(asking.repeatAt)
            case .waiting(let until): consider(until)
            case .looking(let looking): consider(min(looking.tryAt ?? looking.until, looking.until))
            }
        }
        for stop in stops { consider(stop.repeatAt) }
        return next
    }

    /// True while every request has its outcome.
    public var isAtRest: Bool {
        vehicles.allSatisfy { vehicle in
            switch vehicle {
            case .idle, .waiting, .looking: true
            case .asking, .charging: false
            }
        }
    }

    /// True while it may send requests. To a Central that is known to be away they would be lost: the driver waits for it (F6).
    var maySpeak: Bool { isOnline && centralIsOnline != false }
}
