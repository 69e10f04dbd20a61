internal import ChargingModel
internal import Ledger
internal import Station

extension World {
    func begin(_ incident: Incident) {
        guard !isSettling else { return }
        counts.incidents += 1
        tell("⚡ \(incident.number): \(incident.text(name))")
        faults.begin(incident.kind)
        var lasts = true
        switch incident.kind {
        case .kill(let who, nil): keepAway(who, "killed")
        case .kill(let who, let steps?):
            let process = processes[who]
            guard process.isAlive, process.fuse == nil else { break }
            process.fuse = steps
            fuses[incident.number] = process.life
        case .stop(let who):
            let process = processes[who]
            process.absences += 1
            if !process.isHung { process.stop(in: self) }
        case .powerCut(let who): keepAway(who, "its machine has no power", losingPower: true)
        case .killPoint(let who): keepAwayPoint(who)
        case .removal(let who):
            keepAwayPoint(who)
            plan(.removal(incident.number), after: random.duration(below: .seconds(2)))
        case .stopSession(let who):
            lasts = false
            guard let engine = processes[who].program as? EngineProgram else { break }
            if let session = ledger.book.openSessions().first(where: { $0.assignment.cp == engine.cp }) { askOperator(.stop(session.id)) }
        case .hang(let who):
            processes[who].hang(for: incident.lasts, in: self)
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
            guard let engine = processes[who].program as? EngineProgram else { break }
            engine.stationed?.station.isDoubted = true
            for engine in engine.stationed?.station.engines ?? [engine] { loseDisk(of: engine) }
        case .clockJump(let who, let by):
            lasts = false
            for process in processes[who].group?.members ?? [processes[who]] { process.clock.ahead += by }
        case .hardware(let who): report("the connector is hot", at: who)
        case .outOfOrder(let who): changeAvailability(of: who)
        case .stranger: strangerComes(incident.number)
        case .stationAway(let who): station(of: who)?.tell(.reach(false), in: self)
        case .stationRestarts(let who):
            station(of: who)?.tell(.restart, in: self)
            lasts = false
        case .socketBreaks(let who, let silently):
            station(of: who)?.breakSockets(silently: silently, in: self)
            lasts = false
        case .revoked, .cardBlocked: takeAway(incident)
        case .lag, .loss, .doubling, .garbage, .diskSlow, .ledgerFails, .ledgerSlow, .ledgerCut, .blind: break
        }
        guard lasts else { return }
        ongoing.insert(incident.number)
        plan(.incidentOver(incident.number), after: incident.lasts)
    }

    func end(_ incident: Incident) {
        guard ongoing.remove(incident.number) != nil else { return }
        tell("  \(incident.number) is over")
        faults.end(incident.kind)
        switch incident.kind {
        case .kill(let who, nil), .powerCut(let who), .stop(let who): comeBack(who)
        // What has not died of it until then goes on.
        case .kill(let who, .some): if fuses.removeValue(forKey: incident.number) == processes[who].life { processes[who].fuse = nil }
        case .killPoint(let who), .removal(let who):
            comeBack(who)
            comeBack(who + 1)
        case .cut(let who, _, _): mend(processes[who])
        case .brokerKilled, .brokerStopped: plan(.brokerUp, after: .zero)
        case .copy: copies.removeValue(forKey: incident.number)?.retire(in: self)
        case .diskFull(let who): processes[who].disk.isFull = faults.isDiskFull(who)
        case .hardware(let who): if !faults.isHardwareBroken(who) { report(nil, at: who) }
        case .outOfOrder(let who): changeAvailability(of: who)
        case .stranger: strangerLeaves()
        case .stationAway(let who): if !faults.isStationAway(who) { station(of: who)?.tell(.reach(true), in: self) }
        case .revoked, .cardBlocked: giveBack(incident)
        case .hang, .storm, .stopSession, .stationRestarts, .socketBreaks, .lag, .loss, .doubling, .garbage, .diskSlow, .diskLost, .ledgerFails,
            .ledgerSlow, .ledgerCut, .clockJump, .blind:
            break
        }
    }

