extension CentralCore {
    /// The longest time that it reads what the broker kept before it says that it is there. A hundred thousand points take three seconds.
    static let arrivalTime = Duration.seconds(10)

    /// Begins a connection: a fence goes behind all that the broker kept, so that nobody who is told that Central is there waits behind that.
    mutating func arrive(_ epoch: Epoch) {
        resumeListening()
        let arrival = Arrival(epoch: epoch, fence: nextFence, delivery: nextNumber())
        nextFence += 1
        self.arrival = arrival
        timers.set(.arrival, at: now.monotonic + CentralCore.arrivalTime)
        queue.sent(arrival.delivery)
        actions.append(.publish(.fence(Fence(epoch: epoch, number: arrival.fence)), delivery: arrival.delivery))
    }

    /// Notes that nobody was silent while Central was away, or read what the broker kept.
    private mutating func resumeListening() {
        for cp in points.keys {
            points[cp]?.engine.freshness.resume(at: now.monotonic)
            points[cp]?.monitor.freshness.resume(at: now.monotonic)
        }
    }

    mutating func goOnline() {
        guard let arrival else { return }
        self.arrival = nil
        timers.cancel(.arrival)
        resumeListening()
        link = Link(epoch: arrival.epoch, since: now.monotonic, wasContested: arrival.wasContested)
        timers.set(.starting, at: now.monotonic + settings.startingTime)
        timers.set(.contested, at: now.monotonic + CentralCore.contestTime)
        setStopsTimer()
        publishStatus()
        for (number, status) in undelivered.sorted(by: { $0.key < $1.key }) { queue.add(repeated: number, to: status.driver) }
        for cp in points.keys.sorted() {
            queue.add(verdictOn: cp)
            // Who was born meanwhile was not told yet.
            greetIfHere(cp)
        }
        if ledger == .working {
            // What was said in the last minute may not have been heard: the ledger knows what that was.
            if let snapshot = recent { sayAgain(snapshot) } else { write(.recent(now.wall), then: .sayAgain) }
        }
        recent = nil
        for id in sessions.keys.sorted() { reconsider(id) }
        welcomeStrangers()
    }

    mutating func goOffline() {
        // Also after a handshake that failed: what was heard in it was heard in a connection that is gone (P11).
        for cp in points.keys { points[cp]?.forgetLive() }
        arrival = nil
        timers.cancel(.arrival)
        queue = PublishQueue()
        important = [:]
        refusals = KeyedQueue()
        refusalPause = CentralCore.firstRefusalPause
        heldRequests = []
        access.forgetWaiting()
        guard let link else { return }
        suspendWaits(connectedSince: link.since)
        self.link = nil
        for timer in [Timer.starting, .contested, .stops, .held, .refused] { timers.cancel(timer) }
    }

