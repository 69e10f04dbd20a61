internal import ChargingModel

extension ContractLint {
    mutating func hear(_ info: ChargePointInfo, _ isLive: Bool, _ now: Now) {
        guard isCurrent(engine: info.epoch, of: info.cp, isLive: isLive, now) else { return }
        points[info.cp]?.info = info
        if !(1...ProtocolVersion.present).contains(info.protocolVersion) {
            tell(.payloads, "protocol=\(info.protocolVersion): expected 1 or \(ProtocolVersion.present), the versions of this protocol")
        }
    }

    mutating func hear(_ state: StateReport, _ payload: [UInt8], _ isLive: Bool, _ now: Now) {
        let cp = state.cp
        let isWill = state.seq == nil
        if isWill {
            checkWill(payload)
            if state.reason != StateReport.connectionLost {
                tell(.p10, "DISCONNECTED without seq is a will: expected the reason \"\(StateReport.connectionLost)\", not \"\(state.reason)\"")
            }
        }
        guard isCurrent(engine: state.epoch, of: cp, isLive: isLive, isWill: isWill, now), let point = points[cp] else { return }
        if let seq = state.seq {
            if isLive {
                checkBirth(point, state)
                checkSeq(seq, last: point.stateSeq, isWhole: point.engine.isWhole, "state")
            }
            points[cp]?.stateSeq = max(seq, point.stateSeq ?? 0)
            checkPhase(state)
            if let meter = state.meter, let register = state.register, isLive { checkRegister(register, meter: meter, at: cp, "meter_wh") }
        }
        follow(state, isLive: isLive)
        points[cp]?.state = state
        if isLive, !isWill {
            points[cp]?.awaited.removeAll { awaited in
                switch awaited.answer {
                case .start(let session, _): state.state == .supplying && state.session == session
                case .stop: false
                case .rebirth: true
                }
            }
        }
    }

    /// Checks that a station's request is of the connection that is believed (P6).
    mutating func hear(_ request: StationRequest, _ now: Now) {
        _ = isCurrent(engine: request.epoch, of: request.cp, isLive: true, now)
    }

    /// Checks that a phase is one that can be in its state.
    private mutating func checkPhase(_ state: StateReport) {
        guard let phase = state.phase else { return }
        let fits =
            switch phase {
            case .charging, .suspendedVehicle, .suspendedStation: state.state == .supplying
            case .plugIn, .finishing: state.state == .supplying || state.state == .activated
            }
        if !fits { tell(.payloads, "phase=\"\(phase.rawValue)\" in state \(state.state.rawValue): expected no phase there") }
    }

    /// Checks P8: a birth is `info`, the events, then `state`.
    private mutating func checkBirth(_ point: WatchedPoint, _ state: StateReport) {
        if point.engine.isWhole, point.stateSeq == nil, point.info?.epoch != state.epoch {
            tell(.p8, "the first state of epoch \(state.epoch) came before its info: expected info, unacknowledged events, state")
        }
        if let meter = state.meter, let told = point.info?.meter, meter != told {
            tell(.s6, "meter=\"\(meter)\": expected \"\(told)\", as in info")
        }
    }

    /// Notes what the state says of the session.
    private mutating func follow(_ state: StateReport, isLive: Bool) {
        let cp = state.cp
        guard let point = points[cp] else { return }
        switch state.state {
        case .supplying:
            guard let id = state.session else { return }
            points[cp]?.strayReadings = 0
            guard point.session?.id != id else { return }
            if isLive { checkNewcomer(id, point) }
            // The first state of a connection may be of a session that began in another.
            let isBeginning = isLive && point.state?.epoch == state.epoch && point.state?.seq != nil
            points[cp]?.session = WatchedSession(id, isWhole: isBeginning)
        case .disconnected where state.seq == nil:
            // It may go on supplying, and come back.
            break
        case .disconnected where state.isAway && (point.session?.hasEnded ?? false) == false:
            // So may its station (S5).
            guard let id = state.session, point.session?.id != id else { return }
            if isLive { checkNewcomer(id, point) }
            points[cp]?.session = WatchedSession(id, isWhole: false)
        case .activated, .stopped, .faulty, .disconnected:
            if isLive, let session = point.session, !session.hasEnded {
                let rule: Rule = state.state == .disconnected ? .p10 : .s4
                tell(rule, "state \(state.state.rawValue) before the SESSION_ENDED of session \(session.id): expected SESSION_ENDED, then state")
            }
            points[cp]?.session = nil
            if isLive, state.state == .disconnected, state.reason != StateReport.stopped {
                tell(
                    .p10, .hint,
                    "DISCONNECTED with seq and the reason \"\(state.reason)\": of a station that is away; a clean stop says \"\(StateReport.stopped)\""
                )
            }
        }
    }

    /// Checks a session that begins at a point: none may go on there, and it must not have ended already.
    mutating func checkNewcomer(_ id: SessionID, _ point: WatchedPoint) {
        if let open = point.session, open.id != id, !open.hasEnded {
            tell(.i1, "session \(id) begins while session \(open.id) has not ended: expected its SESSION_ENDED first")
        }
        if point.records[id] != nil { tell(.p12, "session \(id) begins again after its SESSION_ENDED: an engine never supplies one twice") }
    }
}