    private func loseDisk(of engine: EngineProgram) {
        engine.process.die("its disk is lost", in: self)
        if let meter = engine.meter { checker.lostMeters.insert(meter) }
        engine.meter = nil
        engine.process.disk = SimulatedDisk()
        engine.process.lastEpoch = 0
        engine.process.disk.isFull = faults.isDiskFull(engine.index)
        checker.isSingle(engine.cp, at: clock)
    }

    private func keepAway(_ who: Int, _ why: String, losingPower: Bool = false) {
        processes[who].absences += 1
        processes[who].die(why, losingPower: losingPower, in: self)
    }

    private func keepAwayPoint(_ who: Int) {
        keepAway(who, "killed")
        keepAway(who + 1, "killed")
    }

    private func comeBack(_ who: Int) {
        processes[who].absences -= 1
        if processes[who].isWanted, !processes[who].isAlive { plan(.boot(processes[who]), after: .zero) }
    }

    private func station(of who: Int) -> SimulatedStation? { (processes[who].program as? EngineProgram)?.stationed?.station }

    // MARK: The operator

    /// What the operator wants of a point just now.
    private func changeAvailability(of who: Int) {
        guard let engine = processes[who].program as? EngineProgram else { return }
        askOperator(faults.isOutOfOrder(who) ? .outOfOrder(engine.cp) : .resume(engine.cp))
    }

    /// A Central that hangs or is not there answers nobody; nobody is promised anything.
    func askOperator(_ request: OperatorRequest) {
        if central.isAlive, !central.isHung { central.ask(request, in: self) }
    }

    /// Asked each second until the point is removed, or is back.
    func remove(_ number: Int) {
        guard ongoing.contains(number), case .removal(let who) = troubles.incidents[number].kind,
            let engine = processes[who].program as? EngineProgram
        else { return }
        askOperator(.forget(engine.cp))
        plan(.removal(number), after: .seconds(1))
    }

    private func report(_ fault: String?, at who: Int) {
        guard let engine = processes[who].program as? EngineProgram else { return }
        if let (station, evse) = engine.stationed { return station.tell(.fault(evse, fault), in: self) }
        engine.hardwareFault = fault
        plan(.hardware(engine, life: engine.life), after: .zero)
    }

    // MARK: The network

    private func cut(_ process: SimulatedProcess, up: Bool, down: Bool) {
        guard let connection = process.connection else { return }
        if up, !connection.up.isBlocked {
            connection.up.isBlocked = true
            silence(connection)
        }
        if down { connection.down.isBlocked = true }
        // It pings every keepalive, and waits for the answer as long.
        plan(.clientGivesUp(connection), after: .seconds(5) + random.duration(below: .seconds(5)))
    }

    private func mend(_ process: SimulatedProcess) {
        for case let connection? in connections where connection.process === process && !connection.isVanished {
            connection.up.isBlocked = faults.isCutUp(process.index)
            connection.down.isBlocked = faults.isCutDown(process.index)
            guard !connection.up.isBlocked else { continue }
            planUp(connection)
            for delivery in connection.unsentReceipts { acknowledge(delivery, on: connection) }
            connection.unsentReceipts = []
            if !connection.down.isBlocked { planDown(connection) }
        }
    }

    // MARK: Copies

    /// A copy has gone for good: if it was the last, one engine has the name again.
    func engineIsSingle(_ cp: ChargePointID) {
        let isDoubled = processes.contains { $0.isCopy && ($0.isAlive || $0.isWanted) && ($0.program as? EngineProgram)?.cp == cp }
        if !isDoubled { checker.isSingle(cp, at: clock) }
    }

    private func startCopy(of original: SimulatedProcess, _ incident: Incident) {
        guard !original.isAbsent, original.group == nil, processes.count < 1 + 2 * engines.count + drivers.count + 64 else { return }
        let copy: any Program
        switch original.program {
        case let engine as EngineProgram: copy = EngineProgram(index: processes.count, copying: engine)
        case let monitor as MonitorProgram: copy = MonitorProgram(index: processes.count, copying: monitor)
        case let driver as DriverProgram: copy = DriverProgram(index: processes.count, copying: driver)
        default: return
        }
        processes.append(copy.process)
        copies[incident.number] = copy.process
        // A second engine has a meter of its own.
        if let engine = copy as? EngineProgram { checker.doubles(engine.cp) }
        plan(.boot(copy.process), after: .zero)
    }
}
