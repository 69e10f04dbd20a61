internal import ChargingModel

extension NetworkView {
    /// Adds a point, if it is new.
    private mutating func add(_ cp: ChargePointID, at now: Now) {
        guard points[cp] == nil else { return }
        points[cp] = PointView(cp, isOutOfOrder: outOfOrder.contains(cp), at: now.wall)
        changes.add(cp, .whole)
    }

    /// Changes a point and marks it as changed; adds it if it is new.
    private mutating func update(_ cp: ChargePointID, _ change: PointChange, at now: Now, _ body: (inout PointView) -> Void) {
        add(cp, at: now)
        guard let index = points.index(forKey: cp) else { return }
        // In place: a point is large, and a reading changes little of it.
        points.values[index].change(central, at: now, body)
        changes.add(cp, change)
    }

    /// True when a message is of the newest connection of its engine that is known (P6).
    mutating func isCurrent(engine epoch: Epoch, of cp: ChargePointID, _ sign: Freshness.Sign = .none, at now: Now) -> Bool {
        if points[cp]?.engine.freshness.hear(epoch, sign, at: now.monotonic).isCurrent ?? true { return true }
        counts.stale += 1
        return false
    }

    mutating func hear(_ info: ChargePointInfo, at now: Now) {
        let cp = info.cp
        add(cp, at: now)
        guard let point = points[cp] else { return }
        if points[cp]?.known.hear(info, believed: point.engine.epoch, at: now.monotonic) == true { noteInfo(of: cp, point.info, at: now) }
    }

    private mutating func noteInfo(of cp: ChargePointID, _ before: ChargePointInfo?, at now: Now) {
        update(cp, .whole, at: now) { if $0.info?.meter != before?.meter { $0.register = nil } }
    }

    mutating func hear(_ state: StateReport, retained: Bool, at now: Now) {
        let cp = state.cp
        add(cp, at: now)
        let standing = points[cp]?.engine.freshness.claim(state.epoch, state.sign(retained: retained), at: now.monotonic) ?? .stale
        guard standing.isCurrent else {
            counts.stale += 1
            return
        }
        let info = points[cp]?.info
        if standing.isNews, points[cp]?.known.claim(state.epoch, isBack: standing == .restored) == true { noteInfo(of: cp, info, at: now) }
        // What is not above the last was said before (P7); what the broker kept is the last, or the one before it.
        if let seq = state.seq, let point = points[cp], point.engine.freshness.missed(before: seq, in: .state, at: now.monotonic) == nil { return }
        update(cp, .whole, at: now) {
            if let seq = state.seq { $0.engine.freshness.note(seq, in: .state, at: now.monotonic) }
            $0.engine.state = state
            if let register = state.register { $0.see(register) }
            if state.state != .supplying || state.session != $0.telemetry?.session { $0.rest(at: now.wall) }
        }
    }

    mutating func hear(_ health: HealthReport, retained: Bool, at now: Now) {
        let cp = health.cp
        add(cp, at: now)
        guard points[cp]?.monitor.freshness.claim(health.epoch, health.sign(retained: retained), at: now.monotonic).isCurrent == true else {
            counts.stale += 1
            return
        }
        guard health != points[cp]?.monitor.health else { return }
        update(cp, .whole, at: now) { $0.monitor.health = health }
    }

    mutating func hear(_ telemetry: Telemetry, at now: Now) {
        let cp = telemetry.cp
        // Nobody lives by a reading that is not believed.
        guard let telemetry = believed(telemetry, at: now) else {
            counts.doubted += 1
            return
        }
        guard isCurrent(engine: telemetry.epoch, of: cp, .numbered(telemetry.seq, .telemetry), at: now) else { return }
        guard let lost = points[cp].map({ $0.engine.freshness.missed(before: telemetry.seq, in: .telemetry, at: now.monotonic) }) ?? 0 else {
            counts.stale += 1
            return
        }
        let isFirst = points[cp]?.telemetry?.session != telemetry.session
        let curveTime = settings.curveTime
        counts.telemetryLost = counts.telemetryLost.adding(clamped: lost)
        update(cp, isFirst ? .whole : .telemetry, at: now) {
            $0.engine.freshness.note(telemetry.seq, in: .telemetry, at: now.monotonic)
            $0.readingsLost = $0.readingsLost.adding(clamped: lost)
            $0.telemetry = telemetry
            $0.see(telemetry.register)
            $0.add(telemetry.power, at: now.wall, keeping: curveTime)
        }
        read(telemetry, at: now)
    }

