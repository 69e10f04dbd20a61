/// Requests that are made at a station with a card (S12): ruled on as those of the card's account are, and answered to the engine that asks.
extension CentralCore {
    mutating func hear(_ request: StationRequest) {
        let cp = request.cp
        // Who is not known is not heard, nor is anything under another epoch than the one that is believed (P6).
        guard points[cp] != nil, isCurrent(engine: request.epoch, of: cp) else { return }
        // What was promised holds, whatever the card is worth by now.
        if let session = points[cp]?.session.flatMap({ sessions[$0] }), session.request == request.id, session.provenance == request.provenance {
            return hear(ReceivedRequest(request, of: session.driver))
        }
        // Whose a token is the ledger knows.
        if let (code, reason) = hindrance { return deny(request, code, reason) }
        switch standing(of: request.token, now: now.wall) {
        case .valid(let account): hear(ReceivedRequest(request, of: account))
        case .unknown: turnAway(request, .tokenUnknown, "this card is not known here")
        case .blocked: turnAway(request, .tokenBlocked, "this card is blocked")
        case .expired: turnAway(request, .tokenExpired, "this card has expired")
        }
    }

    /// Turns a card away with which nobody can charge: answered, and not recorded, as far as the point has an allowance for it (P14).
    private mutating func turnAway(_ request: StationRequest, _ code: DenialCode, _ reason: String) {
        guard points[request.cp]?.turnedAway.take(at: now.monotonic) == true else {
            counters.denialsUnrecorded += 1
            return deny(request, .tooManyRequests, "too many cards were turned away here: ask again in a while")
        }
        deny(request, code, reason)
    }

    private mutating func deny(_ request: StationRequest, _ code: DenialCode, _ reason: String) {
        if code != .tooManyRequests { actions.append(.notice(.cardDenied(request.token, request.cp, code, reason))) }
        sendDenial(of: request.id, code, reason, to: request.cp)
    }

    /// Tells an engine that a request came to nothing.
    mutating func sendDenial(of request: RequestID, _ code: DenialCode, _ reason: String, to cp: ChargePointID) {
        send(.deny(StationDenial(request: request, code: code, reason: reason.bounded())), to: cp)
    }

    /// Answers a repeat of a station's request that was accepted: by START as long as that may not have been heard, and by nothing once it was.
    mutating func repeatStart(_ session: OpenSession, to request: ReceivedRequest, at cp: ChargePointID) {
        guard session.cp == cp, session.provenance == request.provenance else { return sayAnother(request, at: cp) }
        if session.mayNotHaveBegun { send(.start(session.order), to: cp) }
    }

    /// Answers a repeat of a station's request by what the ledger has of it.
    mutating func repeatAnswer(_ recorded: Decision, to request: ReceivedRequest, at cp: ChargePointID) {
        guard recorded.cp == cp, recorded.provenance == request.provenance else { return sayAnother(request, at: cp) }
        switch recorded.ruling {
        case .denied(let code, let reason): sendDenial(of: request.id, code, reason, to: cp)
        case .accepted(let assignment):
            if let session = sessions[assignment.session] { return repeatStart(session, to: request, at: cp) }
            sendDenial(of: request.id, .badRequest, "the session of this request is over: a new one needs a new request", to: cp)
        }
    }

    private mutating func sayAnother(_ request: ReceivedRequest, at cp: ChargePointID) {
        sendDenial(of: request.id, .badRequest, "the id of this request was another one's", to: cp)
    }
}
