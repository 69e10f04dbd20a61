import ChargingModel

extension Audit {
    /// Goes through the log in its order: I1 must hold at every moment, and the tables must say what the log does (I2, I4).
    mutating func replayLog() {
        var open: [ChargePointID: SessionID] = [:]
        var openOfDriver: [DriverID: Int] = [:]
        var accepted: [SessionID: (cp: ChargePointID?, driver: DriverID?)] = [:]
        var reasons: [SessionID: String] = [:]
        var energies: [SessionID: Energy] = [:]
        /// The most sessions that drivers had open at a time, for drivers with more of them than they have vehicles today.
        var mostOpen: [DriverID: Int] = [:]
        func end(_ id: SessionID) {
            guard let session = accepted[id] else { return }
            if let cp = session.cp, open[cp] == id { open[cp] = nil }
            if let driver = session.driver { openOfDriver[driver, default: 1] -= 1 }
        }
        for entry in records.log {
            guard let id = entry.session else { continue }
            switch entry.what {
            case .accepted:
                if accepted.updateValue((entry.cp, entry.driver), forKey: id) != nil {
                    report.find(.oneDecision, "the log has session \(id) accepted twice")
                    continue
                }
                if let cp = entry.cp, let other = open.updateValue(id, forKey: cp) {
                    report.find(.oneOpenSession, "session \(id) was accepted at \(cp) while \(other) was open there")
                }
                guard let driver = entry.driver else { continue }
                openOfDriver[driver, default: 0] += 1
                if let limit = records.vehicles[driver] ?? records.defaultVehicles, let count = openOfDriver[driver], count > limit {
                    if records.areVehiclesOfThen {
                        report.find(.oneOpenSession, "\(driver) had \(count) sessions open, with \(limit) vehicles, when \(id) was accepted")
                    } else {
                        mostOpen[driver] = max(mostOpen[driver] ?? 0, count)
                    }
                }
            case .entered:
                if accepted.updateValue((entry.cp, entry.driver), forKey: id) != nil {
                    report.find(.oneDecision, "the log has session \(id), which was begun offline, twice")
                }
                reasons[id] = entry.why ?? ""
                if let energy = entry.energy { hold(energy, of: id, &energies) }
            case .closed:
                if reasons[id] != nil { report.find(.oneDecision, "the log has session \(id) closed twice") }
                reasons[id] = entry.why ?? ""
                end(id)
                if let energy = entry.energy { hold(energy, of: id, &energies) }
            case .record, .recordAccepted:
                if let energy = entry.energy { hold(energy, of: id, &energies) }
            case .denied, .contradicted, .recordRefused, .orphan, .faulty, .disconnected, .recovered, .outOfOrder, .resume, .stopAsked, .pruned,
                .forgotten, .tokenAdded, .tokenBlocked, .tokenUnblocked:
                break
            }
        }
        for (driver, count) in mostOpen.sorted(by: { $0.key < $1.key }) {
            report.remarks.append("\(driver) once had \(count) sessions open, more than the vehicles it has today")
        }
        compare(accepted: Set(accepted.keys), reasons, energies)
    }

    private mutating func hold(_ energy: Energy, of id: SessionID, _ energies: inout [SessionID: Energy]) {
        if let before = energies.updateValue(energy, forKey: id), before != energy {
            report.find(.recordsStay, "the record of session \(id) changed from \(before) to \(energy)")
        }
    }

    private mutating func compare(accepted: Set<SessionID>, _ reasons: [SessionID: String], _ energies: [SessionID: Energy]) {
        for (id, session) in sessions.sorted(by: { $0.key < $1.key }) {
            if !accepted.contains(id) { report.find(.oneDecision, "the log does not have session \(id) accepted") }
            switch (session.closing?.reason.rawValue, reasons[id]) {
            case (nil, nil): break
            case (nil, .some): report.find(.oneDecision, "the log has session \(id) closed, it is open")
            case (.some, nil): report.find(.oneDecision, "session \(id) is closed, the log does not have it closed")
            case (let reason?, let logged?):
                if reason != logged { report.find(.recordsStay, "session \(id) closed as \(logged), and now says \(reason)") }
            }
            let held = session.isComplete ? session.energy : nil
            if held != energies[id] {
                report.find(
                    .recordsStay,
                    "session \(id) bills \(held.map(String.init(describing:)) ?? "nothing yet"), the log has its record with "
                        + (energies[id].map(String.init(describing:)) ?? "nothing"))
            }
        }
    }
}
