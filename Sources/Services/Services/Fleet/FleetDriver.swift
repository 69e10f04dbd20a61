internal import ChargingModel
internal import ChargingProtocol
internal import Demand
internal import EventLoop
internal import MQTT
internal import Runtime

/// A driver of a fleet: a real one, whose requests are timed. Bound to its loop.
final class FleetDriver {
    let member: FleetMember<DriverRuntime>
    private let loop: EventLoop
    private let number: Int
    private let plan: FleetPlan
    private let settings: Driver.Settings
    /// Requests without an answer, with the time at which they were made.
    private var asked: [RequestID: LoopTime] = [:]
    /// Requests that are about to be said for the first time.
    private var toBeAsked = 0
    private var charging = 0
    /// Told when a vehicle is free to go to a point of the driver's own.
    private let onFree: (ChargePointID) -> Void
    private var counts = FleetCounts()
    private var visits: ArraySlice<Visit> = []
    private var day: Int64 = -1
    private var timer: TimerToken?

    /// - Throws: when a setting is unusable.
    init(
        _ number: Int, of plan: FleetPlan, loop: EventLoop, context: NetworkContext, onFree: @escaping (ChargePointID) -> Void,
        onEnd: @escaping (String?) -> Void
    ) throws {
        self.onFree = onFree
        self.loop = loop
        self.number = number
        self.plan = plan
        settings = plan.settings(of: number)
        let connection = context.connection(of: .driver(settings.driver))
        let making = PartyContext(settings: connection, wire: context.wire, seed: plan.seed(2, number), isWatched: true)
        member = FleetMember(
            PartyHost(
                loop: loop, try DriverRuntime(settings, making), party: .driver(settings.driver), context: context, settings: connection, journal: nil
            ),
            onEnd: onEnd)
        member.party.onMessage = { [weak self] message, _, isOwn in self?.see(message, isOwn: isOwn) }
        member.party.onAction = { [weak self] action in
            switch action {
            case .notice(let notice): self?.take(notice)
            }
        }
    }

    func start() {
        member.start()
        if plan.supplying == .demand { awaitVisit() } else { for cp in plan.own(number) { onFree(cp) } }
    }

    /// Sends a vehicle to a point, where it asks as soon as Central shows that available.
    func send(to cp: ChargePointID) {
        member.party.feed(.wish(.needs(ChargingNeeds(points: [cp], stay: plan.session, patience: .seconds(366 * 86_400)))))
    }

    func stop() {
        if let timer { loop.cancel(timer) }
        timer = nil
        member.stop()
    }

    private func see(_ message: BusMessage, isOwn: Bool) {
        switch message {
        case .request(_, .charge(let request)):
            // Others are said again.
            guard isOwn, toBeAsked > 0, let id = request.id else { return }
            toBeAsked -= 1
            asked[id] = EventLoop.now()
            counts.requests += 1
        case .status(let status):
            guard let id = status.request else { return }
            switch status.kind {
            case .accepted: answered(id)
            case .denied(let code, _, _): if code.isAnswer { answered(id) }
            case .inProgress, .completed, .failed: break
            }
        default: break
        }
    }

    private func answered(_ id: RequestID) {
        guard let since = asked.removeValue(forKey: id) else { return }
        counts.requestTimes.add(EventLoop.now() - since)
    }

    private func take(_ notice: Driver.Notice) {
        switch notice {
        case .accepted:
            counts.accepted += 1
            charging += 1
        case .completed(let cp, _, _):
            counts.sessionsCompleted += 1
            charging -= 1
            isFree(at: cp)
        case .failed(let cp, _):
            counts.sessionsFailed += 1
            charging -= 1
            isFree(at: cp)
        case .denied(_, let code, _):
            counts.denied += 1
            if code == .unknownDriver { counts.unknown += 1 }
            if code == .driverBusy, charging < settings.vehicles { counts.tooFewVehicles += 1 }
        case .requested: toBeAsked += 1
        case .inProgress, .left, .postponed, .centralOnline: break
        }
    }

    private func isFree(at cp: ChargePointID?) { if let cp, plan.supplying != .demand { onFree(cp) } }

    // MARK: People who come and go

    private func awaitVisit() {
        let now = EventLoop.present()
        let sinceMidnight = Duration.milliseconds(now.wall.milliseconds % 86_400_000)
        let today = now.wall.milliseconds / 86_400_000
        if today != day {
            day = today
            let midnight = WallTime(milliseconds: today * 86_400_000)
            visits = Demand(visitsPerThousandDays: 880).visits(of: number, on: Int(today), beginning: midnight, seed: plan.seed)[...]
            visits = visits.drop { $0.at < sinceMidnight }
        }
        // Or at midnight, for the next day's.
        let due = visits.first?.at ?? .seconds(86_400)
        timer = loop.schedule(after: max(.milliseconds(1), due - sinceMidnight)) { [weak self] in self?.visit() }
    }

    private func visit() {
        timer = nil
        let passed = Duration.milliseconds(EventLoop.present().wall.milliseconds % 86_400_000)
        while let next = visits.first, next.at <= passed {
            visits.removeFirst()
            member.party.feed(.wish(.needs(next.needs(at: plan.near(number, next.current)))))
        }
        awaitVisit()
    }

    func count(into sum: inout FleetCounts) {
        sum.add(counts)
        member.count(into: &sum)
    }
}
