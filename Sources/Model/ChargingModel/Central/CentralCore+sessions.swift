extension CentralCore {
    mutating func insert(_ session: OpenSession) {
        let id = session.assignment.session
        sessions[id] = session
        openRequests[session.key] = id
        openPerDriver[session.driver, default: 0] += 1
        if points[session.cp] == nil { points[session.cp] = PointBelief(session.cp) }
        points[session.cp]?.session = id
    }

    @discardableResult
    mutating func remove(_ id: SessionID) -> OpenSession? {
        guard let session = sessions.removeValue(forKey: id) else { return nil }
        openRequests[session.key] = nil
        openPerDriver[session.driver, default: 1] -= 1
        if openPerDriver[session.driver] == 0 { openPerDriver[session.driver] = nil }
        if points[session.cp]?.session == id { points[session.cp]?.session = nil }
        timers.cancel(.session(id))
        timers.cancel(.stop(id))
        return session
    }

    /// Notes that START is confirmed (S3).
    mutating func confirm(_ id: SessionID) {
        guard var session = sessions[id], session.phase != .proposed else { return }
        session.goneBefore = .zero
        session.saidNoContact = false
        let isNew = !session.isConfirmed
        session.isConfirmed = true
        sessions[id] = session
        guard isNew else { return }
        write(.confirm(id), then: .none)
        actions.append(.notice(.sessionStarted(session.driver, session.cp)))
    }

    /// Compares an open session with what is known of its point, and starts, keeps or ends the wait that may close it (S5).
    mutating func reconsider(_ id: SessionID) {
        guard let session = sessions[id], session.phase == .open, let point = points[session.cp] else { return }
        let isGone = point.engine.live.map { $0.state == .disconnected } ?? true
        if isGone, point.engine.live != nil, !session.saidNoContact {
            sessions[id]?.saidNoContact = true
            let reason = "no contact with \(session.cp)"
            let cost = session.assignment.price.cost(of: session.seen.energy)
            tell(session, .inProgress(session: id, power: Power(watts: 0), energy: session.seen.energy, cost: cost, reason: reason))
        }
        setWait(for: cause(session, point, isGone: isGone), of: id)
    }

    private func cause(_ session: OpenSession, _ point: PointBelief, isGone: Bool) -> OpenSession.Cause? {
        if point.monitor.live?.health == .faulty { return .faulty }
        if isGone { return session.startedInThisConnection && !session.isConfirmed ? .unconfirmed : .gone }
        if point.engine.live?.state == .supplying, point.engine.live?.session == session.assignment.session { return nil }
        return session.isConfirmed ? .notSupplying : .unconfirmed
    }

    private mutating func setWait(for cause: OpenSession.Cause?, of id: SessionID) {
        // Waits run only while the ledger works (S7): when it does again, all are considered anew.
        guard var session = sessions[id], let link, ledger == .working else { return }
        switch (session.wait, cause) {
        case (.none, nil): return
        case (.running(let current, _), let new?) where current == new: return
        case (.fenced(let current), let new?) where current == new: return
        case (.none, _), (.running, _), (.fenced, _): break
        }
        session.keepGoneTime(until: now.monotonic, link.since + settings.goneGrace)
        guard let cause else {
            session.wait = .none
            session.goneBefore = .zero
            sessions[id] = session
            return timers.cancel(.session(id))
        }
        session.wait = .running(cause, since: now.monotonic)
        sessions[id] = session
        let due =
            switch cause {
            case .unconfirmed, .notSupplying: now.monotonic + settings.shortWait
            // Said by somebody else, its monitor takes it back at once (P9).
            case .faulty: now.monotonic + Freshness.settlingTime
            case .gone: max(now.monotonic, link.since + settings.goneGrace) + max(.zero, settings.goneWait - session.goneBefore)
            }
        timers.set(.session(id), at: due)
    }

    /// Ends a wait and publishes a fence: only when it comes back, everything queued before the end of the wait has been read (S7).
    mutating func waitIsOver(_ id: SessionID) {
        guard let link, ledger == .working, let session = sessions[id] else { return }
        guard case .running(let cause, let since) = session.wait else { return reconsider(id) }
        var fenced = session
        if cause == .gone { fenced.goneBefore += now.monotonic - max(since, link.since + settings.goneGrace) }
        fenced.wait = .fenced(cause)
        sessions[id] = fenced
        fences[nextFence] = id
        queue.add(.fence(Fence(epoch: link.epoch, number: nextFence)))
        nextFence += 1
    }

    mutating func hear(_ fence: Fence) {
        if let arrival, fence.epoch == arrival.epoch, fence.number == arrival.fence { return goOnline() }
        guard let link, fence.epoch == link.epoch, let id = fences.removeValue(forKey: fence.number) else { return }
        guard let session = sessions[id], session.phase == .open, case .fenced(let cause) = session.wait else { return }
        switch cause {
        case .unconfirmed: close(id, .neverStarted)
        case .notSupplying: close(id, .interrupted)
        case .faulty: close(id, .fault)
        case .gone: close(id, session.isConfirmed ? .interrupted : .neverStarted)
        }
    }

    /// Closes a session without its record (S5).
    mutating func close(_ id: SessionID, _ reason: EndReason) {
        guard ledger == .working, let session = sessions[id], session.phase == .open else { return }
        sessions[id]?.phase = .closing
        sessions[id]?.wait = .none
        timers.cancel(.session(id))
        write(.close(id, reason, session.seen, at: now.wall), then: .closed(id))
    }

    /// Sends a record to the ledger, whoever sent it and whatever is known here of its session (S6).
    mutating func hear(_ record: SessionRecord, from cp: ChargePointID) {
        let session = sessions[record.session]
        let context = RecordContext(
            seen: session?.seen ?? Seen(), most: session?.mostEnergy(at: now), rating: points[cp]?.info?.power,
            isSupplying: session.map { isSupplying($0) } ?? false)
        let parked = ParkedRecord(cp: cp, record: record, context: context)
        if ledger == .working { write(parked) } else { park(parked) }
    }

    /// The age up to which a station is believed when a session began, in milliseconds: it keeps records for so long while it is offline.
    private static let oldestBeginning: Int64 = 31 * 86_400_000

    /// The claim on a session that was begun offline with a token of ours; `nil` when nobody can be billed for it.
    private func claim(_ record: SessionRecord, of cp: ChargePointID) -> RecordContext.Claim? {
        // A station's clock may be ahead, or never have been set: then what holds now counts.
        let began = record.started.flatMap { $0 <= now.wall && $0 >= now.wall.advanced(byMilliseconds: -CentralCore.oldestBeginning) ? $0 : nil }
        guard record.session.isULID, let token = record.provenance.token,
            case .valid(let account) = began.map({ standing(of: token, at: $0) }) ?? standing(of: token, now: now.wall)
        else { return nil }
        // What it costs, and on which meter, its engine says with each connection, before it is whole.
        // Another meter is another engine's: this one says its part when it is believed.
        guard let point = points[cp], point.isHeard, let info = point.info, info.meter == record.meter else { return .unknownYet }
        return .of(account, info.price, info.power)
    }

    /// True while the session's engine says that it supplies the session on its meter, or has it while its station is away, or did a moment ago, or may not have begun: a will that somebody
    /// else said is taken back at once (P9).
    private func isSupplying(_ session: OpenSession) -> Bool {
        guard let engine = points[session.cp]?.engine else { return false }
        if session.mayNotHaveBegun { return true }
        let isLost =
            engine.live.map { $0.state == .disconnected && $0.seq == nil && now.monotonic - engine.heardAt < Freshness.settlingTime } ?? false
        guard let state = isLost ? engine.before : engine.live else { return false }
        guard state.state == .supplying || state.isAway else { return false }
        return state.session == session.assignment.session && state.meter == session.assignment.meter
    }

    /// Keeps a record for the ledger's return, so that nobody takes the session for interrupted. Beyond `parkedLimit` only records of sessions open
    /// at their point are kept; for others the engines' resends remain.
    mutating func park(_ parked: ParkedRecord) {
        // Whoever invents records takes no place from the session that is open at its point.
        let isOfOpenSession = sessions[parked.record.session]?.cp == parked.cp
        guard parkedRecords.count < CentralCore.parkedLimit || parkedRecords[parked.key] != nil || isOfOpenSession else { return }
        parkedRecords[parked.key] = parked
    }

    /// Sends a record to the ledger. Until it is written nothing else closes its session; another point's record closes none.
    mutating func write(_ parked: ParkedRecord) {
        let id = parked.record.session
        if let session = sessions[id], session.phase == .open, session.cp == parked.cp {
            sessions[id]?.phase = .closing
            sessions[id]?.wait = .none
            timers.cancel(.session(id))
        }
        var parked = parked
        // The ledger knows whose a token is: what was heard while it did not work is claimed now.
        if parked.record.provenance.origin == .offline { parked.context.claim = claim(parked.record, of: parked.cp) }
        takeRow(for: &parked)
        write(.record(parked.cp, parked.record, parked.context, at: now.wall), then: .record(parked))
    }

    /// Takes the row that a record may need: it may have to be put aside.
    private mutating func takeRow(for parked: inout ParkedRecord) {
        // Who was never whole has no allowance of its own: whoever invents records invents points as well.
        parked.isOfPoint = points[parked.cp]?.wasHeard == true
        let now = now.monotonic
        parked.context.mayBePutAside = withAllowances(\.records, of: parked.isOfPoint ? parked.cp : nil) { $0.takeRecord(of: &$1, now) }
    }

    /// Gives back what was taken for a record that needed no row.
    mutating func giveBackRow(of parked: ParkedRecord) {
        guard parked.context.mayBePutAside else { return }
        withAllowances(\.records, of: parked.isOfPoint ? parked.cp : nil) { $0.giveBackRecord(of: &$1) }
    }

    /// Stops the waits, which run only while Central is connected: those of 2 s start anew, the 60 s add up (S7).
    mutating func suspendWaits(connectedSince: Instant) {
        fences = [:]
        for id in sessions.keys.sorted() {
            guard var session = sessions[id] else { continue }
            session.keepGoneTime(until: now.monotonic, connectedSince + settings.goneGrace)
            session.wait = .none
            session.startedInThisConnection = false
            if !session.isConfirmed { session.isBlameless = true }
            sessions[id] = session
            timers.cancel(.session(id))
        }
    }
}

extension OpenSession {
    /// Adds up the time that the engine has been gone, except for what lies before `counted`.
    fileprivate mutating func keepGoneTime(until now: Instant, _ counted: Instant) {
        guard case .running(.gone, let since) = wait else { return }
        goneBefore += max(.zero, now - max(since, counted))
    }
}
