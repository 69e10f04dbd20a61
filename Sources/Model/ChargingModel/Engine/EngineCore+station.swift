/// An engine whose hardware is a station: it asks, and the station decides when a charge begins and ends, and what it metered.
extension EngineCore {
    /// Goes on with the session that was under way when the engine's process ended: the station may be charging.
    mutating func goOn(with session: ActiveSession, at now: Now) {
        guard session.isMetered else { return wait(in: session, at: now) }
        let elapsed = max(0, now.wall.milliseconds - session.started.milliseconds)
        let left = max(.zero, session.duration - .milliseconds(min(elapsed, session.duration.milliseconds)))
        mode = .supplying(supply(session, for: left, at: now))
    }

    private mutating func wait(in session: ActiveSession, at now: Now) {
        mode = .waiting(session, until: now.monotonic + specification.plugInTime)
    }

    private func supply(_ session: ActiveSession, for time: Duration, at now: Now) -> Supply {
        Supply(
            session: session, load: .unlimited, began: now.monotonic, ends: now.monotonic + time, endsByTarget: false,
            nextReading: now.monotonic + time)
    }

    mutating func handle(_ event: StationEvent, at now: Now) {
        switch event {
        case .reachable(let isReachable): setReachable(isReachable)
        case .unavailable(let isUnavailable):
            station?.isUnavailable = isUnavailable
            rest(because: isUnavailable ? "The station says that it is out of service" : "The station is in service again")
        case .occupied(let isOccupied):
            guard station?.isOccupied != isOccupied else { break }
            station?.isOccupied = isOccupied
            if case .activated = mode {
                reason = isOccupied ? "A vehicle is plugged in" : "The vehicle is gone"
                publishState()
            }
        case .refused(let session, let why): refuse(session, why, at: now)
        case .began(let session, let register, let at, let clock): begin(session, at: register, began: at, clock, now: now)
        case .metered(let session, let reading): take(reading, of: session, at: now)
        case .phase(let session, let phase): take(phase, of: session, at: now)
        case .ended(let session, let metered): end(session, metered, at: now)
        case .lost(let session): leave(session)
        case .found(let record): find(record, at: now)
        case .newMeter:
            station?.isMeterSpent = true
            changeMeterIfDue(at: now)
        case .asks(let request, let token): ask(request, token, at: now)
        }
    }

    private mutating func setReachable(_ isReachable: Bool) {
        guard station?.isReachable != isReachable else { return }
        station?.isReachable = isReachable
        tell(isReachable ? "The station is connected" : StationEvent.notConnected)
        publishState()
    }

    // MARK: At rest

    /// The mode in which nothing is charged.
    var restMode: Mode {
        guard let station else { return .activated }
        if let fault = station.fault { return .faulty(fault) }
        return station.isOutOfOrder || station.isUnavailable ? .stopped : .activated
    }

    /// Takes the mode in which nothing is charged, unless something is.
    private mutating func rest(because: String) {
        switch mode {
        case .starting, .waiting, .supplying: break
        case .activated, .stopped, .faulty:
            guard mode != restMode else { break }
            mode = restMode
            tell(because)
            publishState()
        }
    }

    mutating func setStation(fault: String?, at now: Now) {
        station?.fault = fault
        if case .supplying(let supply) = mode, fault != nil { ask(supply, .fault) }
        switch (mode, fault) {
        case (.starting(let session, _), let fault?), (.waiting(let session, _), let fault?): giveUp(session, .fault, because: fault, at: now)
        case (.starting, nil), (.waiting, nil), (.activated, _), (.supplying, _), (.stopped, _), (.faulty, _): break
        }
        rest(because: fault ?? "Fault cleared")
    }

    /// Carries out the operator's wish: the session is ended first (S8).
    mutating func setStation(outOfOrder: Bool, at now: Now) {
        station?.isOutOfOrder = outOfOrder
        actions.append(.station(.serve(!outOfOrder)))
        switch mode {
        case .supplying(let supply) where outOfOrder: ask(supply, .outOfOrder)
        case .starting(let session, _) where outOfOrder, .waiting(let session, _) where outOfOrder:
            giveUp(session, .outOfOrder, because: "Out of order", at: now)
        case .starting, .waiting, .supplying, .activated, .stopped, .faulty:
            let before = mode
            rest(because: outOfOrder ? "Out of order" : "Resumed")
            if mode == before { publishState() }
        }
    }

    // MARK: A session

    /// Asks the station to end the charge: it is over when the station says so, and at which register.
    mutating func ask(_ supply: Supply, _ reason: EndReason) {
        var supply = supply
        if supply.ending == nil { supply.ending = reason }
        mode = .supplying(supply)
        actions.append(.station(.end(supply.session.session)))
    }

    /// Ends a session in which nothing was metered yet; should the station begin it all the same, its record is found later.
    mutating func giveUp(_ session: ActiveSession, _ reason: EndReason, because: String, at now: Now) {
        actions.append(.station(.end(session.session)))
        end(session, endRegister: session.startRegister, ended: now.wall, now: now, reason, next: restMode, because: because)
    }

