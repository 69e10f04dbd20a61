extension Driver {
    /// Does what time alone brings about.
    mutating func advance(to now: Now) {
        guard maySpeak else { return }
        if greeting.take(at: now.monotonic) {
            repeatOpenRequests(at: now)
        }
        for index in stops.indices where stops[index].repeatAt <= now.monotonic {
            stops[index].backoff = min(stops[index].backoff * 2, .seconds(30))
            stops[index].repeatAt = now.monotonic + stops[index].backoff
            actions.append(.publish(.request(settings.driver, .stop(stops[index].session))))
        }
        for index in vehicles.indices {
            switch vehicles[index] {
            case .asking(var asking) where asking.repeatAt <= now.monotonic:
                asking.backoff = min(asking.backoff * 2, .seconds(30))
                asking.repeatAt = now.monotonic + asking.backoff
                vehicles[index] = .asking(asking)
                send(asking.request)
            case .waiting(let until) where until <= now.monotonic:
                vehicles[index] = .idle
                if !isResting, let cp = availablePoint() { ask(vehicle: index, for: cp, at: now) }
            case .charging(var charging) where charging.repeatAt.map { $0 <= now.monotonic } ?? false:
                charging.repeatAt = nil
                vehicles[index] = .charging(charging)
                send(charging.request)
            case .looking(let looking):
                look(looking, vehicle: index, at: now)
            case .idle, .asking, .waiting, .charging:
                break
            }
        }
        // One vehicle for each time the interval has passed; silent while none is idle (S10).
        guard !isResting, let interval = settings.interval, let due = dueAt, due <= now.monotonic else { return }
        let passed = Int64((now.monotonic - due) / interval)
        dueAt = due + interval * Int(passed + 1)
        if let idle = vehicles.firstIndex(of: .idle) { ask(vehicle: idle, for: pointInTurn(), at: now) }
    }

    private mutating func pointInTurn() -> ChargePointID? {
        guard !settings.points.isEmpty else { return nil }
        defer { nextPoint = (nextPoint + 1) % settings.points.count }
        return settings.points[nextPoint]
    }

    /// The next point in turn that Central shows available: of the driver's own list, or of all that it has heard of.
    private mutating func availablePoint() -> ChargePointID? {
        if settings.points.isEmpty { return verdicts.values.filter(\.available).map(\.cp).min() }
        for offset in settings.points.indices {
            let index = (nextPoint + offset) % settings.points.count
            let cp = settings.points[index]
            guard verdicts[cp]?.available == true else { continue }
            nextPoint = (index + 1) % settings.points.count
            return cp
        }
        return nil
    }

    mutating func ask(vehicle: Int, for cp: ChargePointID?, _ looking: Looking? = nil, at now: Now) {
        let request = ChargeRequest(
            id: RequestID(known: ULID.make(at: now.wall, using: &random)), cp: cp, energyTarget: looking?.needs.energy ?? settings.energyTarget,
            duration: looking?.needs.stay ?? settings.duration)
        vehicles[vehicle] = .asking(Asking(request: request, needs: looking, repeatAt: now.monotonic + .seconds(2), backoff: .seconds(2)))
        actions.append(.notice(.requested(cp: cp)))
        send(request)
    }

    /// Repeats the requests that have no outcome yet: at each connection of its own and at each new Central (S2).
    mutating func repeatOpenRequests(at now: Now) {
        guard maySpeak else { return }
        for index in vehicles.indices {
            switch vehicles[index] {
            case .asking(var asking):
                asking.backoff = .seconds(2)
                asking.repeatAt = now.monotonic + .seconds(2)
                vehicles[index] = .asking(asking)
                send(asking.request)
            case .charging(var charging):
                charging.repeatAt = nil
                charging.backoff = .seconds(1)
                vehicles[index] = .charging(charging)
                send(charging.request)
            case .idle, .waiting, .looking:
                break
            }
        }
    }

    private mutating func send(_ request: ChargeRequest) {
        actions.append(.publish(.request(settings.driver, .charge(request))))
    }
}
