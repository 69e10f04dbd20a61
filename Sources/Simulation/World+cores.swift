internal import ChargingModel
internal import ChargingProtocol
internal import Ledger

extension World {
    mutating func hand(_ message: BusMessage, to id: Party, retained: Bool) {
        switch id {
        case .central:
            tell(id, Arbiter.Event.received(message, retained: retained))
        case .engine:
            switch message {
            case .command(let command): if !retained { tell(id, ChargePoint.Event.command(command)) }
            case .centralStatus(let status): tell(id, ChargePoint.Event.centralStatus(status))
            default: break
            }
        case .monitor:
            switch message {
            case .command(let command): if !retained { tell(id, Monitor.Event.command(command)) }
            case .centralStatus(let status): tell(id, Monitor.Event.centralStatus(status))
            case .verdict(let verdict): tell(id, Monitor.Event.verdict(verdict))
            default: break
            }
        case .driver:
            switch message {
            case .status(let status): tell(id, Driver.Event.status(status))
            case .tickets(let list): tell(id, Driver.Event.tickets(list))
            case .centralStatus(let status): tell(id, Driver.Event.centralStatus(status))
            case .verdict(let verdict): tell(id, Driver.Event.verdict(verdict))
            default: break
            }
        }
    }

    // A core is taken out of its node while it works, so that it is not copied.

    mutating func tell(_ id: Party, _ event: Arbiter.Event) {
        guard case .central(var arbiter) = nodes[id]?.core else { return }
        nodes[id]?.core = nil
        let actions = arbiter.handle(event, at: now)
        nodes[id]?.core = .central(arbiter)
        planTick(id, arbiter.deadline)
        perform(actions)
    }

    mutating func tell(_ id: Party, _ event: ChargePoint.Event) {
        guard case .engine(let cp) = id, case .engine(var engine, let gate) = nodes[id]?.core else { return }
        nodes[id]?.core = nil
        let actions = engine.handle(event, at: now)
        nodes[id]?.core = .engine(engine, gate)
        planTick(id, engine.deadline)
        perform(actions, of: cp)
    }

    mutating func tell(_ id: Party, _ event: Monitor.Event) {
        guard case .monitor(let cp) = id, case .monitor(var monitor) = nodes[id]?.core else { return }
        nodes[id]?.core = nil
        let actions = monitor.handle(event, at: now)
        nodes[id]?.core = .monitor(monitor)
        planTick(id, monitor.deadline)
        for action in actions {
            switch action {
            case .check: check(cp)
            case .publish(let message), .farewell(let message): send(message, from: id)
            case .notice: break
            }
        }
    }

    mutating func tell(_ id: Party, _ event: Driver.Event) {
        guard case .driver(var driver) = nodes[id]?.core else { return }
        nodes[id]?.core = nil
        let actions = driver.handle(event, at: now)
        nodes[id]?.core = .driver(driver)
        planTick(id, driver.deadline)
        for action in actions {
            switch action {
            case .publish(let message): send(message, from: id)
            case .notice(let notice): count(notice)
            }
        }
    }

    mutating func tick(_ id: Party) {
        guard let node = nodes[id], node.isAlive, !node.isHung, let due = node.tickAt, due <= clock else { return }
        nodes[id]?.tickAt = nil
        switch node.core {
        case .central: tell(id, Arbiter.Event.tick)
        case .engine: tell(id, ChargePoint.Event.tick)
        case .monitor: tell(id, Monitor.Event.tick)
        case .driver: tell(id, Driver.Event.tick)
        case nil: break
        }
    }

    private mutating func planTick(_ id: Party, _ deadline: Instant?) {
        guard deadline != nodes[id]?.tickAt else { return }
        nodes[id]?.tickAt = deadline
        if let deadline { queue.insert(.tick(id), at: max(deadline, clock)) }
    }

    mutating func send(_ message: BusMessage, from id: Party, delivery: UInt64? = nil) {
        guard let connection = nodes[id]?.connection else { return }
        let arrival = max(lanes[id]?.up ?? clock, clock + latency())
        lanes[id]?.up = arrival
        queue.insert(.toBroker(id, connection: connection, frame(message, delivery: delivery)), at: arrival)
    }

    // MARK: Engines and their disks

    mutating func perform(_ actions: [ChargePoint.Action], of cp: ChargePointID) {
        let id = Party.engine(cp)
        guard case .engine(let engine, var gate) = nodes[id]?.core else { return }
        let steps = gate.admit(actions, connection: nodes[id]?.connection ?? 0)
        nodes[id]?.core = .engine(engine, gate)
        carryOut(steps, of: cp)
    }

