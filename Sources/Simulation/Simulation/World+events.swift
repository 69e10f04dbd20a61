internal import ChargingModel
internal import MQTT
internal import Runtime

extension World {
    func happen(_ event: Event) {
        switch event {
        case .boot(let process): process.boot(in: self)
        case .tick(let process, let life): process.wake(life, in: self)
        case .up(let connection): pullUp(connection)
        case .down(let connection): pullDown(connection)
        case .clientGivesUp(let connection): clientGivesUp(connection)
        case .brokerGivesUp(let connection, let since): brokerGivesUp(connection, since: since)
        case .delayed(let message): spread(message)
        case .disk(let process, let serial): process.finishDiskWork(serial, in: self)
        case .ledger(let central, let serial): central.finishLedgerWork(serial, in: self)
        case .late(let process, let life, let result): hear(.journal(result), process, life)
        case .lateCommit(let central, let ticket, let results):
            if central.isAlive, !central.isHung { central.tell(.committed(ticket, results), in: self) }
        case .ledgerAnswers(let central, let life, let answer): if central.process.isHere(life, event) { central.hears(answer, in: self) }
        case .lateWrite(let central, let token, let operations): central.arrives(operations, token, in: self)
        case .cardShown(let engine): engine.beginOffline(in: self)
        case .vehicleAwaited(let engine, let life, let session): if engine.process.isHere(life, event) { engine.tellAwaited(session, in: self) }
        case .contactorClosed(let engine, let life, let session): if engine.process.isHere(life, event) { engine.close(session, in: self) }
        case .visit(let driver): driver.isVisited(in: self)
        case .checked(let monitor, let life, let result): if monitor.process.isHere(life, event) { monitor.tell(.checked(result), in: self) }
        case .resume(let process, let life): process.resume(life, in: self)
        case .brokerUp: brokerComesUp()
        case .snapshotOfBroker: keepBrokerFile()
        case .incident(let number): begin(troubles.incidents[number])
        case .incidentOver(let number): end(troubles.incidents[number])
        case .removal(let number): remove(number)
        case .card(let number): seeToCard(number)
        case .stopSession(let driver, let life, let session): if driver.process.isHere(life, event) { driver.tell(.stopSession(session), in: self) }
        case .strangerSpeaks(let number): strangerSpeaks(number)
        case .strangerIsGone(let number, let incidents): strangerIsGone(number, incidents: incidents)
        case .station(let station, let happening): station.happen(happening, in: self)
        case .hardware(let engine, let life): if engine.process.isHere(life, event) { engine.tell(.fault(engine.hardwareFault), in: self) }
        }
        mix(UInt64(bitPattern: clock.nanoseconds))
    }

    private func hear(_ input: PartyInput, _ process: SimulatedProcess, _ life: UInt32) {
        guard process.isRunning(life) else { return }
        process.feed(input, in: self)
    }

    // MARK: From clients to the broker

    func send(_ frame: Upward, on connection: SimulatedConnection) {
        guard connection.isOpenAtClient else { return }
        connection.up.send(frame, arriving: arrival(on: connection))
        planUp(connection)
    }

    /// When what is sent now gets to the other end.
    private func arrival(on connection: SimulatedConnection) -> Instant {
        let soon = Instant(nanoseconds: clock.nanoseconds + connection.latency(scenario.trouble))
        guard !faults.lag.isEmpty, let lag = faults.lag[connection.process.index] else { return soon }
        return soon + lag
    }

    func planUp(_ connection: SimulatedConnection) {
        guard !connection.up.isPlanned, !connection.up.isBlocked, !connection.isVanished, let next = connection.up.next else { return }
        connection.up.isPlanned = true
        queue.insert(.up(connection), at: max(next, clock))
    }

    private func pullUp(_ connection: SimulatedConnection) {
        connection.up.isPlanned = false
        guard !connection.up.isBlocked else { return }
        while let frame = connection.up.popFirst(due: clock) { reachBroker(frame, connection) }
        planUp(connection)
    }