    private mutating func refuse(_ id: SessionID, _ why: String, at now: Now) {
        switch mode {
        case .starting(let session, _) where session.session == id, .waiting(let session, _) where session.session == id:
            end(session, endRegister: session.startRegister, ended: now.wall, now: now, .neverStarted, next: restMode, because: why)
        case .activated, .starting, .waiting, .supplying, .stopped, .faulty: break
        }
    }

    private mutating func begin(_ id: SessionID, at register: Energy, began: WallTime, _ clock: SessionClock, now: Now) {
        var session: ActiveSession
        switch mode {
        case .starting(let begun, _) where begun.session == id: session = begun
        case .waiting(let begun, _) where begun.session == id: session = begun
        case .activated, .starting, .waiting, .supplying, .stopped, .faulty: return
        }
        session.startRegister = register
        session.started = began
        session.provenance.clock = clock
        session.isMetered = true
        if register > memory.register { journal(.jumped(register)) }
        journal(.started(session))
        mode = .supplying(supply(session, for: session.duration, at: now))
        tell("Charging started")
        publishState()
        sayStarted(session)
    }

    private mutating func take(_ phase: Phase, of id: SessionID, at now: Now) {
        switch mode {
        case .supplying(var supply) where supply.session.session == id && supply.phase != phase:
            supply.phase = phase
            mode = .supplying(supply)
            publishState()
        // The vehicle is there, and charges: it is the register at which it began that is still to be said.
        case .waiting(let session, let until) where session.session == id && phase != .plugIn:
            mode = .waiting(session, until: max(until, now.monotonic + session.duration))
        case .activated, .starting, .waiting, .supplying, .stopped, .faulty: break
        }
    }

    private mutating func take(_ reading: StationReading, of id: SessionID, at now: Now) {
        guard case .supplying(let supply) = mode, supply.session.session == id, reading.register >= supply.session.startRegister else { return }
        guard reading.register >= memory.register else { return }
        if reading.register > memory.register { journal(.register(reading.register)) }
        let energy = reading.register - supply.session.startRegister
        let elapsed = max(0, now.wall.milliseconds - supply.session.started.milliseconds) / 1000
        publish(reading.power, energy, reading.measured, of: supply.session, elapsedSeconds: elapsed)
        if let target = supply.session.energyTarget, energy >= target, supply.ending == nil { ask(supply, .target) }
    }

    private mutating func end(_ id: SessionID, _ metered: MeteredEnd, at now: Now) {
        // One whose beginning did not arrive says it with its end.
        begin(id, at: metered.start, began: metered.started, metered.clock, now: now)
        if case .supplying(let supply) = mode, supply.session.session == id {
            var session = supply.session
            session.provenance.clock = metered.clock
            end(
                session, endRegister: metered.end, ended: metered.ended, now: now, supply.ending ?? metered.reason, word: metered.word,
                next: restMode, because: "Charging ended")
        } else if var session = memory.left[id] {
            session.provenance.clock = metered.clock
            let record = record(
                of: session, endRegister: metered.end, ended: metered.ended, reason: metered.reason, word: metered.word)
            journal(.ended(record))
            say(record, at: now)
        } else if memory.record(of: id)?.energy ?? .zero == .zero, metered.end > metered.start {
            // It was given up before the station began it all the same: that it was metered is a fact.
            find(FoundRecord(session: SessionID(known: id.text.prefix(31) + "-late"), token: nil, metered), at: now)
        }
    }

    private mutating func leave(_ id: SessionID) {
        guard case .supplying(let supply) = mode, supply.session.session == id else { return }
        journal(.left(id))
        mode = restMode
        tell("The station is idle, and did not say how the session ended")
        publishState()
    }

    private mutating func find(_ found: FoundRecord, at now: Now) {
        guard memory.record(of: found.session) == nil, let meter = memory.meter else { return }
        let metered = found.metered
        let end = max(metered.start, metered.end)
        let record = SessionRecord(
            session: found.session, driver: nil, meter: meter, startRegister: metered.start, endRegister: end,
            cost: specification.price.cost(of: end - metered.start), started: metered.started, ended: max(metered.started, metered.ended),
            endReason: metered.reason, provenance: Provenance(origin: .offline, token: found.token, clock: metered.clock),
            stationReason: metered.word)
        if metered.start > memory.register { journal(.jumped(metered.start)) }
        journal(.ended(record))
        say(record, at: now)
    }

    /// Counts on a new meter, once nothing that was metered on the old one is under way or to be told: Central bills by the meter that `info` names.
    mutating func changeMeterIfDue(at now: Now) {
        guard station?.isMeterSpent == true, memory.unacknowledged.isEmpty else { return }
        switch mode {
        case .starting, .waiting, .supplying: return
        case .activated, .stopped, .faulty: break
        }
        station?.isMeterSpent = false
        journal(.minted(mintedMeter(at: now)))
        actions.append(.station(.meterChanged))
        // Its `info` names the meter, and is said once in a connection (P6).
        actions.append(.connectAnew)
    }
}