    /// Ends the first two seconds of a connection: points that have not been heard are asked to speak, by REBIRTH (P8).
    mutating func endStarting() {
        link?.isStarting = false
        eraseForgotten()
        for cp in points.keys.sorted() {
            if points[cp]?.isHeard == false { queue.add(rebirthOf: cp) }
            publishVerdict(cp)
        }
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
            if !point.isHeard { queue.add(rebirthOf: cp) }
            greetIfHere(cp)
            if link.wasContested { queue.add(verdictOn: cp, again: true) }
        }
        guard link.wasContested else { return }
        self.link?.wasContested = false
        if ledger == .working { write(.recent(now.wall), then: .sayAgain) }
    }

    /// Waits for the records that are still to come, if there are any.
    mutating func setStopsTimer() {
        if link != nil, !awaitingRecord.isEmpty, !timers.isSet(.stops) { timers.set(.stops, at: now.monotonic + CentralCore.stopInterval) }
    }

    /// Tells engines that are there STOP again, whose record of a closed session has not come (S5).
    mutating func repeatStops() {
        for (session, cp) in awaitingRecord.wanted where points[cp]?.isEngineHere == true { send(.stop(session), to: cp) }
        setStopsTimer()
    }

    /// Repeats the answers and outcomes of the last minute, and the tickets of the last day (P8).
    mutating func sayAgain(_ snapshot: LedgerSnapshot) {
        let sessions = Dictionary((snapshot.openSessions + snapshot.recentSessions).map { ($0.id, $0) }) { first, _ in first }
        for decision in snapshot.recentDecisions {
            guard case .accepted(let assignment) = decision.ruling else {
                // A station asks until it is answered.
                if decision.provenance.origin != .station { repeatAnswer(decision, nil, isAsked: false) }
                continue
            }
            repeatAnswer(decision, sessions[assignment.session].flatMap { $0.isOpen ? nil : $0 }, isAsked: false)
        }
        let decided = Set(snapshot.recentDecisions.map { DriverRequestKey(driver: $0.driver, request: $0.request) })
        for session in snapshot.recentSessions {
            // Nobody asked for one that was begun offline: its ticket tells of it.
            guard let request = session.request, !decided.contains(DriverRequestKey(driver: session.driver, request: request)) else { continue }
            publishOutcome(session, isAsked: false)
        }
        for (driver, tickets) in snapshot.tickets.sorted(by: { $0.key < $1.key }) { publishTickets(driver, tickets) }
    }

    /// Publishes what the broker has room for.
    mutating func publishWaiting() {
        guard let link else { return }
        while let item = queue.next() {
            switch item {
            case .message(let message): publish(message)
            case .answer(let number):
                guard var status = undelivered[number] else { continue }
                status.epoch = link.epoch
                publish(.status(status), as: number)
            case .verdict(let cp, let isRepeated): sendVerdict(cp, again: isRepeated)
            case .rebirth(let cp): publish(.command(command(.rebirth, to: cp)))
            case .tickets(let list): publish(.tickets(list))
            }
        }
    }

    /// - Parameter number: of a message that goes out again if the broker does not take it; another number otherwise.
    private mutating func publish(_ message: BusMessage, as number: UInt64? = nil) {
        let delivery = number ?? nextNumber()
        queue.sent(delivery)
        important[delivery] = Important(message)
        actions.append(.publish(message, delivery: delivery))
    }

    private mutating func nextNumber() -> UInt64 {
        defer { nextDelivery += 1 }
        return nextDelivery
    }

    /// Says that it is online, before all that waits.
    mutating func publishStatus() {
        guard let link else { return }
        publish(.centralStatus(CentralStatus(epoch: link.epoch, online: true, software: settings.software, protocolVersion: ProtocolVersion.present)))
    }

    func verdict(on point: PointBelief) -> (verdict: Verdict, why: String) {
        // It was heard for the sake of a session that was open when Central started, and is in no list (P15).
        if !point.isAdmitted, point.session == nil, point.engine.live != nil { return (.disconnected, "it is not known here") }
        return verdictOfWhatIsHeard(on: point)
    }

    private func verdictOfWhatIsHeard(on point: PointBelief) -> (verdict: Verdict, why: String) {
        point.verdict(session: point.session.flatMap { sessions[$0] }.map { ($0.driver, $0.isConfirmed) })
    }

    func isAvailable(_ point: PointBelief) -> Bool { point.isAvailable(verdict(on: point).verdict) }

    /// Has the verdict on a point published if it changed, and does what a change of it brings about.
    mutating func publishVerdict(_ cp: ChargePointID) {
        guard var point = points[cp] else { return }
        let found = verdict(on: point)
        if point.isHeard { point.wasHeard = true }
        point.breaker.hold(found.verdict == .faulty)
        if let halfOpensAt = point.breaker.halfOpensAt { timers.set(.breaker(cp), at: halfOpensAt) }
        recordFault(found.verdict, found.why, of: &point)
        points[cp] = point
        if point.isAvailable(found.verdict) { available.insert(point, at: now.monotonic) } else { available.remove(cp) }
        if link != nil, report(found, on: point) != point.published { queue.add(verdictOn: cp) }
    }

    private func report(_ found: (verdict: Verdict, why: String), on point: PointBelief) -> VerdictReport {
        var (verdict, why) = found
        if verdict == .activated, !point.breaker.admits { why = "resting after failures" }
        let session = point.session.flatMap { sessions[$0] }
        return VerdictReport(
            epoch: link?.epoch ?? 0, cp: point.cp, verdict: verdict, available: point.isAvailable(verdict), why: why,
            session: session?.assignment.session, driver: session?.driver, breaker: point.breaker.position, power: point.info?.power,
            price: point.info?.price, engineEpoch: point.engine.freshness.epoch == 0 ? nil : point.engine.freshness.epoch,
            monitorEpoch: point.monitor.freshness.epoch == 0 ? nil : point.monitor.freshness.epoch)
    }

    private mutating func sendVerdict(_ cp: ChargePointID, again isRepeated: Bool) {
        guard var point = points[cp] else { return }
        let report = report(verdict(on: point), on: point)
        // ASSIGNED comes after ACCEPTED and START, and those after the commit (S1).
        let isPromised = report.verdict != .assigned || point.session.flatMap { sessions[$0] }?.phase != .proposed
        guard isPromised, isRepeated || report != point.published else { return }
        announce(report.verdict, report.why, of: &point)
        point.published = report
        points[cp] = point
        publish(.verdict(report))
    }

    /// Writes faults and recoveries to the ledger, for points heard in this connection only, so that Central's own connection blames nobody.
    private mutating func recordFault(_ verdict: Verdict, _ why: String, of point: inout PointBelief) {
        guard ledger == .working, link != nil, point.isHeard else { return }
        let fault = verdict == .faulty || verdict == .disconnected ? verdict : nil
        guard fault != point.recordedFault else { return timers.cancel(.fault(point.cp)) }
        // One that comes and goes all the time is recorded now and then, as it is at that time.
        guard allowances.takeFault(of: &point.faults, now.monotonic) else {
            return timers.set(.fault(point.cp), at: allowances.nextFault(of: point.faults))
        }
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
        if link != nil { queue.add(.command(command(kind, to: cp))) }
    }

    private mutating func command(_ kind: Command.Kind, to cp: ChargePointID) -> Command {
        Command(epoch: link?.epoch, cp: cp, id: CommandID(known: ULID.make(at: now.wall, using: &random)), kind: kind)
    }

    /// Publishes an answer or an outcome, and again on the next connection if the broker does not take it in this one (P8).
    /// - Parameter isAsked: false for one that was said before: no driver has asked for it.
    private mutating func tell(
        _ driver: DriverID, _ request: RequestID?, _ cp: ChargePointID?, _ kind: DriverStatus.Kind, isAsked: Bool
    ) {
        let number = nextNumber()
        undelivered[number] = DriverStatus(epoch: link?.epoch ?? 0, driver: driver, request: request, cp: cp, kind: kind)
        guard link != nil else { return }
        if isAsked { queue.add(answer: number, to: driver) } else { queue.add(repeated: number, to: driver) }
    }

    mutating func publishAccepted(_ driver: DriverID, _ request: RequestID, _ assignment: Assignment, isAsked: Bool = true) {
        let kind = DriverStatus.Kind.accepted(session: assignment.session, power: assignment.power, price: assignment.price)
        tell(driver, request, assignment.cp, kind, isAsked: isAsked)
    }

    mutating func deny(
        _ driver: DriverID, _ request: RequestID?, _ cp: ChargePointID?, _ code: DenialCode, _ reason: String, session: SessionID? = nil
    ) {
        if code != .tooManyRequests { actions.append(.notice(.denied(driver, cp, code, reason))) }
        tell(driver, request, cp, .denied(code: code, reason: reason, session: session), isAsked: true)
    }

    /// Tells who asked that it comes to nothing.
    mutating func deny(_ request: ReceivedRequest, _ code: DenialCode, _ reason: String) {
        guard let cp = request.station else { return deny(request.driver, request.id, request.cp, code, reason) }
        if code != .tooManyRequests { actions.append(.notice(.denied(request.driver, cp, code, reason))) }
        sendDenial(of: request.id, code, reason, to: cp)
    }

    /// Answers a request by the decision that was recorded, and the outcome if there is one (S2).
    mutating func repeatAnswer(_ decision: Decision, _ session: LedgerSession?, to request: ReceivedRequest) {
        guard let cp = request.station else { return repeatAnswer(decision, session) }
        repeatAnswer(decision, to: request, at: cp)
    }

    /// Publishes a recorded decision again, and its outcome if there is one (S2).
    mutating func repeatAnswer(_ decision: Decision, _ session: LedgerSession?, isAsked: Bool = true) {
        switch decision.ruling {
        case .accepted(let assignment):
            publishAccepted(decision.driver, decision.request, assignment, isAsked: isAsked)
            if let session, !session.isOpen { publishOutcome(session, isAsked: isAsked) }
        case .denied(let code, let reason):
            tell(decision.driver, decision.request, decision.cp, .denied(code: code, reason: reason, session: nil), isAsked: isAsked)
        }
    }

    mutating func publishOutcome(_ session: LedgerSession, isAsked: Bool = true) {
        guard let ticket = session.ticket else { return }
        let kind: DriverStatus.Kind =
            switch ticket.outcome {
            case .completed: .completed(session: session.id, energy: ticket.energy, cost: ticket.cost, complete: ticket.complete)
            case .failed:
                .failed(session: session.id, energy: ticket.energy, cost: ticket.cost, complete: ticket.complete, reason: ticket.endReason.rawValue)
            }
        tell(session.driver, session.request, session.assignment.cp, kind, isAsked: isAsked)
    }

    /// Publishes a driver's tickets; those of the last day are said again at each connection anyway (P8).
    mutating func publishTickets(_ driver: DriverID, _ tickets: [Ticket]) {
        if let link { queue.add(TicketList(epoch: link.epoch, driver: driver, tickets: tickets)) }
    }

    /// Somebody else spoke on a topic that is Central's alone: what belongs there is said again.
    mutating func restore(_ kept: KeptTopic) {
        guard link != nil else { return }
        switch kept {
        case .verdict(let cp): if points[cp] != nil { queue.add(verdictOn: cp, again: true) }
        case .tickets(let driver):
            if ledger == .working, restoringTickets.insert(driver).inserted { write(.tickets(driver), then: .restoreTickets(driver)) }
        }
    }

    /// Publishes IN_PROGRESS (QoS 0), which nobody misses if it is lost.
    mutating func tell(_ session: OpenSession, _ kind: DriverStatus.Kind) {
        guard let link else { return }
        let status = DriverStatus(epoch: link.epoch, driver: session.driver, request: session.request, cp: session.cp, kind: kind)
        actions.append(.publish(.status(status), delivery: nil))
    }
}
