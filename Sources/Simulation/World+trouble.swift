internal import ChargingModel

extension World {
    func begin(_ incident: Incident) {
        guard !isSettling else { return }
        counts.incidents += 1
        tell("⚡ \(incident.number): \(incident.text(name))")
        weather.begin(incident.kind)
        var lasts = true
        switch incident.kind {
        case .kill(let who, nil): keepAway(who, "killed", incident)
        case .kill(let who, let steps?):
            let process = processes[who]
            if process.isAlive, process.fuse == nil { process.fuse = steps }
        // What has not died of it until then goes on.
        case .stop(let who):
            let process = processes[who]
            guard process.isAlive, !process.isHung, process.isWanted else { break }
            process.isWanted = false
            process.takeStop()
        case .powerCut(let who): keepAway(who, "its machine has no power", incident, losingPower: true)
        case .killPoint(let who):
            keepAway(who, "killed", incident)
            keepAway(who + 1, "killed", incident)
        case .hang(let who):
            processes[who].hang(for: incident.lasts)
            lasts = false
        case .cut(let who, let up, let down): cut(processes[who], up: up, down: down)
        case .storm:
            for case let connection? in connections where connection.isOpenAtBroker && connection.isOpenAtClient && isBrokerUp {
                broker.drop(connection.id, at: clock, into: &outputs)
                closeAtBroker(connection)
                carryOut()
            }
            lasts = false
        case .brokerKilled(let memory): brokerDies(politely: false, memory)
        case .brokerStopped(let memory): brokerDies(politely: true, memory)
        case .copy(let who): startCopy(of: processes[who], incident)
        case .diskFull(let who): processes[who].disk.isFull = true
        case .diskLost(let who):
            lasts = false
            guard let engine = processes[who] as? EngineProcess else { break }
            engine.die("its disk is lost")
            if let meter = engine.meter { overseer.lostMeters.insert(meter) }
            engine.meter = nil
            engine.disk = SimulatedDisk()
            overseer.expectsStrays = true
        case .clockJump(let who, let by):
            lasts = false
            processes[who].clock.ahead += by
        case .hardware(let who): report("the connector is hot", at: who)
        case .outOfOrder(let who): wish(who, outOfOrder: true)
        case .lag, .loss, .doubling, .diskSlow, .ledgerFails, .ledgerSlow, .blind: break
        }
        guard lasts else { return }
        ongoing.insert(incident.number)
        plan(.incidentOver(incident.number), after: incident.lasts)
    }

    func end(_ incident: Incident) {
        guard ongoing.remove(incident.number) != nil else { return }
        tell("  \(incident.number) is over")
        weather.end(incident.kind)
        switch incident.kind {
        case .kill(let who, nil), .powerCut(let who), .stop(let who): comeBack(who)
        case .kill(let who, .some): processes[who].fuse = nil
        case .killPoint(let who):
            comeBack(who)
            comeBack(who + 1)
        case .cut(let who, _, _): mend(processes[who])
        case .brokerKilled, .brokerStopped: plan(.brokerUp, after: .zero)
        case .copy(let who): stopCopy(of: processes[who])
        case .diskFull(let who): processes[who].disk.isFull = false
        case .hardware(let who): report(nil, at: who)
        case .outOfOrder(let who): wish(who, outOfOrder: false)
        case .hang, .storm, .lag, .loss, .doubling, .diskSlow, .diskLost, .ledgerFails, .ledgerSlow, .clockJump, .blind: break
        }
    }

    private func keepAway(_ who: Int, _ why: String, _ incident: Incident, losingPower: Bool = false) {
        let process = processes[who]
        process.isWanted = false
        process.die(why, losingPower: losingPower)
    }

    private func comeBack(_ who: Int) {
        processes[who].isWanted = true
        if !processes[who].isAlive { plan(.boot(processes[who]), after: .zero) }
    }

    private func wish(_ who: Int, outOfOrder: Bool) {
        guard let engine = processes[who] as? EngineProcess, central.isAlive, !central.isHung else { return }
        central.ask(outOfOrder ? .outOfOrder(engine.cp) : .resume(engine.cp))
    }

    private func report(_ fault: String?, at who: Int) {
        guard let engine = processes[who] as? EngineProcess else { return }
        engine.hardwareFault = fault
        plan(.hardware(engine, life: engine.life), after: .zero)
    }

    // MARK: The network

    private func cut(_ process: Process, up: Bool, down: Bool) {
        guard let connection = process.connection else { return }
        if up, !connection.up.isBlocked {
            connection.up.isBlocked = true
            silence(connection)
        }
        if down { connection.down.isBlocked = true }
        // It pings every keepalive, and waits for the answer as long.
        plan(.clientGivesUp(connection), after: .seconds(5) + random.duration(below: .seconds(5)))
    }

    private func mend(_ process: Process) {
        for case let connection? in connections where connection.process === process && !connection.isVanished {
            connection.up.isBlocked = weather.isCutUp(process.index)
            connection.down.isBlocked = weather.isCutDown(process.index)
            guard !connection.up.isBlocked else { continue }
            planUp(connection)
            for delivery in connection.unsentReceipts { acknowledge(delivery, on: connection) }
            connection.unsentReceipts = []
            if !connection.down.isBlocked { planDown(connection) }
        }
    }

    // MARK: Copies

    private func startCopy(of original: Process, _ incident: Incident) {
        guard !original.isAbsent, processes.count < 1 + 2 * engines.count + drivers.count + 64 else { return }
        let copy: Process
        switch original {
        case let engine as EngineProcess: copy = EngineProcess(index: processes.count, copying: engine, scenario)
        case let monitor as MonitorProcess: copy = MonitorProcess(index: processes.count, copying: monitor, scenario)
        case let driver as DriverProcess: copy = DriverProcess(index: processes.count, copying: driver)
        default: return
        }
        copy.world = self
        processes.append(copy)
        overseer.expectsStrays = true
        plan(.boot(copy), after: .zero)
    }

    private func stopCopy(of original: Process) {
        for copy in processes where copy.isCopy && copy.party == original.party { copy.retire() }
    }
}