    mutating func hear(_ verdict: VerdictReport, retained: Bool, at now: Now) {
        guard central.freshness.hear(verdict.epoch, .none, at: now.monotonic).isCurrent else {
            counts.stale += 1
            return
        }
        let before = points[verdict.cp]?.verdict
        guard before != verdict else { return }
        update(verdict.cp, .whole, at: now) {
            $0.verdict = verdict
            if verdict.verdict != .supplying { $0.rest(at: now.wall) }
        }
        follow(verdict, at: now)
        if !retained { tell(verdict, before: before, at: now) }
    }

    private mutating func tell(_ verdict: VerdictReport, before: VerdictReport?, at now: Now) {
        let cp = verdict.cp
        let was = before?.verdict
        switch verdict.verdict {
        case was: break
        case .faulty: tell(.verdict, .bad, "\(cp) is FAULTY: \(verdict.why)", cp: cp, at: now)
        case .disconnected: tell(.verdict, .bad, "\(cp) is DISCONNECTED: \(verdict.why)", cp: cp, at: now)
        case .stopped: tell(.verdict, .warning, "\(cp) is out of order: \(verdict.why)", cp: cp, at: now)
        case .activated, .assigned, .supplying:
            switch was {
            case .faulty, .disconnected, .stopped: tell(.verdict, .good, "\(cp) is back", cp: cp, at: now)
            case nil: tell(.verdict, .good, "\(cp) is registered", cp: cp, at: now)
            case .activated, .assigned, .supplying: break
            }
        }
        guard verdict.breaker != before?.breaker, before != nil else { return }
        switch verdict.breaker {
        case .open: tell(.verdict, .warning, "\(cp) has failed repeatedly and is rested: its breaker is open", cp: cp, at: now)
        case .halfOpen: tell(.verdict, .info, "\(cp) gets another chance: its breaker is half-open", cp: cp, at: now)
        case .closed: tell(.verdict, .good, "\(cp) is trusted again: its breaker is closed", cp: cp, at: now)
        }
    }

    mutating func forget(_ cp: ChargePointID, at now: Now, _ body: (inout PointView) -> Void) {
        guard points[cp] != nil else { return }
        update(cp, .whole, at: now, body)
        guard points[cp]?.isGone == true else { return }
        points[cp] = nil
        changes.remove(cp)
        tell(.point, .info, "\(cp) was removed", cp: cp, at: now)
    }
}

extension PointView {
    /// Changes it, and the time since when it shows what it does.
    fileprivate mutating func change(_ central: CentralView, at now: Now, _ body: (inout PointView) -> Void) {
        let before = shown(central).verdict
        body(&self)
        if shown(central).verdict != before { since = now.wall }
    }

    fileprivate mutating func see(_ register: Energy) { self.register = max(self.register ?? .zero, register) }

    fileprivate mutating func add(_ power: Power, at now: WallTime, keeping time: Duration) {
        let oldest = now.milliseconds - time.milliseconds
        curve.removeFirst(curve.firstIndex { $0.at.milliseconds >= oldest } ?? curve.count)
        draw(power, at: now)
    }

    /// Adds to the curve, which is in the order of time.
    private mutating func draw(_ power: Power, at now: WallTime) {
        // A clock that went back makes what lies ahead of it meaningless.
        while let last = curve.last, last.at > now { curve.removeLast() }
        curve.append(Sample(at: now, power: power))
    }

    /// Ends the power: none flows any more.
    fileprivate mutating func rest(at now: WallTime) {
        guard telemetry != nil else { return }
        telemetry = nil
        draw(Power(watts: 0), at: now)
    }
}
