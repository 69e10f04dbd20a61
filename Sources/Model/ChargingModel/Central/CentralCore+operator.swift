/// A request of the operator to Central.
public enum OperatorRequest: Hashable, Sendable {
    /// Takes a point out of order; a session there ends first (S8).
    case outOfOrder(ChargePointID)
    case resume(ChargePointID)
    /// Ends a session: STOP, until its record is there.
    case stop(SessionID)
    /// Removes a point that is gone for good, the operator's wish for it, and what the broker keeps of it.
    case forget(ChargePointID)
    /// Accepts or refuses a record that was put aside (S6).
    case judge(RecordVerdict)
    /// Changes the tokens of accounts (S11); with the operator's name.
    case token(TokenChange, by: String)
}

public enum OperatorAnswer: Hashable, Sendable {
    /// The request holds: what had to be written is in the ledger. A session that is to stop has been told so, or will be when its engine is back.
    case done
    /// No such point, or no such open session.
    case unknown
    /// Not possible as things stand; with the reason in words.
    case refused(String)
    /// The ledger can't be written, or it is not known whether it was: the operator should ask again.
    case ledgerUnavailable
}

extension CentralCore {
    /// Starts to answer an operator's request: each is answered once, by an `answer` with its number.
    mutating func hear(_ request: OperatorRequest, question: UInt64) {
        if isStopping { return answer(question, .refused("Central is stopping")) }
        guard ledger == .working else { return answer(question, .ledgerUnavailable) }
        switch request {
        case .outOfOrder(let cp): changeAvailability(cp, outOfOrder: true, question)
        case .resume(let cp): changeAvailability(cp, outOfOrder: false, question)
        case .stop(let session): stop(session, question)
        case .forget(let cp): forget(cp, question)
        case .token(let change, let name): self.change(change, by: name.bounded(to: 64), question)
        case .judge(let verdict): write(.judge(verdict, at: now.wall), then: .judge(verdict, question))
        }
    }

    mutating func answer(_ question: UInt64, _ answer: OperatorAnswer) { actions.append(.answer(question, answer)) }

    private mutating func changeAvailability(_ cp: ChargePointID, outOfOrder: Bool, _ question: UInt64) {
        guard let point = points[cp] else { return answer(question, .unknown) }
        if point.isBeingForgotten { return answer(question, .refused("\(cp) is being removed")) }
        take(availability: outOfOrder, for: cp, question: question)
    }

    private mutating func stop(_ id: SessionID, _ question: UInt64) {
        guard sessions[id] != nil else {
            return answer(question, awaitingRecord.holds(id) ? .refused("session \(id) is closed, and its engine is told so") : .unknown)
        }
        write(.askStop(id, at: now.wall), then: .askStop(id, question))
    }

    /// Sends STOP for a session that the ledger now says is to end: every later Central stops it, too. The session may have ended meanwhile.
    mutating func carryOut(stop id: SessionID, isKnown: Bool, _ question: UInt64) {
        guard isKnown else { return answer(question, .unknown) }
        answer(question, .done)
        guard let session = sessions[id], session.stopBackoff == nil else { return }
        sessions[id]?.stopBackoff = OpenSession.firstStopBackoff
        repeatStop(id)
    }

    /// Tells the driver of the bill as it is now that the ledger has the operator's verdict on a record.
    mutating func carryOut(_ verdict: RecordVerdict, _ result: RecordVerdictResult, _ question: UInt64) {
        switch result {
        case .unknown: answer(question, .unknown)
        case .refused(let why): answer(question, .refused(why))
        case .done(let session, let tickets):
            actions.append(.notice(.judged(verdict)))
            if let session, session.isComplete {
                awaitingRecord.remove(session.id)
                publishOutcome(session)
                publishTickets(session.driver, tickets)
            }
            answer(question, .done)
        }
    }

    mutating func set(availability outOfOrder: Bool?, of cp: ChargePointID) {
        points[cp]?.isWantedOutOfOrder = outOfOrder
        if outOfOrder == true { self.outOfOrder.insert(cp) } else { self.outOfOrder.remove(cp) }
    }

    private mutating func forget(_ cp: ChargePointID, _ question: UInt64) {
        guard let point = points[cp] else {
            // One that is not known (P15) may have been before: the broker keeps what was said of it.
            guard !access.list.admits(cp), let link, !link.isStarting else { return answer(question, .unknown) }
            actions.append(.erase(cp))
            return answer(question, .done)
        }
        if let obstacle = obstacle(toForget: point) { return answer(question, .refused(obstacle)) }
        points[cp]?.isBeingForgotten = true
        write(.forget(cp, at: now.wall), then: .forget(cp, question))
    }

    private func obstacle(toForget point: PointBelief) -> String? {
        let cp = point.cp
        guard let link else { return "Central is not connected to the broker, which keeps what \(cp) said last" }
        if link.isStarting { return "Central is starting: \(cp) may be about to be heard" }
        if point.isBeingForgotten { return "\(cp) is being removed" }
        if !point.availabilityChanges.isEmpty { return "an operator's wish for \(cp) is on its way" }
        if let session = point.session { return "session \(session) at \(cp) is open" }
        if point.isEngineHere { return "the engine of \(cp) is connected" }
        if point.isMonitorHere { return "the monitor of \(cp) is connected" }
        return nil
    }

    /// Removes a point that the ledger has forgotten. What the broker keeps of it is emptied at once, or, without a connection that has been up for
    /// `startingTime`, later in one that has: before, it is not known what that is.
    mutating func carryOut(forget cp: ChargePointID, _ question: UInt64) {
        guard points[cp] != nil else { return answer(question, .done) }
        if points[cp]?.isWantedOutOfOrder == true, points[cp]?.isEngineHere == true { send(.resume, to: cp) }
        set(availability: nil, of: cp)
        points[cp]?.recordedFault = nil
        if link?.isStarting == false { erase(cp, question) } else { erasing[cp] = question }
    }

    /// Empties what the broker keeps of the points whose removal waited for a connection.
    mutating func eraseForgotten() {
        let waiting = erasing
        erasing = [:]
        for (cp, question) in waiting.sorted(by: { $0.key < $1.key }) { erase(cp, question) }
    }

    /// Removes a point here and on the broker. A point that came back meanwhile counts as a new one: what it says stays.
    private mutating func erase(_ cp: ChargePointID, _ question: UInt64) {
        answer(question, .done)
        guard let point = points[cp] else { return }
        guard point.session == nil, !point.isEngineHere, !point.isMonitorHere else {
            points[cp]?.isBeingForgotten = false
            return publishVerdict(cp)
        }
        drop(cp)
        actions.append(.erase(cp))
    }
}
