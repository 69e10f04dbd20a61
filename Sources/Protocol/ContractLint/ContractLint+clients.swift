internal import ChargingModel

extension ContractLint {
    /// True when a message of an engine is of its newest connection (P6). A newer epoch is noted, and a newer connection begins with it.
    mutating func isCurrent(engine epoch: Epoch, of cp: ChargePointID, isLive: Bool, isWill: Bool = false, _ now: Now) -> Bool {
        guard var point = points[cp] else { return false }
        guard follow(&point.engine, epoch, isLive, isWill, now) else { return false }
        if epoch != points[cp]?.engine.epoch {
            point.stateSeq = nil
            point.telemetrySeq = nil
            point.info = nil
            point.awaited = []
        }
        points[cp] = point
        return true
    }

    mutating func isCurrent(monitor epoch: Epoch, of cp: ChargePointID, isLive: Bool, isWill: Bool, _ now: Now) -> Bool {
        guard var point = points[cp] else { return false }
        defer { points[cp] = point }
        return follow(&point.monitor, epoch, isLive, isWill, now)
    }

    mutating func follow(_ client: inout WatchedPoint.Client, _ epoch: Epoch, _ isLive: Bool, _ isWill: Bool, _ now: Now) -> Bool {
        guard let newest = client.epoch else {
            client = WatchedPoint.Client(epoch: epoch, isWhole: isLive && !isWill && isWarm(now))
            return true
        }
        guard epoch >= newest else {
            // A late will is what epochs are for; what the broker kept may be older than what was heard.
            guard isLive, !isWill else { return false }
            guard client.isForgotten(for: epoch, at: now) else {
                tellOld(epoch, newest)
                return false
            }
            client = WatchedPoint.Client(epoch: epoch, claimed: now.monotonic, heard: now.monotonic)
            return true
        }
        if epoch > newest {
            let former = client.isEstablished(at: now) ? newest : client.former ?? newest
            client = WatchedPoint.Client(
                epoch: epoch, isWhole: isLive && !isWill, former: former, claimed: now.monotonic, heard: now.monotonic)
        } else if isLive, !isWill {
            client.heard = now.monotonic
        }
        return true
    }

    /// True when a message of Central is of its newest connection (P6). A newer epoch is noted.
    @discardableResult mutating func isCurrent(central epoch: Epoch, _ isLive: Bool, isWill: Bool = false, _ now: Now) -> Bool {
        var followed = central
        defer { central = followed }
        return follow(&followed, epoch, isLive, isWill, now)
    }

    private mutating func tellOld(_ epoch: Epoch, _ newest: Epoch) {
        tell(.p6, "epoch=\(epoch): expected at least \(newest), which was heard before; receivers drop this message")
    }

    /// Checks P7: a live `seq` is above the last one, and begins at 1.
    mutating func checkSeq(_ seq: UInt64, last: UInt64?, isWhole: Bool, _ what: String) {
        guard let last else {
            if isWhole, seq != 1 { tell(.p7, "seq=\(seq): expected 1, for the first \(what) of an epoch") }
            return
        }
        if seq <= last {
            tell(.p7, "seq=\(seq): expected more than \(last), as every \(what) of an epoch has a new one; receivers drop this message")
        } else if seq > last + 1 {
            tell(.p7, .hint, "seq=\(seq) after \(last): \(seq - last - 1) of its \(what) messages were lost, or the numbers jump")
        }
    }

    /// Checks P5: a meter's register never goes down.
    mutating func checkRegister(_ register: Energy, meter: MeterID, at cp: ChargePointID, _ field: String) {
        if let highest = points[cp]?.registers[meter], register < highest {
            tell(.p5, "\(field)=\(register.wattHours): meter \(meter) has shown \(highest.wattHours) before, and a register never goes down")
        } else {
            points[cp]?.registers[meter] = register
        }
    }

    mutating func hear(_ health: HealthReport, _ payload: [UInt8], _ isLive: Bool, _ now: Now) {
        let isWill = health.health == .unmonitored && health.reason == StateReport.connectionLost
        if isWill { checkWill(payload) }
        guard isCurrent(monitor: health.epoch, of: health.cp, isLive: isLive, isWill: isWill, now) else { return }
        switch health.health {
        case .faulty:
            if let failures = health.failures, failures < 3 {
                tell(.p13, "health FAULTY with failures=\(failures): expected three in a row or more")
            }
        case .ok:
            guard let failures = health.failures, failures > 0 else { return }
            tell(.p13, "health OK with failures=\(failures): expected 0, as one success is OK")
        case .unmonitored: break
        }
    }
}
