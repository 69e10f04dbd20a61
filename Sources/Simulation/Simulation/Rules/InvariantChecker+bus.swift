internal import ChargingModel
internal import ChargingProtocol
internal import Ledger

/// Checks of the messages that Central hears, and that drivers are told.
extension InvariantChecker {
    /// Notes that Central's connection is gone: what it heard in it counts no more; the epochs that it saw it still knows.
    func centralDisconnects() {
        for cp in heard.keys { heard[cp]?.forgetLive() }
    }

    /// Notes that Central dies with all it knew.
    func centralForgets() {
        heard = [:]
        recordsHeard = []
    }

    /// Notes that a point was removed: it is a new one when it is heard again, whatever epochs it had.
    func centralForgets(_ cp: ChargePointID) { heard[cp] = nil }

    /// Notes a message that Central is about to hear.
    func centralHears(_ message: BusMessage, retained: Bool, at now: Instant) {
        if isForged(message) { return }
        switch message {
        case .event(let event):
            guard !retained, event.epoch >= heard[event.cp]?.engine.epoch ?? 0, case .sessionEnded(let record) = event.kind else { return }
            if promises[record.session]?.assignment.cp == event.cp { recordsHeard.insert(record.session) }
        case .state(let state):
            if !retained, state.seq != nil { isHonest(engine: state.cp, at: now) }
            var point = heard[state.cp, default: Heard()]
            let before = point.engine.epoch
            guard point.engine.counts(state.epoch, isLive: !retained && state.seq != nil, at: now) else { return }
            if point.engine.epoch != before { point.stateSeq = 0 }
            heard[state.cp] = point
            guard !retained else { return }
            if let seq = state.seq {
                // Heard before (P7).
                guard seq > point.stateSeq else { return }
                point.stateSeq = seq
            }
            point.state = state.state
            heard[state.cp] = point
        case .health(let health):
            var point = heard[health.cp, default: Heard()]
            // A will is no sign of life.
            let isLive = !retained && health != .will(epoch: health.epoch, cp: health.cp)
            if isLive { isHonest(monitor: health.cp, at: now) }
            guard point.monitor.counts(health.epoch, isLive: isLive, at: now) else { return }
            if !retained { point.health = health.health }
            heard[health.cp] = point
        case .info, .telemetry, .request, .stationRequest, .fence, .command, .centralStatus, .verdict, .status, .tickets, .gateway, .station: break
        }
    }

    /// Checks P6: what is older than the newest that was heard of a client is not believed.
    func centralSays(_ verdict: VerdictReport, _ world: World) {
        isAdmitted(verdict, world)
        guard verdict.verdict == .faulty, heard[verdict.cp]?.isWell == true, !isDeceived(about: verdict.cp, at: world.clock) else { return }
        world.violate("P6", "\(verdict.cp) is called FAULTY (\(verdict.why)), and the newest that was heard of its engine and monitor is well")
    }

    /// Notes a request for a point: Central decides in the same breath.
    func centralIsAsked(by driver: DriverID, _ request: RequestID, for cp: ChargePointID?, _ world: World) {
        let key = RequestKey(driver: driver, request: request)
        if world.names?.isUnknown(driver, at: world.clock) == true { askedUnknown.insert(key) } else { askedUnknown.remove(key) }
        asked[key] =
            if let cp { .point(isGood: heard[cp]?.isGood ?? false) } else { .anywhere(Set(heard.filter { $0.value.isGood }.keys)) }
    }

