/// A monitor of one engine as a value (P13): it asks for checks, counts failures in a row, and says what it thinks.
public struct Monitor: Sendable {
    /// The timing of the checks.
    public struct Settings: Hashable, Sendable {
        /// The time between the starts of two checks.
        public var interval: Duration
        /// The same time while the checks fail.
        public var intervalWhileFailing: Duration
        /// The number of failures in a row that make a fault.
        public var failuresToFault: Int

        public init(interval: Duration = .seconds(2), intervalWhileFailing: Duration = .seconds(1), failuresToFault: Int = 3) {
            self.interval = interval
            self.intervalWhileFailing = intervalWhileFailing
            self.failuresToFault = failuresToFault
        }
    }

    public enum CheckResult: Hashable, Sendable {
        case passed
        /// A failure, with its reason in a few words: `no answer in 1 s`, `connection refused`.
        case failed(String)
        /// The watched thing is out of reach, so that nobody knows whether it is well: a station that is not connected.
        case away(String)
    }

    public enum Event: Hashable, Sendable {
        case online(Epoch)
        case offline
        case checked(CheckResult)
        case command(Command)
        case centralStatus(CentralStatus, retained: Bool = false)
        /// Central's verdict, for the message that it knows the point.
        case verdict(VerdictReport)
        case overwritten
        case tick
        case stop
    }

    public enum Action: Hashable, Sendable {
        /// Begin a check; its result comes back as `checked`.
        case check
        case publish(BusMessage)
        case farewell(BusMessage)
        case notice(Notice)
    }

    public enum Notice: Hashable, Sendable {
        case registered
        case passed
        /// The engine has not answered yet since this monitor began: it may be starting.
        case awaitingEngine(reason: String)
        case failed(count: Int, reason: String)
        case faulty(failures: Int)
        case recovered
    }

    public let cp: ChargePointID
    public let settings: Settings
    public private(set) var health: HealthReport.Health = .unmonitored
    public private(set) var failures = 0
    private var reason = "not checked yet"
    private var link: Epoch?
    private var central = Freshness()
    private var greeting = Greeting()
    private var checkAt: Instant
    private var lastCheck: Instant
    private var isChecking = false
    private var isRegistered = false
    private var stopping = false
    private var random: SplitMix64
    private var actions: [Action] = []

    /// Makes a monitor whose first check is due at once.
    public init(cp: ChargePointID, settings: Settings = Settings(), seed: UInt64, now: Now) {
        self.cp = cp
        self.settings = settings
        checkAt = now.monotonic
        lastCheck = now.monotonic
        random = SplitMix64(seed: seed)
    }

    public mutating func handle(_ event: Event, at now: Now) -> [Action] {
        switch event {
        case .online(let epoch):
            link = epoch
            publish()
        case .offline:
            link = nil
            greeting.cancel()
            central = Freshness()
        case .checked(let result):
            guard isChecking else { break }
            isChecking = false
            conclude(result)
        case .command(let command):
            guard command.cp == cp else { break }
            let isOfCentral = command.epoch.map { central.hear($0, .live, at: now.monotonic).isCurrent } ?? true
            if isOfCentral, link != nil, case .rebirth = command.kind, greeting.ask(at: now.monotonic, using: &random) { publish() }
        case .centralStatus(let status, let retained):
            let standing = central.claim(status.epoch, status.sign(retained: retained), at: now.monotonic)
            if standing.isNews, status.online { greetCentral(at: now) }
        case .verdict(let verdict):
            guard verdict.cp == cp, !isRegistered, verdict.monitorEpoch == link, link != nil else { break }
            isRegistered = true
            actions.append(.notice(.registered))
        case .overwritten:
            publish()
        case .tick:
            break
        case .stop:
            guard !stopping else { break }
            stopping = true
            let epoch = link ?? 0
            actions.append(
                .farewell(.health(HealthReport(epoch: epoch, cp: cp, health: .unmonitored, failures: nil, reason: StateReport.stopped))))
        }
        advance(to: now)
        defer { actions = [] }
        return actions
    }

    /// The time at which `tick` is due; `nil` while a check is under way and nothing else is waited for.
    public var deadline: Instant? {
        guard !stopping else { return nil }
        let check = isChecking ? nil : checkAt
        return switch (greeting.dueAt, check) {
        case (let a?, let b?): min(a, b)
        case (let a, let b): a ?? b
        }
    }

    private mutating func advance(to now: Now) {
        guard !stopping else { return }
        if greeting.take(at: now.monotonic) { publish() }
        if !isChecking, checkAt <= now.monotonic {
            isChecking = true
            // The next one counts from this one's start, so that three time-outs take three seconds and not six.
            lastCheck = now.monotonic
            actions.append(.check)
        }
    }

    private mutating func conclude(_ result: CheckResult) {
        switch result {
        case .passed:
            checkAt = lastCheck + settings.interval
            failures = 0
            actions.append(.notice(.passed))
            guard health != .ok else { return }
            if health == .faulty { actions.append(.notice(.recovered)) }
            health = .ok
            reason = "check passed"
            publish()
        case .away(let why):
            checkAt = lastCheck + settings.intervalWhileFailing
            failures = 0
            guard health != .unmonitored || reason != why else { return }
            health = .unmonitored
            reason = why
            publish()
        case .failed(let why):
            checkAt = lastCheck + settings.intervalWhileFailing
            failures += 1
            let mayBeStarting = health == .unmonitored && failures < settings.failuresToFault
            actions.append(.notice(mayBeStarting ? .awaitingEngine(reason: why) : .failed(count: failures, reason: why)))
            guard failures == settings.failuresToFault else { return }
            health = .faulty
            reason = why
            actions.append(.notice(.faulty(failures: failures)))
            publish()
        }
    }

    private mutating func greetCentral(at now: Now) { if link != nil { greeting.plan(at: now.monotonic, using: &random) } }

    private mutating func publish() {
        guard let link, !stopping else { return }
        greeting.cancel()
        let count = health == .unmonitored ? nil : failures
        actions.append(.publish(.health(HealthReport(epoch: link, cp: cp, health: health, failures: count, reason: reason))))
    }
}