    private func reachBroker(_ frame: Upward, _ connection: SimulatedConnection) {
        if case .connect(let will) = frame {
            guard isBrokerUp, !isRefused(connection.process) else { return closeAtBroker(connection) }
            connection.isOpenAtBroker = true
            counts.connects += 1
            var last = will.map { message($0, isAtLeastOnce: true, retain: true, lifetime: nil) }
            if last != nil, faults.isDoubled(&random) { swap(&last, &connection.lateWill) }
            broker.connect(connection.id, client: connection.process.clientID, will: last, at: clock, into: &outputs)
            noteThrownOut(by: connection.process)
            return carryOut()
        }
        guard connection.isOpenAtBroker else { return }
        switch frame {
        case .connect: break
        case .subscribe(let filters, let token):
            let wanted = filters.map { filter in
                MQTTBroker<Parcel>.Filter(
                    filter.filter, atLeastOnce: filter.qos == .atLeastOnce, liveOnly: filter.options.liveOnly, othersOnly: filter.options.othersOnly)
            }
            broker.subscribe(connection.id, wanted, token: token, at: clock, into: &outputs)
        case .publish(let parcel, let isAtLeastOnce, let retain, let expires, let token):
            if !isAtLeastOnce, faults.isLost(from: connection.process.index, &random) { break }
            mix(parcel.payload)
            checker.hear(parcel, self)
            overhear(parcel)
            let message = message(parcel, isAtLeastOnce: isAtLeastOnce, retain: retain, lifetime: expires)
            broker.publish(connection.id, message, token: isAtLeastOnce ? token : nil, at: clock, into: &outputs)
            // At least once is what MQTT promises; mosquitto would not, a bridge or a cluster may.
            if isAtLeastOnce, faults.isDoubled(&random) { double(message, from: connection) }
            if faults.isGarbled(&random) { garble(parcel) }
        case .disconnect:
            connection.isOpenAtBroker = false
            connection.lateWill = nil
            broker.disconnect(connection.id, at: clock, into: &outputs)
        case .closed:
            connection.isOpenAtBroker = false
            broker.drop(connection.id, at: clock, into: &outputs)
            sayLateWill(of: connection)
        }
        carryOut()
        if !connection.isOpenAtBroker { connections[Int(connection.id)] = nil }
    }

    /// Notes the one whose connection was taken by somebody else of its name, who has just connected.
    private func noteThrownOut(by newcomer: SimulatedProcess) {
        for case .closed(let id, .takenOver) in outputs {
            guard let old = connections[Int(id)]?.process, old !== newcomer else { continue }
            checker.throwsOut(old, self)
        }
    }

    /// Once more, now or a little later. What is retained comes at once: later it would overwrite what is newer, which nothing in MQTT does.
    private func double(_ message: MQTTBroker<Parcel>.Message, from connection: SimulatedConnection) {
        let delay = random.chance(500) || message.retain ? Duration.zero : random.duration(below: .seconds(2))
        guard delay > .zero else { return broker.publish(connection.id, message, token: nil, at: clock, into: &outputs) }
        plan(.delayed(message), after: delay)
    }

    /// Somebody says the beginning of it.
    private func garble(_ parcel: Parcel) {
        guard parcel.payload.count > 1 else { return }
        let cut = Parcel(topic: parcel.topic, payload: Array(parcel.payload.prefix(Int.random(in: 1..<parcel.payload.count, using: &random))))
        broker.spread(message(cut, isAtLeastOnce: true, retain: false, lifetime: nil), at: clock, into: &outputs)
    }

    /// In a cluster the will of a connection may come when its client has long been back: mosquitto publishes it before it takes the new connection (P6).
    func sayLateWill(of connection: SimulatedConnection) {
        guard let will = connection.lateWill else { return }
        connection.lateWill = nil
        plan(.delayed(will), after: random.duration(below: .seconds(8)))
    }