    /// Checks S1 for operators: what they are promised is in the ledger.
    func isAnswered(_ request: OperatorRequest, _ answer: OperatorAnswer, _ world: World) {
        switch (request, answer) {
        case (.outOfOrder(let cp), .done): isPromised(true, for: cp)
        case (.resume(let cp), .done): isPromised(false, for: cp)
        case (.forget(let cp), .done): isPromised(nil, for: cp)
        // Written or not: nobody knows.
        case (_, .ledgerUnavailable): if let cp = request.point { isPromised(nil, for: cp) }
        case (.stop(let session), .done):
            let holds = world.ledger.book.session(session).map { $0.isStopAsked || !$0.isOpen } ?? false
            if !holds { world.violate("S1", "the operator is promised the end of session \(session), and the ledger does not have it") }
        case (.judge(let verdict), .done):
            if !world.ledger.book.strays(of: verdict.session).contains(where: { $0.judgement?.choice == verdict.choice }) {
                world.violate("S6", "the operator is told that \(verdict) holds, and the ledger does not have it")
            }
        case (.token(let change, _), .done):
            if !world.ledger.book.tokens().contains(where: { change.isIn($0) }) {
                world.violate("S1", "the operator is told that \(change) holds, and the ledger does not have it")
            }
        case (_, .unknown), (_, .refused): return
        }
        world.tell("the operator hears of \(request): \(answer)")
        checkAvailabilities(world)
    }

    /// Notes that Central dies with questions that it was asked: the answers may have been written.
    func isForgotten(_ questions: some Sequence<OperatorRequest>) {
        for request in questions { if let cp = request.point { isPromised(nil, for: cp) } }
    }

    /// The message that a payload is; `nil` for what is none.
    func meaning(of parcel: Parcel, _ world: World) -> BusMessage? {
        guard case .message(let message)? = try? world.decoder.decode(topic: parcel.topic, payload: parcel.payload) else { return nil }
        return message
    }

    /// Checks I2 on the bus: an answer may be repeated, never contradicted.
    func hear(_ parcel: Parcel, _ world: World) {
        guard parcel.topic.hasPrefix("driver/"), let message = meaning(of: parcel, world) else { return }
        switch message {
        case .status(let status): hear(status, world)
        case .tickets(let list): hear(list, world)
        default: break
        }
    }

    private func hear(_ status: DriverStatus, _ world: World) {
        if case .denied(.unknownDriver, _, _) = status.kind { isTurnedAway(status.driver, world) }
        guard let request = status.request, let answer = status.kind.answer else { return }
        hold(status, world)
        let key = RequestKey(driver: status.driver, request: request)
        switch answer {
        case .accepted, .denied:
            guard let before = answers.updateValue(answer, forKey: key), before != answer else { break }
            world.violate("I2", "request \(request) of \(status.driver) was answered \(before), and now \(answer)")
        case .outcome(let session, let outcome):
            if promises[session] == nil { world.violate("S1", "\(status.driver) is told of session \(session), which the ledger does not have") }
            guard let before = outcomes.updateValue(outcome, forKey: key), before != outcome else { break }
            world.violate("I2", "request \(request) of \(status.driver) came out \(before.rawValue), and now \(outcome.rawValue)")
        }
        if case .accepted(let session) = answer, promises[session] == nil {
            world.violate("S1", "\(status.driver) is promised session \(session), which the ledger does not have")
        }
    }
}

extension DriverStatus.Kind {
    /// An answer that a status gives to a request.
    enum Answer: Hashable {
        case accepted(SessionID)
        case denied(DenialCode)
        case outcome(SessionID, Outcome)
    }

    var answer: Answer? {
        switch self {
        case .accepted(let session, _, _): .accepted(session)
        case .denied(let code, _, _): code.isRecorded ? .denied(code) : nil
        case .inProgress: nil
        case .completed(let session, _, _, _): .outcome(session, .completed)
        case .failed(let session, _, _, _, _): .outcome(session, .failed)
        }
    }
}

extension TokenChange {
    /// True when a token of the ledger is as the change wants it.
    fileprivate func isIn(_ token: AccountToken) -> Bool {
        switch self {
        case .add(let id, let driver, let expires): token.id == id && token.driver == driver && token.expires == expires
        case .block(let id, _): token.id == id && token.isBlocked
        case .unblock(let id): token.id == id && !token.isBlocked
        }
    }
}