    private mutating func carryOut(_ steps: [JournalGate.Step], of cp: ChargePointID) {
        let id = Party.engine(cp)
        for step in steps {
            switch step {
            case .write(let entries):
                let life = nodes[id]?.life ?? 0
                schedule(.journalled(cp, life: life, entries), after: random.duration(below: .milliseconds(15)))
            case .perform(.publish(let message)), .perform(.farewell(let message)): send(message, from: id)
            case .perform(.closeContactor(let session)):
                schedule(.contactorClosed(cp, life: nodes[id]?.life ?? 0, session), after: random.duration(below: .milliseconds(5)))
            case .perform(.notice), .perform(.journal): break
            }
        }
    }

    mutating func journalled(_ cp: ChargePointID, life: UInt64, _ entries: [ChargePointEntry]) {
        let id = Party.engine(cp)
        guard let node = nodes[id] else { return }
        guard node.life == life, case .engine(let engine, var gate) = node.core else {
            // It died while it wrote: the entries are on disk or not, in this order.
            if node.life == life, Bool.random(using: &random) {
                let written = Int.random(in: 0...entries.count, using: &random)
                nodes[id]?.journal += entries.prefix(written)
            }
            return
        }
        nodes[id]?.journal += entries
        if let count = nodes[id]?.journal.count, count > 500 {
            nodes[id]?.journal = ChargePointMemory(replaying: node.journal + entries).entries
        }
        let steps = gate.written(connection: node.connection ?? 0)
        nodes[id]?.core = .engine(engine, gate)
        carryOut(steps, of: cp)
    }

    mutating func contactorClosed(_ cp: ChargePointID, life: UInt64, _ session: SessionID) {
        let id = Party.engine(cp)
        guard let node = nodes[id], node.life == life else { return }
        if node.isHung {
            nodes[id]?.unread.append(.contactorClosed(cp, life: life, session))
            return
        }
        tell(id, ChargePoint.Event.contactorClosed(session))
    }

    // MARK: Monitors and their checks

    private mutating func check(_ cp: ChargePointID) {
        let engine = nodes[.engine(cp)]
        let life = nodes[.monitor(cp)]?.life ?? 0
        let (result, delay): (Monitor.CheckResult, Duration) =
            switch (engine?.core, engine?.isHung ?? false) {
            case (nil, _): (.failed("connection refused"), latency())
            case (_, true): (.failed("no answer in 1 s"), .seconds(1))
            case (_, false): (.passed, min(latency(), .milliseconds(500)))
            }
        schedule(.checked(cp, life: life, result), after: delay)
    }

    mutating func checked(_ cp: ChargePointID, life: UInt64, _ result: Monitor.CheckResult) {
        guard let node = nodes[.monitor(cp)], node.life == life else { return }
        if node.isHung {
            nodes[.monitor(cp)]?.unread.append(.checked(cp, life: life, result))
            return
        }
        tell(.monitor(cp), Monitor.Event.checked(result))
    }

    // MARK: Central and its ledger

    mutating func perform(_ actions: [Arbiter.Action]) {
        let life = nodes[.central]?.life ?? 0
        for action in actions {
            switch action {
            case .commit(let number, let operations):
                schedule(.ledgerDone(life: life, number, operations), after: random.duration(below: .milliseconds(8)))
            case .read: schedule(.ledgerRead(life: life), after: random.duration(below: .milliseconds(8)))
            case .publish(let message, let delivery): send(message, from: .central, delivery: delivery)
            case .farewell(let message): send(message, from: .central)
            case .notice(.orphan(let cp, let record)): violate("orphan \(record.session) at \(cp)")
            case .notice(.contradiction(let session, let why)): violate("record of \(session) does not fit: \(why)")
            case .notice(.ledgerRefused(let why)): violate("the ledger refused: \(why)")
            case .notice: break
            }
        }
    }

    mutating func ledgerDone(life: UInt64, _ number: UInt64, _ operations: [LedgerOperation]) {
        let isAlive = nodes[.central]?.life == life && nodes[.central]?.isAlive == true
        let fails = !isAlive || (settings.commitFailures > 0 && !troubleIsOver && Double.random(in: 0..<1, using: &random) < settings.commitFailures)
        guard fails else {
            let results = book.apply(operations)
            checkBook()
            return deliverToCentral(.committed(number, results))
        }
        if isAlive { counts.commitsFailed += 1 }
        if nodes[.central]?.life == life, Bool.random(using: &random) {
            _ = book.apply(operations)
            checkBook()
        }
        if isAlive { deliverToCentral(.commitFailed(number)) }
    }

    mutating func ledgerRead(life: UInt64) {
        guard let node = nodes[.central], node.life == life, node.isAlive else { return }
        let fails = settings.commitFailures > 0 && !troubleIsOver && Int.random(in: 0..<5, using: &random) == 0
        deliverToCentral(.snapshot(fails ? nil : book.snapshot(at: now.wall)))
    }

    private mutating func deliverToCentral(_ event: Arbiter.Event) {
        // A hung Central finds its ledger's answers when it goes on; the order is kept.
        if nodes[.central]?.isHung == true { return pendingLedger.append(event) }
        tell(.central, event)
    }
}
