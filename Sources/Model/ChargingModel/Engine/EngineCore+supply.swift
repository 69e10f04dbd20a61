extension EngineCore {
    /// Does what time alone brings about: readings, the end of the charge, resent records, the repeat for a new Central.
    mutating func advance(to now: Now) {
        if case .supplying(let supply) = mode, station != nil {
            if now.monotonic >= supply.ends, supply.ending == nil { ask(supply, .completed) }
        } else if case .supplying(let supply) = mode {
            if now.monotonic >= supply.ends {
                let reason: EndReason = supply.endsByTarget ? .target : .completed
                end(supply, at: supply.ends, now: now, reason: reason, next: .activated, because: "Charging completed")
            } else if now.monotonic >= supply.nextReading {
                read(supply, at: now)
            }
        }
        if case .waiting(let session, let until) = mode, now.monotonic >= until {
            if station != nil { actions.append(.station(.end(session.session))) }
            end(session, endRegister: session.startRegister, ended: now.wall, now: now, .neverStarted, next: restMode, because: "No vehicle came")
        }
        askAgain(at: now)
        guard link != nil else { return }
        if greeting.take(at: now.monotonic) {
            giveBirth(at: now)
        }
        sayRecordsAgain(at: now)
    }

    mutating func start(_ order: StartOrder, provenance: Provenance = .central, at now: Now) {
        let session = ActiveSession(
            session: order.session, driver: order.driver, price: order.price, energyTarget: order.energyTarget,
            duration: order.duration ?? specification.sessionDuration, startRegister: memory.register, started: now.wall, provenance: provenance)
        start(session, at: now)
    }

    /// Begins a session without Central, at the point's own price.
    mutating func start(_ offline: OfflineStart, at now: Now) {
        guard case .activated = mode, !stopping, memory.record(of: offline.session) == nil else { return }
        let session = ActiveSession(
            session: offline.session, driver: offline.driver, price: specification.price, energyTarget: nil,
            duration: offline.duration ?? specification.sessionDuration, startRegister: memory.register, started: now.wall,
            provenance: Provenance(origin: .offline, token: offline.token))
        start(session, at: now)
    }

    private mutating func start(_ session: ActiveSession, at now: Now) {
        journal(.started(session))
        mode = .starting(session, since: now.monotonic)
        actions.append(.ready(session.session))
    }

    /// The longest time that the journal may take: START means now, and by then Central has given the session up (S5, P12).
    static let startPatience = Duration.seconds(2)

    /// Orders the contactor closed: the session's beginning can't be lost any more.
    mutating func closeContactor(for id: SessionID, at now: Now) {
        guard case .starting(let session, let since) = mode, session.session == id else { return }
        guard now.monotonic - since <= EngineCore.startPatience else {
            return end(
                session, endRegister: session.startRegister, ended: now.wall, now: now, .neverStarted, next: restMode,
                because: "Too late to start")
        }
        actions.append(.closeContactor(id))
    }

    /// Begins to wait for the vehicle, and confirms START by saying so: nobody else may have the point (S3).
    mutating func awaitVehicle(of id: SessionID, at now: Now) {
        guard case .starting(let session, _) = mode, session.session == id else { return }
        mode = .waiting(session, until: now.monotonic + specification.plugInTime)
        tell("Waiting for the vehicle")
        publishState()
    }

    /// Begins to supply: energy flows. The session's time begins.
    mutating func supply(_ id: SessionID, _ load: Load, at now: Now) {
        let session: ActiveSession
        switch mode {
        case .starting(let begun, _) where begun.session == id: session = begun
        case .waiting(let begun, _) where begun.session == id: session = begun
        case .activated, .starting, .waiting, .supplying, .stopped, .faulty: return
        }
        let timeToTarget = session.energyTarget.flatMap { load.time(toDeliver: $0, limit: specification.power) }
        let byTarget = timeToTarget.map { $0 <= session.duration } ?? false
        let ends = now.monotonic + (byTarget ? timeToTarget ?? session.duration : session.duration)
        mode = .supplying(
            Supply(
                session: session, load: load, began: now.monotonic, ends: ends, endsByTarget: byTarget,
                nextReading: now.monotonic + specification.telemetryInterval))
        tell("Charging started")
        publishState()
        sayStarted(session)
    }

    mutating func sayStarted(_ session: ActiveSession) {
        guard let meter = memory.meter else { return }
        publish(
            .sessionStarted(
                SessionStart(
                    session: session.session, driver: session.driver, meter: meter, startRegister: session.startRegister, started: session.started,
                    provenance: session.provenance)))
    }

    /// Ends the charge as it stood at the instant: journalled, then SESSION_ENDED, then the state (S4).
    mutating func end(_ supply: Supply, at instant: Instant, now: Now, reason: EndReason, next: Mode, because: String) {
        let overshoot = max(.zero, now.monotonic - instant)
        let ended = WallTime(milliseconds: now.wall.milliseconds - overshoot.milliseconds)
        end(supply.session, endRegister: register(of: supply, at: instant), ended: ended, now: now, reason, next: next, because: because)
    }

    mutating func end(
        _ session: ActiveSession, endRegister: Energy, ended: WallTime, now: Now, _ reason: EndReason, word: StationWord? = nil, next: Mode,
        because: String
    ) {
        let record = record(of: session, endRegister: endRegister, ended: ended, reason: reason, word: word)
        journal(.ended(record))
        say(record, at: now)
        mode = next
        guard !stopping else { return }
        tell(because)
        publishState()
    }

    func record(of session: ActiveSession, endRegister: Energy, ended: WallTime, reason: EndReason, word: StationWord? = nil) -> SessionRecord {
        let endRegister = max(endRegister, session.startRegister)
        return SessionRecord(
            session: session.session, driver: session.driver, meter: memory.meter ?? MeterID(known: "unknown"), startRegister: session.startRegister,
            endRegister: endRegister, cost: session.price.cost(of: endRegister - session.startRegister), started: session.started, ended: ended,
            endReason: reason, provenance: session.provenance, stationReason: word)
    }

    private func register(of supply: Supply, at instant: Instant) -> Energy {
        var delivered = supply.load.energy(over: min(instant, supply.ends) - supply.began, limit: specification.power)
        if let target = supply.session.energyTarget {
            delivered = supply.endsByTarget && instant >= supply.ends ? target : min(delivered, target)
        }
        return max(memory.register, supply.session.startRegister + delivered)
    }

    private mutating func read(_ supply: Supply, at now: Now) {
        let register = register(of: supply, at: now.monotonic)
        if register > memory.register { journal(.register(register)) }
        let elapsed = now.monotonic - supply.began
        var next = supply
        let intervals = elapsed.nanoseconds / max(1, specification.telemetryInterval.nanoseconds) + 1
        next.nextReading = supply.began + specification.telemetryInterval * Int(intervals)
        let power = supply.load.power(after: elapsed, limit: specification.power)
        next.phase = power.watts > 0 ? .charging : .suspendedVehicle
        mode = .supplying(next)
        if next.phase != supply.phase { publishState() }
        publish(
            power, register - supply.session.startRegister, Measurements(), of: supply.session, elapsedSeconds: elapsed.nanoseconds / 1_000_000_000)
    }

    /// Publishes a reading, and shows it.
    mutating func publish(_ power: Power, _ energy: Energy, _ measured: Measurements, of session: ActiveSession, elapsedSeconds: Int64) {
        guard var link else { return }
        link.telemetrySeq += 1
        self.link = link
        let telemetry = Telemetry(
            epoch: link.epoch, seq: link.telemetrySeq, cp: specification.cp, session: session.session, driver: session.driver,
            meter: memory.meter, power: power, energy: energy, register: session.startRegister + energy, cost: session.price.cost(of: energy),
            elapsedSeconds: elapsedSeconds, measured: measured)
        actions.append(.publish(.telemetry(telemetry)))
        actions.append(.notice(.reading(telemetry)))
    }
}