    /// Lets the broker, if it is there, have a message that is of no connection.
    func spread(_ message: MQTTBroker<Parcel>.Message) {
        guard isBrokerUp else { return }
        broker.spread(message, at: clock, into: &outputs)
        carryOut()
    }

    func message(_ parcel: Parcel, isAtLeastOnce: Bool, retain: Bool, lifetime: Duration?) -> MQTTBroker<Parcel>.Message {
        MQTTBroker<Parcel>.Message(
            topic: broker.topic(parcel.topic), content: parcel, isEmpty: parcel.payload.isEmpty, atLeastOnce: isAtLeastOnce, retain: retain,
            expirySeconds: UInt32(lifetime?.components.seconds ?? 0))
    }

    // MARK: From the broker to clients

    /// Hands on what the broker does.
    func carryOut() {
        for output in outputs {
            switch output {
            case .connack(let id): if let connection = connections[Int(id)] { push(.accepted, to: connection) }
            case .deliver(let delivery):
                guard let connection = connections[Int(delivery.connection)] else { break }
                push(.publish(delivery.content, retained: delivery.isRetained, delivery: delivery.id), to: connection)
            case .suback(let id, let token): if let connection = connections[Int(id)] { push(.subscribed(token: token), to: connection) }
            case .puback(let id, let token): if let connection = connections[Int(id)] { push(.received(token: token), to: connection) }
            case .closed(let id, _):
                guard let connection = connections[Int(id)] else { break }
                closeAtBroker(connection)
                sayLateWill(of: connection)
            case .dropped: counts.dropped += 1
            case .unsuback: break
            }
        }
        outputs.removeAll(keepingCapacity: true)
    }

    func closeAtBroker(_ connection: SimulatedConnection) {
        connection.isOpenAtBroker = false
        push(.closed, to: connection)
    }

    private func push(_ frame: Downward, to connection: SimulatedConnection) {
        guard connection.isOpenAtClient else { return }
        connection.down.send(frame, arriving: arrival(on: connection))
        planDown(connection)
        guard !connection.isFull, connection.down.isBlocked || connection.process.isHung, connection.down.count > faults.socketRoom else { return }
        connection.isFull = true
        broker.setWritable(connection.id, false, into: &outputs)
    }

    func planDown(_ connection: SimulatedConnection) {
        guard connection.isOpenAtClient || connection.isLeft(by: connection.process) else { return connection.down.clear() }
        guard !connection.down.isPlanned, !connection.down.isBlocked, !connection.process.isHung, let next = connection.down.next else { return }
        connection.down.isPlanned = true
        queue.insert(.down(connection), at: max(next, clock))
    }

    private func pullDown(_ connection: SimulatedConnection) {
        connection.down.isPlanned = false
        let process = connection.process
        while connection.isOpenAtClient || connection.isLeft(by: process), !connection.down.isBlocked, process.isAlive, !process.isHung,
            let frame = connection.down.popFirst(due: clock)
        {
            process.receive(frame, on: connection, in: self)
        }
        if connection.isFull, connection.isOpenAtBroker, connection.down.count <= faults.socketRoom / 2 {
            connection.isFull = false
            broker.setWritable(connection.id, true, into: &outputs)
            carryOut()
        }
        planDown(connection)
    }

    /// A client's receipt for a QoS 1 message; it needs no event of its own.
    func acknowledge(_ delivery: UInt64, on connection: SimulatedConnection) {
        if connection.up.isBlocked {
            connection.unsentReceipts.append(delivery)
        } else if connection.isOpenAtBroker {
            broker.acknowledge(connection.id, delivery, at: clock, into: &outputs)
            carryOut()
        }
    }

    // MARK: Connections

