internal import ChargingModel
internal import OCPP

/// Calls of the gateway's.
extension StationCore {
    mutating func send(_ call: BackendCall, for asker: OutgoingCalls.Asker) {
        guard link != nil else { return conclude(OutgoingCalls.Call(call: call, asker: asker), .notConnected) }
        if !calls.add(call, for: asker) { conclude(OutgoingCalls.Call(call: call, asker: asker), .noAnswer) }
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

    // MARK: The wishes of engines

    /// Begins a session, or lets the one begin that somebody asked for here with a token.
    mutating func start(_ session: SessionID, at evse: Int32, answering request: RequestID?) {
        guard know(evse) else { return }
        actions.append(.vehicleAwaited(evse, session))
        if let request, let ask = asks.removeValue(forKey: request) {
            connectors[evse]?.wanted = Connector.Wanted(session, token: ask.token)
            return accept(ask, session)
        }
        let remoteStart = Int32(truncatingIfNeeded: Int64(random.next() >> 34)) | 1
        connectors[evse]?.wanted = Connector.Wanted(session, remoteStart: remoteStart)
        askToBegin(evse)
    }

    /// Tells the station of a session that is to begin, unless somebody there is waiting for it.
    mutating func askToBegin(_ evse: Int32) {
        guard let wanted = connectors[evse]?.wanted, !wanted.isShown, link != nil else { return }
        let call = BackendCall.remoteStart(RemoteStart(token: IDToken(wanted.token), evse: evse, id: wanted.remoteStart))
        if !calls.holds(call) { send(call, for: .start(evse, wanted.session)) }
    }

    private mutating func startConcluded(_ session: SessionID, at evse: Int32, _ call: BackendCall, _ outcome: CallOutcome) {
        guard connectors[evse]?.wanted?.session == session else { return }
        let why: String
        switch outcome {
        // It is asked again in the next connection, or it begins all the same.
        case .noAnswer, .notConnected: return
        case .notInThisVersion: why = "not in this version of OCPP"
        case .refused(let words): why = "the station says \(words)"
        case .answered(let payload):
            guard let version = link?.version,
                let answer = try? BackendAnswer.read(payload, to: call.action(in: version), in: version).value
            else { return }
            switch answer {
            case .status(.accepted, _), .started(.accepted, _, _): return
            case .status(let status, _), .started(let status, _, _): why = "the station says \(status.rawValue)"
            case .configuration, .variables, .listVersion, .data, .other: return
            }
        }
        connectors[evse]?.wanted = nil
        actions.append(.engine(evse, .refused(session, why)))
    }

    /// Ends a session, whatever has become of it.
    mutating func end(_ session: SessionID, at evse: Int32) {
        if connectors[evse]?.wanted?.session == session { connectors[evse]?.wanted = nil }
        guard let transaction = memory.openTransaction(of: session), link != nil else { return }
        let call = BackendCall.remoteStop(Int64(transaction.id).map { .number($0) } ?? .text(transaction.id))
        if !calls.holds(call) { send(call, for: .nobody) }
    }

    mutating func serve(_ isServing: Bool, at evse: Int32) {
        guard know(evse) else { return }
        connectors[evse]?.isServing = isServing
        send(.changeAvailability(ConnectorPlace(evse: evse), isOperative: isServing), for: .nobody)
    }
}
