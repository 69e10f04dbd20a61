internal import ChargingModel
internal import OCPP

/// The wishes of engines: that a session begins or ends, that a connector serves or does not. They outlive a connection.
extension StationCore {
    /// Begins a session, or lets the one begin that somebody asked for here with a token.
    mutating func start(_ session: SessionID, at evse: Int32, answering request: RequestID?) {
        guard know(evse) else { return }
        actions.append(.vehicleAwaited(evse, session))
        if let request {
            guard let ask = asks.removeValue(forKey: request) else {
                actions.append(.engine(evse, .refused(session, "nobody waits for it any more")))
                return
            }
            return accept(ask, request, session)
        }
        guard connectors[evse]?.wanted?.session != session, memory.openTransaction(of: session) == nil else { return }
        let remoteStart = Int32(truncatingIfNeeded: Int64(random.next() >> 34)) | 1
        connectors[evse]?.wanted = Connector.Wanted(session, since: now.wall, remoteStart: remoteStart)
        askToBegin(evse)
    }

    /// Tells the station of a session that is to begin, unless somebody there is waiting for it.
    mutating func askToBegin(_ evse: Int32) {
        guard let wanted = connectors[evse]?.wanted, !wanted.isShown, !wanted.isPromised, link?.hasSpoken == true else { return }
        let call = BackendCall.remoteStart(RemoteStart(token: IDToken(wanted.token), evse: evse, id: wanted.remoteStart))
        if !calls.holds(call) { send(call, for: .start(evse, wanted.session)) }
    }

    mutating func startConcluded(_ session: SessionID, at evse: Int32, _ call: BackendCall, _ outcome: CallOutcome) {
        guard let wanted = connectors[evse]?.wanted, wanted.session == session else { return }
        let why: String
        switch outcome {
        // It is asked again in the next connection, or it begins all the same.
        case .noAnswer, .notConnected:
            connectors[evse]?.wanted?.isUncertain = true
            return
        case .notInThisVersion: why = "not in this version of OCPP"
        case .refused(let words): why = "the station says \(words)"
        case .answered(let payload):
            guard let version = link?.version,
                let answer = try? BackendAnswer.read(payload, to: call.action(in: version), in: version).value
            else { return }
            switch answer {
            case .status(.accepted, _): return promise(wanted, at: evse, nil)
            case .started(.accepted, let transaction, _): return promise(wanted, at: evse, transaction)
            case .status(let status, _), .started(let status, _, _): why = "the station says \(status.rawValue)"
            case .configuration, .variables, .listVersion, .data, .other: return
            }
        }
        // One that has heard of it before refuses the repeat, and begins all the same.
        guard !wanted.isUncertain else { return }
        connectors[evse]?.wanted = nil
        actions.append(.engine(evse, .refused(session, why)))
    }

    private mutating func promise(_ wanted: Connector.Wanted, at evse: Int32, _ id: String?) {
        connectors[evse]?.wanted?.isPromised = true
        connectors[evse]?.wanted?.transaction = id
        // A vehicle was plugged in before, and its transaction is the session now.
        guard let id, let open = memory.openTransaction(id), open.end == nil, !open.isAgreed, connectors[evse]?.transaction == id else { return }
        agree(open, to: wanted.session)
    }

    // MARK: The end

    /// The time after which a station that does not end a session is asked again.
    static let endPatience = Duration.seconds(60)

    /// Ends a session, whatever has become of it.
    mutating func end(_ session: SessionID, at evse: Int32) {
        if connectors[evse]?.wanted?.session == session {
            connectors[evse]?.wanted = nil
            calls.dropWaiting { $0.asker == .start(evse, session) }
        }
        guard let transaction = memory.openTransaction(of: session), transaction.end == nil else { return }
        if connectors[evse]?.transaction == transaction.id { connectors[evse]?.ending = session }
        askToEnd(transaction)
    }

    private mutating func askToEnd(_ transaction: StationTransaction) {
        guard let link, link.hasSpoken else { return }
        if connectors[transaction.evse]?.ending == transaction.session {
            connectors[transaction.evse]?.endsAgainAt = now.monotonic + StationCore.endPatience
        }
        let call = BackendCall.remoteStop(link.version == .v16 ? .number(Int64(transaction.id) ?? -1) : .text(transaction.id))
        if !calls.holds(call) { send(call, for: .nobody) }
    }

    /// Asks again for an end that was wanted before this connection, or that the station has not brought about.
    mutating func askToEndAgain(_ evse: Int32) {
        connectors[evse]?.endsAgainAt = nil
        guard let session = connectors[evse]?.ending, let transaction = current(at: evse), transaction.session == session else { return }
        askToEnd(transaction)
    }

    // MARK: Out of order

    mutating func serve(_ isServing: Bool, at evse: Int32) {
        guard know(evse) else { return }
        connectors[evse]?.isServing = isServing
        connectors[evse]?.isServingTold = false
        sayStatus(evse)
        tellAvailability(evse)
    }

    mutating func tellAvailability(_ evse: Int32) {
        guard let connector = connectors[evse], link?.hasSpoken == true else { return }
        connectors[evse]?.mayBeToldOtherwise = false
        calls.dropWaiting { $0.asker == .availability(evse) }
        send(.changeAvailability(ConnectorPlace(evse: evse), isOperative: connector.isServing), for: .availability(evse))
    }

    /// `Scheduled` is the station's word that it will obey; one that refuses is told again in the next connection, as long as that is the wish.
    mutating func availabilityConcluded(_ evse: Int32, _ call: BackendCall, _ outcome: CallOutcome) {
        guard case .changeAvailability(_, let isOperative) = call, connectors[evse]?.isServing == isOperative else { return }
        switch outcome {
        case .answered, .refused, .notInThisVersion: connectors[evse]?.isServingTold = true
        case .noAnswer: tellAvailability(evse)
        case .notConnected: break
        }
    }
}
