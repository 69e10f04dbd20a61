internal import ChargingModel

extension ContractLint {
    mutating func hear(_ telemetry: Telemetry, _ now: Now) {
        let cp = telemetry.cp
        guard isCurrent(engine: telemetry.epoch, of: cp, isLive: true, now), let point = points[cp] else { return }
        checkSeq(telemetry.seq, last: point.telemetrySeq, isWhole: point.engine.isWhole, "telemetry")
        points[cp]?.telemetrySeq = max(telemetry.seq, point.telemetrySeq ?? 0)
        if let meter = point.info?.meter ?? point.state?.meter { checkRegister(telemetry.register, meter: meter, at: cp, "meter_wh") }
        checkPlace(telemetry, point, now)
        if let rating = point.info?.power, telemetry.power.watts * 100 > rating.watts * 101 {
            tell(.payloads, .hint, "power_kw=\(telemetry.power): its info says at most \(rating)")
        }
        checkCost(telemetry.cost, of: telemetry.energy, telemetry.session)
        guard var session = point.session, session.id == telemetry.session else { return }
        session.readings += 1
        if session.isWhole, !session.hasStarted, session.readings == 2 {
            tell(.s3, "telemetry without SESSION_STARTED of session \(session.id): expected state SUPPLYING and SESSION_STARTED, then telemetry")
        }
        checkMeter(telemetry, session)
        checkPace(telemetry, &session)
        session.last = telemetry
        points[cp]?.session = session
    }

    /// Checks S3: telemetry comes while SUPPLYING, of that session. A reading may overtake what was said with QoS 1: only the second in a row is no
    /// accident.
    private mutating func checkPlace(_ telemetry: Telemetry, _ point: WatchedPoint, _ now: Now) {
        if point.records[telemetry.session] != nil {
            return tell(.s4, "telemetry of session \(telemetry.session) after its SESSION_ENDED")
        }
        let isStray = point.state.map { $0.state != .supplying || $0.session != telemetry.session } ?? isWarm(now)
        points[telemetry.cp]?.strayReadings = isStray ? point.strayReadings + 1 : 0
        guard isStray, point.strayReadings >= 1 else { return }
        switch point.state {
        case nil: tell(.s3, "telemetry, but no state was heard: expected state SUPPLYING with session \(telemetry.session) first")
        case let state? where state.state == .supplying:
            tell(.s3, "telemetry of session \(telemetry.session), but the state says SUPPLYING session \(state.session?.text ?? "none")")
        case let state?: tell(.s3, "telemetry while the state is \(state.state.rawValue): expected it only while SUPPLYING")
        }
    }

    private mutating func checkMeter(_ telemetry: Telemetry, _ session: WatchedSession) {
        if let last = session.last, telemetry.energy < last.energy {
            tell(.p5, "energy_kwh=\(text(telemetry.energy)) after \(text(last.energy)): what a session was delivered never goes down")
        }
        if let last = session.last, telemetry.elapsedSeconds < last.elapsedSeconds {
            tell(.s3, "elapsed_s=\(telemetry.elapsedSeconds) after \(last.elapsedSeconds): expected the seconds since the session started")
        }
        guard let start = session.startRegister else { return }
        let moved = telemetry.register - start
        // Both are whole watt-hours, which an engine may round by itself.
        guard abs(moved.wattHours - telemetry.energy.wattHours) > 1 else { return }
        tell(.i3, "energy_kwh=\(text(telemetry.energy)): the register has moved \(text(moved)) since the session started")
    }

    /// Checks that readings come once a second (S3), by the engine's own clock, so that neither a slow bus nor a slow listener counts.
    private mutating func checkPace(_ telemetry: Telemetry, _ session: inout WatchedSession) {
        guard let mark = session.paceMark, telemetry.seq > mark.seq, telemetry.elapsedSeconds >= mark.elapsed else {
            session.paceMark = (telemetry.seq, telemetry.elapsedSeconds)
            return
        }
        let readings = Int64(min(telemetry.seq - mark.seq, 1_000_000_000))
        guard readings >= 5, !session.isPaceTold else { return }
        let (seconds, overflow) = telemetry.elapsedSeconds.subtractingReportingOverflow(mark.elapsed)
        session.paceMark = (telemetry.seq, telemetry.elapsedSeconds)
        // A second more or less is in the rounding of elapsed_s.
        let (tenfold, isHuge) = seconds.multipliedReportingOverflow(by: 10)
        guard overflow || isHuge || tenfold > readings * 13 + 10 || tenfold < readings * 7 - 10 else { return }
        session.isPaceTold = true
        tell(.s3, "\(readings) readings in \(seconds) s by elapsed_s: expected one a second")
    }

    /// Checks S1: the price is fixed at ACCEPTED. A difference of a watt-hour is in the rounding.
    mutating func checkCost(_ cost: Money, of energy: Energy, _ session: SessionID) {
        guard let price = prices[session] else { return }
        let expected = price.cost(of: energy)
        let tolerance = price.microEuroPerKilowattHour / 1000 + 1
        guard abs(expected.microEuro.subtractingReportingOverflow(cost.microEuro).partialValue) > tolerance else { return }
        tell(
            .s1,
            "cost_eur=\(decimalText(cost.microEuro, decimals: 6, minimum: 2)): expected \(decimalText(expected.microEuro, decimals: 6, minimum: 2)), \(energy) at the \(price) that were accepted"
        )
    }

    func text(_ energy: Energy) -> String { decimalText(energy.wattHours, decimals: 3, minimum: 3) }
}
