internal import ChargingModel
internal import ChargingProtocol
internal import Ledger

extension World {
    mutating func happen(_ happening: Happening) {
        switch happening {
        case .start(let id): start(id)
        case .connect(let id, let life): connect(id, life: life)
        case .connected(let id, let connection): handshake(id, connection)
        case .toBroker(let id, let connection, let frame): reachBroker(id, connection, frame)
        case .toClient(let id, let connection, let frame): reach(id, connection, frame)
        case .receipt(let connection, let number): if nodes[.central]?.connection == connection { tell(.central, .delivered(number)) }
        case .tick(let id): tick(id)
        case .journalled(let cp, let life, let entries): journalled(cp, life: life, entries)
        case .ledgerDone(let life, let number, let operations): ledgerDone(life: life, number, operations)
        case .ledgerRead(let life): ledgerRead(life: life)
        case .contactorClosed(let cp, let life, let session): contactorClosed(cp, life: life, session)
        case .checked(let cp, let life, let result): checked(cp, life: life, result)
        case .resume(let id): resume(id)
        case .keepAliveOver(let id, let connection): keepAliveOver(id, connection)
        case .brokerUp: brokerIsUp = true
        case .trouble: makeTrouble()
        }
    }

    mutating func start(_ id: Party) {
        guard var node = nodes[id], node.core == nil, node.isWanted else { return }
        node.life += 1
        node.isHung = false
        node.unread = []
        node.connection = nil
        node.epoch = node.diskEpoch
        let seed = random.next()
        switch id {
        case .central:
            let vehicles = nodes.keys.reduce(into: [DriverID: Int]()) { if case .driver(let driver) = $1 { $0[driver] = settings.vehicles } }
            var arbiter = Arbiter(Arbiter.Settings(software: "simulated", vehicles: vehicles), seed: seed, now: now)
            let actions = arbiter.begin(at: now)
            node.core = .central(arbiter)
            nodes[id] = node
            perform(actions)
        case .engine(let cp):
            let specification = ChargePoint.Specification(
                cp: cp, power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_000), kind: "Standard AC", software: "simulated")
            var engine = ChargePoint(specification, memory: ChargePointMemory(replaying: node.journal), seed: seed)
            let actions = engine.begin(at: now)
            node.core = .engine(engine, JournalGate())
            nodes[id] = node
            perform(actions, of: cp)
        case .monitor(let cp):
            node.core = .monitor(Monitor(cp: cp, seed: seed, now: now))
            nodes[id] = node
            tell(id, Monitor.Event.tick)
        case .driver(let driver):
            let points = nodes.keys.sorted().compactMap { if case .engine(let cp) = $0 { cp } else { nil } }
            node.core = .driver(
                Driver(
                    Driver.Settings(driver: driver, interval: .seconds(5), vehicles: settings.vehicles, points: points, firstPoint: Int(seed % 7)),
                    seed: seed))
            nodes[id] = node
        }
        schedule(.connect(id, life: node.life), after: latency())
    }

    /// kill -9: the core is gone, the disk stays; the broker sees the connection break.
    mutating func kill(_ id: Party) {
        guard let node = nodes[id], node.isAlive else { return }
        counts.kills += 1
        nodes[id]?.core = nil
        nodes[id]?.isHung = false
        nodes[id]?.unread = []
        lose(id, node.connection)
    }

    /// Stopped for good.
    mutating func stop(_ id: Party) {
        nodes[id]?.isWanted = false
        kill(id)
    }

    /// The broker notices that a connection is gone.
    private mutating func lose(_ id: Party, _ connection: UInt64?) {
        nodes[id]?.connection = nil
        guard let connection, broker.connections[id]?.number == connection else { return }
        deliver(broker.drop(id))
    }

    private mutating func connect(_ id: Party, life: UInt64) {
        guard var node = nodes[id], node.isAlive, node.life == life, node.connection == nil else { return }
        if node.isHung {
            nodes[id]?.unread.append(.connect(id, life: life))
            return
        }
        guard brokerIsUp else { return schedule(.connect(id, life: life), after: .milliseconds(100) + random.duration(below: .seconds(2))) }
        node.epoch = max(UInt64(now.wall.milliseconds), node.epoch + 1)
        node.diskEpoch = node.epoch
        let connection = nextConnection
        nextConnection += 1
        node.connection = connection
        nodes[id] = node
        lanes[id] = (clock, clock)
        deliver(broker.connect(id, number: connection, will: will(of: id, node.epoch)))
        deliver(broker.subscribe(id, wire.filters(of: id)))
        let lane = max(lanes[id]?.down ?? clock, clock) + latency()
        lanes[id]?.down = lane
        queue.insert(.connected(id, connection: connection), at: lane)
    }

    private mutating func handshake(_ id: Party, _ connection: UInt64) {
        guard let node = nodes[id], node.connection == connection, let core = node.core else { return }
        if node.isHung { nodes[id]?.unread.append(.connected(id, connection: connection)) }
        guard !node.isHung else { return }
        switch core {
        case .central: tell(id, Arbiter.Event.online(node.epoch))
        case .engine: tell(id, ChargePoint.Event.online(node.epoch))
        case .monitor: tell(id, Monitor.Event.online(node.epoch))
        case .driver: tell(id, Driver.Event.online)
        }
    }

    /// The client notices that its connection is gone, and will connect again.
    mutating func disconnect(_ id: Party) {
        guard let node = nodes[id], node.isAlive else { return }
        nodes[id]?.connection = nil
        switch node.core {
        case .central: tell(id, Arbiter.Event.offline)
        case .engine: tell(id, ChargePoint.Event.offline)
        case .monitor: tell(id, Monitor.Event.offline)
        case .driver: tell(id, Driver.Event.offline)
        case nil: break
        }
        schedule(.connect(id, life: node.life), after: .milliseconds(100) + random.duration(below: .seconds(2)))
    }

    private func will(of id: Party, _ epoch: Epoch) -> Frame? { id.will(epoch: epoch).map { frame($0) } }

    func frame(_ message: BusMessage, delivery: UInt64? = nil) -> Frame {
        let publication = wire.publication(message, at: now.wall)
        return Frame(
            topic: publication.topic, payload: publication.payload, atLeastOnce: publication.qos == .atLeastOnce, retain: publication.retain,
            delivery: delivery, expires: publication.expirySeconds.map { clock + .seconds(Int64($0)) })
    }

    mutating func deliver(_ deliveries: [ModelBroker.Delivery]) {
        for delivery in deliveries {
            let arrival = max(lanes[delivery.to]?.down ?? clock, clock + latency())
            lanes[delivery.to]?.down = arrival
            queue.insert(.toClient(delivery.to, connection: delivery.connection, delivery.frame), at: arrival)
        }
    }

    private mutating func reachBroker(_ id: Party, _ connection: UInt64, _ frame: Frame) {
        guard brokerIsUp, broker.connections[id]?.number == connection else { return }
        var seen: [String] = []
        witness.see(frame, wire) { seen.append($0) }
        for text in seen { violate(text) }
        deliver(broker.publish(frame))
        if let number = frame.delivery { schedule(.receipt(connection: connection, number), after: latency()) }
    }

    private mutating func reach(_ id: Party, _ connection: UInt64, _ frame: Frame) {
        guard let node = nodes[id], node.connection == connection, node.isAlive else { return }
        if node.isHung {
            nodes[id]?.unread.append(.toClient(id, connection: connection, frame))
            return
        }
        if let expires = frame.expires, expires < clock { return }
        do {
            guard case .message(let message) = try wire.decode(topic: frame.topic, payload: frame.payload) else { return }
            hand(message, to: id, retained: frame.retain)
        } catch {
            violate("\(wire.clientID(of: id)) rejected \(frame.topic): \(error)")
        }
    }
}
