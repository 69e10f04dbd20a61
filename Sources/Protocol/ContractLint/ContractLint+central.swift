internal import ChargingModel

extension ContractLint {
    mutating func hear(_ status: CentralStatus, _ payload: [UInt8], _ isLive: Bool, _ now: Now) {
        let isWill = !status.online && status.reason == StateReport.connectionLost
        if isWill { checkWill(payload) }
        guard isCurrent(central: status.epoch, isLive, isWill: isWill, now) else { return }
        statusEpoch = status.epoch
    }

    mutating func hear(_ verdict: VerdictReport, _ isLive: Bool, _ now: Now) {
        // What the broker keeps may come in any order.
        if isLive, let known = statusEpoch, verdict.epoch > known {
            tell(.p8, "a verdict of epoch \(verdict.epoch) before its central/status: expected central/status first")
            statusEpoch = verdict.epoch
        }
        guard isCurrent(central: verdict.epoch, isLive, now) else { return }
        points[verdict.cp]?.verdict = verdict.verdict
        if verdict.available, verdict.verdict != .activated || verdict.breaker == .open {
            tell(
                .payloads,
                "available=true with state \(verdict.verdict.rawValue) and breaker \(verdict.breaker.rawValue): expected ACTIVATED and a breaker that admits"
            )
        }
    }

    mutating func hear(_ command: Command, _ now: Now) {
        let cp = command.cp
        if let epoch = command.epoch { guard isCurrent(central: epoch, true, now) else { return } }
        guard let point = points[cp] else { return }
        if let before = point.commands[command.id], before != command.kind {
            tell(.p12, "id=\"\(command.id)\" was \(before.name.rawValue) before: another command needs another id")
        }
        points[cp]?.commands[command.id] = command.kind
        switch command.kind {
        case .start(let order):
            // To a station that asks again, as long as nothing confirms it (S12).
            if point.started[order.session] == true, order.request == nil {
                tell(.s2, "START of session \(order.session) again: it is never sent twice")
            }
            points[cp]?.started[order.session] = true
            if command.epoch != nil, prices[order.session] == nil, isWarm(now) {
                tell(.s1, "START of session \(order.session), which nobody was told as ACCEPTED: expected ACCEPTED, then START")
            }
            prices[order.session] = order.price
            expect(.start(order.session, command.id), at: cp, point, now)
        case .stop(let session): expect(.stop(session), at: cp, point, now)
        case .ack(let session, let meter):
            guard let known = point.records[session], meter == nil || meter == known.record.meter else { return }
            points[cp]?.records[session]?.acknowledged = (now.monotonic, point.engine.epoch)
        case .rebirth: expect(.rebirth, at: cp, point, now)
        case .outOfOrder, .resume, .deny: break
        }
    }

    /// Notes an answer that a command must get, if the engine is there.
    private mutating func expect(_ answer: Awaited.Answer, at cp: ChargePointID, _ point: WatchedPoint, _ now: Now) {
        guard let epoch = point.engine.epoch, let state = point.state?.state, state != .disconnected else { return }
        guard point.awaited.count < 64, !point.awaited.contains(where: { $0.answer == answer }) else { return }
        // A record that is asked for again may be told again.
        if case .stop(let session) = answer { points[cp]?.records[session]?.acknowledged = nil }
        points[cp]?.awaited.append(Awaited(answer: answer, epoch: epoch, due: now.monotonic + ContractLint.patience))
    }
}
