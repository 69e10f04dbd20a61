extension EngineCore {
    mutating func handle(_ command: Command, at now: Now) {
        guard command.cp == specification.cp, !stopping else { return }
        if let epoch = command.epoch, !central.hear(epoch, .live, at: now.monotonic).isCurrent {
            if central.wasBelieved(epoch, at: now.monotonic) { doubted.append((command, now.monotonic)) }
            if doubted.count > EngineCore.mostDoubted { doubted.removeFirst() }
            return
        }
        switch command.kind {
        case .start(let order): handle(order, command, at: now)
        case .stop(let session): stop(session, command, at: now)
        case .ack(let session, let meter):
            acknowledge(session, of: meter)
            changeMeterIfDue(at: now)
            sayNextRecords(at: now)
        case .outOfOrder: if isNewAvailabilityChange(command.id) { takeOutOfOrder(at: now) }
        case .resume: if isNewAvailabilityChange(command.id) { resume(at: now) }
        case .deny(let denial): hear(denial, at: now)
        // Without a connection there is nothing to repeat: the next one begins with a birth.
        case .rebirth: if link != nil, greeting.ask(at: now.monotonic, using: &random) { giveBirth(at: now) }
        }
    }

    /// The most commands of such a Central that are kept, and the time for which they are.
    static let mostDoubted = 16
    static let doubtTime = Duration.seconds(1)

    /// Carries out what was said a moment ago by the Central that is believed from now on.
    mutating func hearDoubted(at now: Now) {
        let said = doubted
        doubted = []
        for (command, at) in said where now.monotonic - at <= EngineCore.doubtTime { handle(command, at: now) }
    }

    mutating func greetCentral(at now: Now) { if link != nil { greeting.plan(at: now.monotonic, using: &random) } }

    /// Starts a session. Doing it twice is doing it once (P12), and what has ended is never supplied again.
    private mutating func handle(_ order: StartOrder, _ command: Command, at now: Now) {
        if let record = memory.record(of: order.session) {
            publish(record)
            if record.endReason == .neverStarted { refuse(command, "session \(order.session) was stopped before it began") }
            return
        }
        if memory.left[order.session] != nil { return refuse(command, "session \(order.session) was begun before") }
        if station?.isReachable == false { return refuse(command, StationEvent.notConnected) }
        // What is metered here would be no record of that session (S6).
        if let promised = order.meter ?? (station == nil ? nil : link?.meter), promised != memory.meter {
            return refuse(command, "it was promised on another meter")
        }
        if let request = order.request, station != nil, case .activated = mode {
            guard let asked = asking, asked.request == request else { return refuse(command, "nobody waits for it any more") }
            return startAsked(order, asked, at: now)
        }
        switch mode {
        // Whoever asks in its name charges nobody (S12).
        case .activated where order.request != nil: refuse(command, "nobody asks here with a card")
        case .activated: start(order, at: now)
        case .starting(let session, _) where session.session == order.session: break
        case .waiting(let session, _) where session.session == order.session: break
        case .starting(let session, _), .waiting(let session, _): refuse(command, "charging \(session.driver)")
        case .supplying(let supply) where supply.session.session == order.session: break
        case .supplying(let supply): refuse(command, "charging \(supply.session.driver)")
        case .stopped: refuse(command, "out of order")
        case .faulty(let fault): refuse(command, fault)
        }
    }

    /// Stops a session. Every STOP is answered by the session's record; one that never started gets one of zero energy, and one that may have ended so
    /// long ago that its record is not kept is refused: nobody may take that for zero (S4).
    private mutating func stop(_ session: SessionID, _ command: Command, at now: Now) {
        if case .supplying(let supply) = mode, supply.session.session == session {
            if station != nil { return ask(supply, .stopped) }
            end(supply, at: now.monotonic, now: now, reason: .stopped, next: .activated, because: "Charging stopped")
        } else if memory.left[session] != nil {
            actions.append(.station(.end(session)))
        } else if let begun, begun.session == session, station != nil {
            giveUp(begun, .neverStarted, because: "Stopped before it began", at: now)
        } else if let begun, begun.session == session {
            end(
                begun, endRegister: memory.register, ended: now.wall, now: now, .neverStarted, next: .activated, because: "Stopped before it began"
            )
        } else if let record = memory.record(of: session) {
            publish(record)
        } else if memory.mayHaveForgotten(session) {
            refuse(command, "the record of session \(session) is not kept any more")
        } else if let meter = memory.meter, hasRoomForUnbegun {
            let record = SessionRecord(
                session: session, driver: nil, meter: meter, startRegister: memory.register, endRegister: memory.register, cost: .zero, started: nil,
                ended: now.wall, endReason: .neverStarted)
            journal(.ended(record))
            say(record, at: now)
        }
    }

    /// The session that has begun and in which no energy flows yet.
    private var begun: ActiveSession? {
        switch mode {
        case .starting(let session, _), .waiting(let session, _): session
        case .activated, .supplying, .stopped, .faulty: nil
        }
    }

    /// Takes an ACK, unless it is of another meter: that is for a copy of this engine, whose record is not this one's (S6).
    private mutating func acknowledge(_ session: SessionID, of meter: MeterID?) {
        guard let record = memory.record(of: session), meter == nil || meter == record.meter else { return }
        resends[session] = nil
        if memory.unacknowledged.contains(session) { journal(.acknowledged(session)) }
    }

    /// True when a wish of the operator's is new, and notes it. Other commands name a session, whose state tells whether they were done.
    private mutating func isNewAvailabilityChange(_ id: CommandID) -> Bool {
        guard !availabilities.contains(id) else { return false }
        availabilities.append(id)
        if availabilities.count > 16 { availabilities.removeFirst() }
        return true
    }

    private mutating func takeOutOfOrder(at now: Now) {
        if station != nil { return setStation(outOfOrder: true, at: now) }
        switch mode {
        case .supplying(let supply):
            end(supply, at: now.monotonic, now: now, reason: .outOfOrder, next: .stopped, because: "Out of order")
        case .starting(let session, _), .waiting(let session, _):
            end(session, endRegister: memory.register, ended: now.wall, now: now, .outOfOrder, next: .stopped, because: "Out of order")
        case .activated:
            mode = .stopped
            tell("Out of order")
            publishState()
        case .stopped, .faulty:
            publishState()
        }
    }

    private mutating func resume(at now: Now) {
        if station != nil { return setStation(outOfOrder: false, at: now) }
        if case .stopped = mode {
            mode = .activated
            tell("Resumed")
        }
        publishState()
    }

    mutating func handle(fault: String?, at now: Now) {
        if station != nil { return setStation(fault: fault, at: now) }
        switch (mode, fault) {
        case (.supplying(let supply), let fault?):
            end(supply, at: now.monotonic, now: now, reason: .fault, next: .faulty(fault), because: fault)
        case (.starting(let session, _), let fault?), (.waiting(let session, _), let fault?):
            end(session, endRegister: memory.register, ended: now.wall, now: now, .fault, next: .faulty(fault), because: fault)
        case (.activated, let fault?), (.stopped, let fault?), (.faulty, let fault?):
            mode = .faulty(fault)
            tell(fault)
            publishState()
        case (.faulty, nil):
            mode = .activated
            tell("Fault cleared")
            publishState()
        case (.activated, nil), (.starting, nil), (.waiting, nil), (.supplying, nil), (.stopped, nil):
            break
        }
    }

    private mutating func refuse(_ command: Command, _ reason: String) {
        let refusal = CommandRefusal(command: command.kind.name, id: command.id, session: command.kind.session, reason: reason)
        publish(.commandRefused(refusal))
        actions.append(.notice(.refused(refusal)))
    }
}
