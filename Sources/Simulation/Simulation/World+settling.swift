internal import ChargingModel
internal import ChargingProtocol
internal import Ledger
internal import Runtime
internal import Station

extension World {
    /// How long everything may take to come to rest, when nothing is wrong any more: a session whose engine is gone waits 60 s of connected time, a repetition
    /// at most 30 s, and a breaker rests for up to 300 s. A charge that is under way then may take its time in
    /// addition.
    static let patience = Duration.seconds(400)
    /// Wills and second copies that are still on their way come within this time: what is at rest must be so for as long.
    static let lastWord = Duration.seconds(14)

    /// All trouble ends, nobody asks for anything new, and what is open must come to its end.
    /// - Returns: how long that took.
    @discardableResult func settle() -> Duration {
        let began = clock
        for number in ongoing.sorted() where violation == nil { end(troubles.incidents[number]) }
        isSettling = true
        checker.checkAvailabilities(self)
        usage?.close(at: clock)
        tell("all trouble is over, nobody asks for anything new")
        for process in processes {
            process.fuse = nil
            if process.isHung { process.goOn(in: self) }
            if process.isCopy { process.retire(in: self) }
        }
        for station in stations where !station.leader.isAbsent { station.rest(in: self) }
        for driver in drivers {
            driver.tell(.rest, in: self)
            if let bug = driver.runtime?.core.disagreement { violate("core", "\(driver.name) disagrees with itself: \(bug)") }
        }
        let patience = World.patience + scenario.sessionDuration
        var unsettled: [String] = []
        var restSince: Instant?
        while violation == nil {
            if scenario.demand != nil { stopCharges() }
            run(until: clock + .seconds(2))
            for engine in engines where ledger.book.availabilities()[engine.cp] == true { askOperator(.resume(engine.cp)) }
            // Nobody charges for ever.
            if clock - began > .seconds(60) { for station in stations where !station.leader.isAbsent { station.rest(in: self) } }
            unsettled = whatIsUnsettled(most: 3)
            if unsettled.isEmpty {
                if let restSince, clock - restSince >= World.lastWord { break }
                if restSince == nil { restSince = clock }
                continue
            }
            restSince = nil
            if clock - began > patience {
                violate("liveness", "\(Incident.seconds(clock - began)) after all trouble: \(unsettled.joined(separator: "; "))")
            }
        }
        let took = (restSince ?? clock) - began
        if violation == nil { checkAtRest() }
        return took
    }

    /// People's charges take hours: half of them are asked to come back and stop them (S9), the operator stops the others.
    private func stopCharges() {
        for (number, session) in ledger.book.openSessions().enumerated() {
            if number % 2 == 0 { driver(session.driver)?.tell(.stopSession(session.id), in: self) } else { askOperator(.stop(session.id)) }
        }
    }

    /// The first few things that are still open.
    private func whatIsUnsettled(most: Int) -> [String] {
        var found: [String] = []
        if !central.isOnline { found.append("Central is not online") }
        if centrals.contains(where: { !$0.questions.isEmpty }) { found.append("Central has not answered the operator") }
        for session in ledger.book.openSessions() where found.count < most {
            found.append("session \(session.id) of \(session.driver) at \(session.assignment.cp) is open")
        }
        for session in ledger.book.sessionsAwaitingRecord() where found.count < most && !checker.isLost(session.assignment.meter, processes) {
            let engine = engines.first { $0.cp == session.assignment.cp }
            // It said so, and nobody can do better.
            if engine?.runtime?.core.memory.mayHaveForgotten(session.id) == true { continue }
            found.append("the record of session \(session.id) at \(session.assignment.cp), meter \(session.assignment.meter), has not come")
        }
        for driver in drivers where found.count < most && !driver.isAbsent && !driver.isAtRest {
            found.append("\(driver.name) waits for an answer or an outcome")
        }
        for driver in drivers where found.count < most {
            if let what = whatIsUnsettled(ticketsOf: driver.driver) { found.append(what) }
        }
        for station in stations where found.count < most && !station.leader.isAbsent && !station.core.isAllTold {
            found.append("\(station.name) has \(station.core.untold) words to tell, or charges")
        }
        for engine in engines where found.count < most && !engine.isAbsent {
            if let what = whatIsUnsettled(at: engine) { found.append(what) }
        }
        return found
    }