    func open(_ process: SimulatedProcess, _ number: ConnectionID) -> SimulatedConnection {
        let id = UInt64(connections.count)
        let connection = SimulatedConnection(
            id: id, process: process, number: number,
            random: SplitMix(scenario.seed, 0x100 + UInt64(process.index), UInt64(process.connectionCount)))
        process.connectionCount += 1
        connections.append(connection)
        connection.up.isBlocked = faults.isCutUp(process.index)
        connection.down.isBlocked = faults.isCutDown(process.index)
        return connection
    }

    /// The client closes its end: what it had sent may still arrive.
    func close(_ connection: SimulatedConnection, saying frame: Upward) {
        send(frame, on: connection)
        connection.isOpenAtClient = false
        // With trouble, what has arrived already may still be told by the client's library, to a party that has left the connection.
        if scenario.trouble == .none || !connection.isLeft(by: connection.process) || random.chance(800) { connection.down.clear() }
    }

    /// A machine that is gone closes nothing: the broker finds out by its keepalive.
    func vanish(_ connection: SimulatedConnection) {
        connection.isOpenAtClient = false
        connection.down.clear()
        connection.up.clear()
        connection.isVanished = true
        silence(connection)
    }

    /// Nothing is heard from this client any more: the broker waits for one and a half keepalives after the last ping, and looks every five seconds.
    func silence(_ connection: SimulatedConnection) {
        let wait = Duration.milliseconds(2500) + random.duration(below: .seconds(10))
        plan(.brokerGivesUp(connection, since: clock), after: wait)
    }

    private func brokerGivesUp(_ connection: SimulatedConnection, since: Instant) {
        let process = connection.process
        let isSilent = connection.isVanished || connection.up.isBlocked || (process.isHung && process.hungSince <= since)
        guard isSilent, connection.isOpenAtBroker else { return }
        tell("the broker gives up \(process.name)")
        connection.isOpenAtBroker = false
        broker.drop(connection.id, at: clock, into: &outputs)
        sayLateWill(of: connection)
        push(.closed, to: connection)
        carryOut()
    }

    private func clientGivesUp(_ connection: SimulatedConnection) {
        let process = connection.process
        guard process.connection === connection, connection.isOpenAtClient, process.isAlive else { return }
        guard connection.down.isBlocked || connection.up.isBlocked else { return }
        if process.isHung { return process.deferred.append(.clientGivesUp(connection)) }
        hear(.bus(.ended(connection.number, MQTTError(.silent(seconds: 5)))), process, process.life)
    }

    // MARK: The broker's life

    func brokerDies(politely: Bool, _ memory: Incident.BrokerMemory) {
        guard isBrokerUp else { return }
        isBrokerUp = false
        let file: MQTTBroker<Parcel>.Persisted
        if politely {
            file = broker.stop(at: clock, into: &outputs)
        } else {
            file = broker.kill(into: &outputs)
        }
        // What a dying broker still says reaches those whose sockets take it.
        carryOut()
        switch memory {
        case .current: brokerFiles = [file]
        case .old: brokerFiles = Array(brokerFiles.prefix(1))
        case .none: brokerFiles = []
        }
        for case let connection? in connections where connection.isOpenAtBroker { closeAtBroker(connection) }
        for index in connections.indices where connections[index]?.isOpenAtClient == false { connections[index] = nil }
    }

    private func brokerComesUp() {
        guard !isBrokerUp, !faults.isBrokerAway else { return }
        isBrokerUp = true
        tell("the broker is back")
        broker.restart(with: brokerFiles.last ?? .init(), at: clock)
    }

    /// Every few seconds a copy of what its file would hold is put aside, so that an old one can come back.
    private func keepBrokerFile() {
        if isBrokerUp {
            brokerFiles.append(broker.persisted)
            if brokerFiles.count > 8 { brokerFiles.removeFirst(brokerFiles.count - 8) }
        }
        if !isSettling { plan(.snapshotOfBroker, after: .seconds(4)) }
    }
}
