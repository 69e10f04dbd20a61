extension CentralCore {
    mutating func goOnline(_ epoch: Epoch) {
        link = Link(epoch: epoch, since: now.monotonic)
        // Nobody was silent while Central was away.
        for cp in points.keys {
            points[cp]?.engine.freshness.resume(at: now.monotonic)
            points[cp]?.monitor.freshness.resume(at: now.monotonic)
        }
        timers.set(.starting, at: now.monotonic + settings.startingTime)
        timers.set(.contested, at: now.monotonic + CentralCore.contestTime)
        publishStatus()
        for number in undelivered.keys.sorted() { pace(.answer(number)) }
        for cp in points.keys.sorted() { pace(.verdict(cp)) }
        if ledger == .working {
            // What was said in the last minute may not have been heard: the ledger knows what that was.
            if let snapshot = recent { sayAgain(snapshot) } else { write(.recent(now.wall), then: .sayAgain) }
        }
        recent = nil
        for id in sessions.keys.sorted() { reconsider(id) }
    }

    mutating func goOffline() {
        // Also after a handshake that failed: what was heard in it was heard in a connection that is gone (P11).
        for cp in points.keys { points[cp]?.forgetLive() }
        guard let link else { return }
        suspendWaits(connectedSince: link.since)
        self.link = nil
        timers.cancel(.starting)
        timers.cancel(.pacing)
        timers.cancel(.contested)
        paced = PacedQueue()
    }

    /// Ends the first two seconds of a connection: points that have not been heard are asked to speak, by REBIRTH (P8).
    mutating func endStarting() {
        link?.isStarting = false
        eraseForgotten()
        for cp in points.keys.sorted() where points[cp]?.isHeard == false { pace(.rebirth(cp)) }
        for cp in points.keys.sorted() { publishVerdict(cp) }
    }

    /// The time after which all have forgotten that somebody claimed to be Central (P6): by then its own status was said again and again.
    static let contestTime = Freshness.patience + .seconds(4)

    /// The time after which an engine that is there, and has not brought a record, is told STOP again.
    static let stopInterval = Duration.seconds(60)

    /// Says again what was not heard by those who believed another Central (P9): its status, what engines were told, and where somebody was seen to
    /// claim that, verdicts, answers and outcomes.
    mutating func speakAgain() {
        guard let link else { return }
        publishStatus()
        for cp in points.keys.sorted() {
            guard let point = points[cp] else { continue }
            if !point.isHeard { pace(.rebirth(cp)) }
            if let live = point.engine.live, live.state != .disconnected { greet(cp, live) }
            guard link.wasContested else { continue }
            points[cp]?.published = nil
            pace(.verdict(cp))
        }
        if !awaitingRecord.isEmpty { timers.set(.contested, at: now.monotonic + CentralCore.stopInterval) }
        guard link.wasContested else { return }
        self.link?.wasContested = false
        if ledger == .working { write(.recent(now.wall), then: .sayAgain) }
    }

    /// Repeats the answers and outcomes of the last minute, and the tickets of the last day (P8).
    mutating func sayAgain(_ snapshot: LedgerSnapshot) {
        let sessions = Dictionary((snapshot.openSessions + snapshot.recentSessions).map { ($0.id, $0) }) { first, _ in first }
        for decision in snapshot.recentDecisions {
            guard case .accepted(let assignment) = decision.ruling else {
                repeatAnswer(decision, nil)
                continue
            }
            repeatAnswer(decision, sessions[assignment.session].flatMap { $0.isOpen ? nil : $0 })
        }
        let decided = Set(snapshot.recentDecisions.map { DriverRequestKey(driver: $0.driver, request: $0.request) })
        for session in snapshot.recentSessions where !decided.contains(DriverRequestKey(driver: session.driver, request: session.request)) {
            publishOutcome(session)
        }
        for (driver, tickets) in snapshot.tickets.sorted(by: { $0.key < $1.key }) {
            paced.add(TicketList(epoch: link?.epoch ?? 0, driver: driver, tickets: tickets))
        }
        startPacing()
    }

    private mutating func pace(_ item: PacedQueue.Item) {
        paced.add(item)
        startPacing()
    }

    private mutating func startPacing() {
        if !paced.isEmpty, !timers.isSet(.pacing) { timers.set(.pacing, at: now.monotonic) }
    }

    mutating func publishPaced() {
        guard let link else { return }
        for item in paced.takePortion() {
            switch item {
            case .verdict(let cp): publishVerdict(cp)
            case .rebirth(let cp): send(.rebirth, to: cp)
            case .tickets(let driver): if let list = paced.takeTickets(of: driver) { publishTickets(driver, list.tickets) }
            case .answer(let number):
                guard let message = undelivered[number]?.with(epoch: link.epoch) else { continue }
                undelivered[number] = message
                actions.append(.publish(message, delivery: number))
            }
        }
        if !paced.isEmpty { timers.set(.pacing, at: now.monotonic + PacedQueue.interval) }
    }

    mutating func publishStatus() {
        guard let link else { return }
        actions.append(
            .publish(.centralStatus(CentralStatus(epoch: link.epoch, online: true, software: settings.software, protocolVersion: 1)), delivery: nil))
    }

    func verdict(on point: PointBelief) -> (verdict: Verdict, why: String) {
        point.verdict(session: point.session.flatMap { sessions[$0] }.map { ($0.driver, $0.isConfirmed) })
    }

    func isAvailable(_ point: PointBelief) -> Bool { verdict(on: point).verdict == .activated && point.breaker.admits }

    /// Publishes the verdict on a point if it changed, and does what a change of it brings about.
    mutating func publishVerdict(_ cp: ChargePointID) {
        guard var point = points[cp] else { return }
        var (verdict, why) = verdict(on: point)
        point.breaker.hold(verdict == .faulty)
        if let halfOpensAt = point.breaker.halfOpensAt { timers.set(.breaker(cp), at: halfOpensAt) }
        if verdict == .activated, !point.breaker.admits { why = "resting after failures" }
        let session = point.session.flatMap { sessions[$0] }
        let report = VerdictReport(
            epoch: link?.epoch ?? 0, cp: cp, verdict: verdict, available: verdict == .activated && point.breaker.admits, why: why,
            session: session?.assignment.session, driver: session?.driver, breaker: point.breaker.position, power: point.info?.power,
            price: point.info?.price, engineEpoch: point.engine.freshness.epoch == 0 ? nil : point.engine.freshness.epoch,
            monitorEpoch: point.monitor.freshness.epoch == 0 ? nil : point.monitor.freshness.epoch)
        recordFault(verdict, why, of: &point)
        defer { points[cp] = point }
        // ASSIGNED comes after ACCEPTED and START, and those after the commit (S1).
        let isPromised = verdict != .assigned || session?.phase != .proposed
        guard link != nil, isPromised, report != point.published else { return }
        announce(verdict, why, of: &point)
        point.published = report
        actions.append(.publish(.verdict(report), delivery: nil))
    }

    /// Writes faults and recoveries to the ledger, for points heard in this connection only, so that Central's own connection blames nobody.
    private mutating func recordFault(_ verdict: Verdict, _ why: String, of point: inout PointBelief) {
        guard ledger == .working, link != nil, point.isHeard else { return }
        let fault = verdict == .faulty || verdict == .disconnected ? verdict : nil
        guard fault != point.recordedFault else { return }
        point.recordedFault = fault
        write(fault.map { .fault(point.cp, $0, why: why, at: now.wall) } ?? .recovery(point.cp, at: now.wall), then: .none)
    }

    private mutating func announce(_ verdict: Verdict, _ why: String, of point: inout PointBelief) {
        let before = point.published?.verdict
        if verdict == .faulty, before != .faulty { actions.append(.notice(.faulty(point.cp, why: why))) }
        if before == .faulty, verdict != .faulty, verdict != .disconnected { actions.append(.notice(.recovered(point.cp))) }
        if verdict == .disconnected, let before, before != .disconnected { actions.append(.notice(.disconnected(point.cp, why: why))) }
        if verdict != .disconnected, verdict != .faulty, !point.isRegistered {
            point.isRegistered = true
            actions.append(.notice(.registered(point.cp)))
        }
    }

    mutating func send(_ kind: Command.Kind, to cp: ChargePointID) {
        guard link != nil else { return }
        actions.append(.publish(.command(command(kind, to: cp)), delivery: nil))
    }

    private mutating func command(_ kind: Command.Kind, to cp: ChargePointID) -> Command {
        Command(epoch: link?.epoch, cp: cp, id: CommandID(known: ULID.make(at: now.wall, using: &random)), kind: kind)
    }

    /// Publishes a message now, and again on the next connection if the broker does not take it in this one (P8).
    private mutating func publishDurably(_ message: BusMessage) {
        undelivered[nextDelivery] = message
        defer { nextDelivery += 1 }
        guard link != nil else { return }
        // Not before what was said earlier.
        if paced.answers > 0 { return pace(.answer(nextDelivery)) }
        actions.append(.publish(message, delivery: nextDelivery))
    }

    mutating func publishAccepted(_ driver: DriverID, _ request: RequestID, _ assignment: Assignment) {
        let kind = DriverStatus.Kind.accepted(session: assignment.session, power: assignment.power, price: assignment.price)
        publishDurably(.status(DriverStatus(epoch: link?.epoch ?? 0, driver: driver, request: request, cp: assignment.cp, kind: kind)))
    }

    mutating func deny(
        _ driver: DriverID, _ request: RequestID?, _ cp: ChargePointID?, _ code: DenialCode, _ reason: String, session: SessionID? = nil
    ) {
        actions.append(.notice(.denied(driver, cp, code, reason)))
        let kind = DriverStatus.Kind.denied(code: code, reason: reason, session: session)
        publishDurably(.status(DriverStatus(epoch: link?.epoch ?? 0, driver: driver, request: request, cp: cp, kind: kind)))
    }

    /// Publishes a recorded decision again, and its outcome if there is one (S2).
    mutating func repeatAnswer(_ decision: Decision, _ session: LedgerSession?) {
        switch decision.ruling {
        case .accepted(let assignment):
            publishAccepted(decision.driver, decision.request, assignment)
            if let session, !session.isOpen { publishOutcome(session) }
        case .denied(let code, let reason):
            let kind = DriverStatus.Kind.denied(code: code, reason: reason, session: nil)
            publishDurably(
                .status(DriverStatus(epoch: link?.epoch ?? 0, driver: decision.driver, request: decision.request, cp: decision.cp, kind: kind)))
        }
    }

    mutating func publishOutcome(_ session: LedgerSession) {
        guard let ticket = session.ticket else { return }
        let kind: DriverStatus.Kind =
            switch ticket.outcome {
            case .completed: .completed(session: session.id, energy: ticket.energy, cost: ticket.cost, complete: ticket.complete)
            case .failed:
                .failed(session: session.id, energy: ticket.energy, cost: ticket.cost, complete: ticket.complete, reason: ticket.endReason.rawValue)
            }
        publishDurably(
            .status(DriverStatus(epoch: link?.epoch ?? 0, driver: session.driver, request: session.request, cp: session.assignment.cp, kind: kind)))
    }

    mutating func publishTickets(_ driver: DriverID, _ tickets: [Ticket]) {
        _ = paced.takeTickets(of: driver)
        publishDurably(.tickets(TicketList(epoch: link?.epoch ?? 0, driver: driver, tickets: tickets)))
    }

    /// Publishes IN_PROGRESS (QoS 0), which nobody misses if it is lost.
    mutating func tell(_ session: OpenSession, _ kind: DriverStatus.Kind) {
        guard let link else { return }
        let status = DriverStatus(epoch: link.epoch, driver: session.driver, request: session.request, cp: session.cp, kind: kind)
        actions.append(.publish(.status(status), delivery: nil))
    }
}

extension BusMessage {
    /// The same answer or list of tickets with the epoch of a later connection of Central.
    fileprivate func with(epoch: Epoch) -> BusMessage {
        switch self {
        case .status(var status):
            status.epoch = epoch
            return .status(status)
        case .tickets(var list):
            list.epoch = epoch
            return .tickets(list)
        case .info, .state, .telemetry, .event, .health, .command, .centralStatus, .fence, .verdict, .request:
            return self
        }
    }
}
