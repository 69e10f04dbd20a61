internal import ChargingModel
internal import OCPP

/// The connection to the backend: dialled again whenever it ends, with ever longer pauses, spread by chance.
extension ChargingStation {
    /// The time that a backend has to answer a call.
    static let callPatience = Duration.seconds(30)
    /// The longest pause between two dials.
    private static let longestPause = Duration.seconds(30)

    mutating func dial() {
        dialsAt = nil
        guard isReachable, dialing == nil else { return }
        lastLink += 1
        dialing = lastLink
        actions.append(.dial(lastLink))
    }

    mutating func opened(_ id: UInt64) {
        guard dialing == id else { return actions.append(.hangUp(id)) }
        dialing = nil
        if has(.redials), failures < 4 {
            failures += 1
            actions.append(.hangUp(id))
            dialsAt = now.monotonic
            return
        }
        failures = 0
        if let old = link {
            oldLinks.append((now.monotonic + .seconds(5), old.id))
            forgetConnection()
        }
        var new = Link(id: id, heartbeatAt: now.monotonic + settings.heartbeat)
        new.bootsAt = has(.noBoot) ? nil : now.monotonic
        new.isAccepted = has(.noBoot)
        link = new
        if has(.statusFirst) { for evse in outlets.keys.sorted() { errands.append(.status(evse)) } }
        if has(.noBoot) { isLetIn() }
        if has(.secondSocket), chance(2) { dialsAt = now.monotonic + .seconds(5) + random.duration(below: .seconds(20)) }
        if has(.halfOpen) { link?.freezesAt = now.monotonic + .seconds(20) + random.duration(below: .seconds(60)) }
    }

    /// The backend serves it from now on.
    private mutating func isLetIn() {
        link?.isAccepted = true
        link?.heartbeatAt = now.monotonic + settings.heartbeat
        actions.append(.notice(.accepted))
        if has(.repeatsStart) { repeatLastStart() }
        for evse in outlets.keys.sorted() { sayStatus(evse) }
    }

    mutating func closed(_ id: UInt64) {
        oldLinks.removeAll { $0.link == id }
        if dialing == id {
            dialing = nil
            failures += 1
            dialLater()
        } else if link?.id == id {
            forgetConnection()
            dialLater()
        }
    }

    /// Half of the pause is left to chance, so that those who lost their backend at once do not come back at once.
    private mutating func dialLater() {
        guard isReachable, dialing == nil else { return }
        let pause = min(ChargingStation.longestPause, .seconds(1 << min(failures, 5)))
        dialsAt = now.monotonic + pause / 2 + random.duration(below: pause)
    }

    mutating func forgetConnection() {
        link = nil
        errands = []
        slowAnswers = []
        outstanding = nil
    }

    /// Lets the connection stand as it is, and goes on without it.
    mutating func leaveHalfOpen() {
        guard let id = link?.id else { return }
        actions.append(.freeze(id))
        oldLinks.append((now.monotonic + .seconds(100), id))
        forgetConnection()
        dialsAt = now.monotonic + .seconds(1)
    }

    mutating func setReachable(_ isReachable: Bool) {
        guard self.isReachable != isReachable else { return }
        self.isReachable = isReachable
        if isReachable {
            failures = 0
            dialsAt = now.monotonic + random.duration(below: .seconds(1))
        } else {
            dialsAt = nil
            if let id = link?.id ?? dialing { actions.append(.hangUp(id)) }
            dialing = nil
            forgetConnection()
        }
    }

    // MARK: Booting

    mutating func heardBoot(_ answer: BootAnswer) {
        setClock(answer.time)
        if answer.status == .accepted {
            if answer.interval > 0 { settings.heartbeat = .seconds(min(answer.interval, 86_400)) }
            link?.bootsAt = nil
            isLetIn()
        } else {
            link?.bootsAt = now.monotonic + (answer.interval > 0 ? .seconds(min(answer.interval, 86_400)) : .seconds(30))
        }
    }

    /// - Parameter reason: what becomes of charges that go on; `nil` where they were stopped before.
    mutating func restart(_ reason: StopReason?) {
        restartsAt = nil
        actions.append(.notice(.restarts))
        let id = link?.id ?? dialing
        forgetConnection()
        dialing = nil
        clockAhead = startingClock
        for evse in outlets.keys.sorted() {
            end(at: evse, reason ?? .reboot, .abnormalCondition)
            outlets[evse]?.promise = nil
            if has(.resetsRegister) { outlets[evse]?.base = .zero }
            if has(.newMeter) { outlets[evse]?.base = Energy(wattHours: 1000 * Int64.random(in: 0...200, using: &random)) }
        }
        meters += 1
        if let id { actions.append(.hangUp(id)) }
        failures = 0
        if isReachable { dialsAt = now.monotonic + .seconds(2) + random.duration(below: .seconds(2)) }
    }

    // MARK: The clock

    /// The clock after a boot, as it is ahead of the computer's, in milliseconds.
    var startingClock: Int64 {
        if has(.slowClock) { return -5 * 3_600_000 }
        if has(.fastClock) { return 5 * 3_600_000 }
        return has(.year1970) ? -now.wall.milliseconds : 0
    }

    /// The time by the station's clock.
    var wall: WallTime { now.wall.advanced(byMilliseconds: clockAhead) }

    mutating func setClock(_ time: OCPPTime?) {
        guard let time, !has(.slowClock), !has(.fastClock), !has(.year1970) else { return }
        let ahead = time.wall.milliseconds.subtracting(clamped: now.wall.milliseconds)
        // A second is what the way may take.
        if abs(ahead.subtracting(clamped: clockAhead)) > 1000 { clockAhead = ahead }
    }
}
