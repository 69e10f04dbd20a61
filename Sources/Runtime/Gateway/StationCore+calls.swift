internal import ChargingModel
internal import OCPP

/// Calls of the gateway's.
extension StationCore {
    mutating func send(_ call: BackendCall, for asker: OutgoingCalls.Asker) {
        guard link != nil else { return conclude(OutgoingCalls.Call(call: call, asker: asker), .notConnected) }
        if !calls.add(call, for: asker) { sayFull(OutgoingCalls.Call(call: call, asker: asker)) }
    }

    /// What there is no room for is not sent; who asked is told.
    private mutating func sayFull(_ given: OutgoingCalls.Call) {
        if case .question(let question) = given.asker { actions.append(.answered(question, .noAnswer)) }
        sayFailed(given.call, "too many calls wait")
    }

    mutating func sendNext() {
        while let link, calls.outstanding == nil {
            let id = ULID.make(at: now.wall, using: &random)
            guard let next = calls.next(id: id, until: now.monotonic + settings.callPatience) else { return }
            if let frame = next.call.frame(id: id, in: link.version) {
                actions.append(.send(link.id, frame.bytes))
            } else if let given = calls.answered(id) {
                conclude(given, .notInThisVersion)
            }
        }
    }

    mutating func hearResult(_ id: String, _ payload: OCPPPayload) {
        // A reply to nothing is ignored.
        guard let given = calls.answered(id) else { return }
        conclude(given, .answered(payload))
    }

    mutating func hearError(_ id: String, _ words: String) {
        guard let given = calls.answered(id) else { return }
        conclude(given, .refused(words))
    }

    mutating func conclude(_ given: OutgoingCalls.Call, _ outcome: CallOutcome) {
        switch given.asker {
        case .nobody: break
        case .question(let question): actions.append(.answered(question, outcome))
        case .start(let evse, let session): startConcluded(session, at: evse, given.call, outcome)
        case .availability(let evse): availabilityConcluded(evse, given.call, outcome)
        case .transaction(let id): hear(statusOf: id, outcome)
        }
        switch outcome {
        case .answered, .notConnected: break
        case .refused(let words): sayFailed(given.call, words)
        case .noAnswer: sayFailed(given.call, "no answer")
        case .notInThisVersion: sayFailed(given.call, "not in this version of OCPP")
        }
    }

    private mutating func sayFailed(_ call: BackendCall, _ why: String) {
        actions.append(.notice(.callFailed(call.action(in: link?.version ?? .v16).rawValue, why)))
    }

    mutating func ask(_ call: BackendCall, _ question: UInt64) { send(call, for: .question(question)) }
}
