internal import ChargingModel

extension ContractLint {
    mutating func hear(_ event: ChargePointEvent, _ now: Now) {
        guard isCurrent(engine: event.epoch, of: event.cp, isLive: true, now), let point = points[event.cp] else { return }
        switch event.kind {
        case .sessionStarted(let start): hear(start, at: event.cp, point)
        case .sessionEnded(let record): hear(record, at: event.cp, point, now)
        case .commandRefused(let refusal):
            points[event.cp]?.awaited.removeAll { awaited in
                switch awaited.answer {
                case .start(_, let command): command == refusal.id
                case .stop(let session): refusal.command == .stop && refusal.session == session
                case .rebirth: false
                }
            }
        }
    }

    private mutating func hear(_ start: SessionStart, at cp: ChargePointID, _ point: WatchedPoint) {
        if point.session?.id != start.session || point.records[start.session] != nil { checkNewcomer(start.session, point) }
        checkMeter(start.meter, point)
        checkRegister(start.startRegister, meter: start.meter, at: cp, "meter_start_wh")
        let known = point.session.flatMap { $0.id == start.session ? $0 : nil }
        var session = known ?? WatchedSession(start.session, isWhole: true)
        session.hasStarted = true
        session.startRegister = start.startRegister
        points[cp]?.session = session
        answered(start.session, at: cp, isEnd: false)
    }

    private mutating func hear(_ record: SessionRecord, at cp: ChargePointID, _ point: WatchedPoint, _ now: Now) {
        checkCost(record.cost, of: record.energy, record.session)
        if record.endReason == .neverStarted, record.energy > .zero {
            tell(.s4, "never_started with energy_kwh=\(text(record.energy)): expected the same register at start and end")
        }
        answered(record.session, at: cp, isEnd: true)
        if let known = point.records[record.session], known.record.meter == record.meter {
            checkRepeat(record, known, point, now)
        } else {
            checkMeter(record.meter, point)
            checkEnd(record, point)
            points[cp]?.records[record.session] = WatchedRecord(record: record, acknowledged: nil)
        }
        points[cp]?.registers[record.meter] = max(point.registers[record.meter] ?? .zero, record.endRegister)
        if point.session?.id == record.session { points[cp]?.session?.hasEnded = true }
    }

    /// Checks S4: a record is repeated until it is acknowledged, and always says the same.
    private mutating func checkRepeat(_ record: SessionRecord, _ known: WatchedRecord, _ point: WatchedPoint, _ now: Now) {
        if record != known.record {
            tell(.s4, "the SESSION_ENDED of session \(record.session) says something else than before: a record never changes once it is journalled")
        }
        guard let acknowledged = known.acknowledged, acknowledged.epoch == point.engine.epoch else { return }
        guard now.monotonic - acknowledged.at > ContractLint.patience else { return }
        tell(.s4, "SESSION_ENDED of session \(record.session) again, after Central's ACK: expected it to be resent only until then")
    }

    private mutating func checkEnd(_ record: SessionRecord, _ point: WatchedPoint) {
        guard let session = point.session, session.id == record.session else { return }
        if let last = session.last, record.endRegister < last.register {
            tell(.s6, "meter_end_wh=\(record.endRegister.wattHours): telemetry of the session has shown \(last.register.wattHours)")
        }
        if let start = session.startRegister, start != record.startRegister {
            tell(.i3, "meter_start_wh=\(record.startRegister.wattHours): SESSION_STARTED said \(start.wattHours)")
        }
    }

    private mutating func checkMeter(_ meter: MeterID, _ point: WatchedPoint) {
        if let told = point.info?.meter, meter != told { tell(.s6, "meter=\"\(meter)\": expected \"\(told)\", as in info") }
    }

    private mutating func answered(_ session: SessionID, at cp: ChargePointID, isEnd: Bool) {
        points[cp]?.awaited.removeAll { awaited in
            switch awaited.answer {
            case .start(let wanted, _): wanted == session
            case .stop(let wanted): isEnd && wanted == session
            case .rebirth: false
            }
        }
    }
}