    private func whatIsUnsettled(at engine: EngineProgram) -> String? {
        guard let state = engine.state else { return "\(engine.name) is not there" }
        if let session = engine.runtime?.core.memory.unacknowledged.min() {
            return "\(engine.name) has records that nobody acknowledged, the first of session \(session)"
        }
        if state != .activated { return "\(engine.name) is \(state.rawValue)" }
        guard !isAbsentMonitor(of: engine) else { return nil }
        if let own = retained(.state(engine.cp)), case .state(let shown) = own, shown.state != .activated {
            return "\(engine.name) is ACTIVATED, and its topic goes on saying \(shown.state.rawValue)"
        }
        let report = report(on: engine.cp)
        if report?.verdict != .activated {
            return "\(engine.cp) is \(report?.verdict.rawValue ?? "not") on central/cp/\(engine.cp): \(report?.why ?? "nothing is kept")"
        }
        return report?.available == false ? "nobody may charge at \(engine.cp): \(report?.why ?? "")" : nil
    }

    /// What was billed is on the bus, the last of it first.
    func whatIsUnsettled(ticketsOf driver: DriverID) -> String? {
        // What a broker lost that comes back with an old file is said again when it changed in the day before (P8).
        let halfADay = central.process.now(in: self).wall.within(milliseconds: 43_200_000)
        guard ledger.book.hasTickets(of: driver, changedIn: halfADay) else { return nil }
        let held = ledger.book.tickets(of: driver, most: TicketList.limit)
        var shown: [Ticket] = []
        if case .tickets(let list)? = retained(.tickets(driver)) { shown = list.tickets }
        if held == shown { return nil }
        return "the bus keeps \(shown.count) tickets of \(driver), the ledger \(held.count), and they are not the same"
    }

    private func isAbsentMonitor(of engine: EngineProgram) -> Bool { processes[engine.index + 1].isAbsent }

    /// What the bus shows of a point.
    func report(on cp: ChargePointID) -> VerdictReport? {
        guard case .verdict(let report)? = retained(.verdict(cp)) else { return nil }
        return report
    }

    /// The message that the broker keeps on a topic; `nil` for none that can be read.
    func retained(_ topic: Topic) -> BusMessage? {
        broker.retainedContent(on: wire.text(of: topic)).flatMap { checker.meaning(of: $0, self) }
    }

    /// What must hold when nothing is under way any more (I2, I3), and what the auditor says.
    private func checkAtRest() {
        checker.balance(self)
        for station in stations where !station.leader.isAbsent { checker.balance(station, self) }
        checker.checkAvailabilities(self)
        var records = AuditRecords(ledger.book)
        records.vehicles = checker.vehicles
        records.areVehiclesOfThen = true
        for engine in engines {
            guard let memory = engine.runtime?.core.memory, let books = EngineBooks(of: engine.cp, memory, registerAfter: memory.register) else {
                continue
            }
            records.engines.append(books)
        }
        let report = Audit.examine(records)
        if let finding = report.findings.first { violate(finding.rule.rawValue, "wattline audit says: \(finding.what)") }
    }
}

extension InvariantChecker {
    /// Whether what is on this meter may never come: its journal is lost, or belongs to a copy that was taken away before it could bring everything home.
    func isLost(_ meter: MeterID, _ processes: [SimulatedProcess]) -> Bool {
        if lostMeters.contains(meter) { return true }
        return processes.contains { process in
            guard process.isCopy, let engine = process.program as? EngineProgram else { return false }
            return engine.meter == meter && !engine.isAlive
        }
    }

    /// I3 at rest: what a station metered is billed, or owed by nobody, all of it and once.
    func balance(_ station: SimulatedStation, _ world: World) {
        guard !station.isDoubted else { return }
        let points = Set(station.engines.map(\.cp))
        let waiting = implausible.values.reduce(0) { points.contains($1.cp) ? $0 + $1.energy.wattHours : $0 }
        let accounted = meters.values.reduce(waiting) { points.contains($1.cp) ? $0 + $1.accounted : $0 }
        guard accounted != station.core.metered.wattHours else { return }
        world.violate(
            "I3", "\(station.name) metered \(station.core.metered) in its transactions, \(Energy(wattHours: accounted)) are billed or owed by nobody")
    }

    /// I3 at rest: what the registers moved is billed, all of it and once.
    func balance(_ world: World) {
        for (meter, known) in meters where known.putAside > 0 && !wasDoubled(known.cp) {
            world.violate("S6", "\(Energy(wattHours: known.putAside)) of meter \(meter) of \(known.cp) are on no bill, and nothing was doubled there")
        }
        for engine in world.engines where engine.stationed == nil {
            guard let meter = engine.meter, let known = meters[meter], known.accounted != known.register.wattHours else { continue }
            world.violate(
                "I3", "the meter \(meter) of \(engine.cp) moved \(known.register), \(Energy(wattHours: known.accounted)) are billed or put aside")
        }
    }
}
