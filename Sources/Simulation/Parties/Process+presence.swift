internal import ChargingModel
internal import ChargingProtocol
internal import MQTT

/// What `BusClient` and `BusPort` do, on modelled connections.
extension Process {
    func attempt() {
        guard connection == nil, presence != nil else { return }
        perform(presence: .attempt(wallMilliseconds: UInt64(now.wall.milliseconds)))
    }

    func perform(presence event: Presence.Event) {
        guard let actions = presence?.handle(event) else { return }
        for action in actions { perform(action) }
    }

    private func perform(_ action: Presence.Action) {
        switch action {
        case .persist(let epoch):
            let life = life
            persist(epoch) { [unowned self] in if isAlive, self.life == life { perform(presence: .persisted(epoch: epoch)) } }
        case .connect(let epoch): connect(epoch)
        case .subscribe(let groups):
            guard let connection else { break }
            for group in groups {
                connection.lastToken += 1
                connection.fence = connection.lastToken
                world.send(.subscribe(group.map { ($0.filter, $0.qos == .atLeastOnce) }, token: connection.lastToken), on: connection)
            }
        case .online(let epoch):
            backoffOver()
            isOnline = true
            world.tell("\(name) is online, epoch \(epoch)")
            takeOnline(epoch)
        case .restore: takeOverwritten()
        case .reconnect(let seen):
            world.tell("\(name) saw the epoch \(seen) of its name, and goes above it")
            let wasOnline = isOnline
            leave()
            attempt()
            if wasOnline { takeOffline() }
        case .takenOver(let epoch):
            leave()
            giveWay("another copy of it is at work, with epoch \(epoch)")
        case .exhausted: world.violate("P6", "\(name) has used up its epochs")
        case .drain: drain()
        case .end:
            leave()
            die("it was stopped")
        }
    }

    private func connect(_ epoch: Epoch) {
        let connection = world.open(self, epoch)
        self.connection = connection
        let will = party.will(epoch: epoch).map { message in
            let publication = world.wire.publication(message, at: WallTime(milliseconds: 0))
            return Parcel(topic: publication.topic, payload: publication.payload)
        }
        // Through a network that is cut there is no TCP connection on which to send it.
        if !connection.up.isBlocked, !connection.down.isBlocked { world.send(.connect(will: will), on: connection) }
        // TCP's connect and CONNACK have this long.
        world.plan(.clientGivesUp(connection), after: .seconds(5))
    }

    private func leave() {
        isOnline = false
        guard let connection else { return }
        self.connection = nil
        world.close(connection, saying: .disconnect)
    }

    /// The connection, or the attempt to make one, has failed.
    func lose() {
        guard let connection else { return }
        let wasOnline = isOnline
        isOnline = false
        self.connection = nil
        world.close(connection, saying: .closed)
        perform(presence: connection.isEstablished ? .connectionLost : .unreachable)
        guard isAlive, presence?.hasEnded == false else { return }
        // If another copy threw it out, that one gets the time for its handshake.
        world.plan(.attempt(self, life: life), after: backoff() + .milliseconds(100))
        if wasOnline { takeOffline() }
    }

    private func drain() {
        guard let connection, !connection.outstanding.isEmpty else { return perform(presence: .drained) }
        world.plan(.patienceOver(self, life: life), after: .seconds(2))
    }

    func receive(_ frame: Downward, on connection: Connection) {
        switch frame {
        case .accepted:
            connection.isEstablished = true
            perform(presence: .connected)
        case .subscribed(let token):
            guard token == connection.fence else { break }
            connection.fence = nil
            perform(presence: .fenced)
        case .received(let token):
            if let number = connection.outstanding.removeValue(forKey: token), let number { takeDelivered(number) }
            if connection.outstanding.isEmpty, presence?.isDraining == true { perform(presence: .drained) }
        case .publish(let parcel, let retained, let delivery):
            if let delivery { world.acknowledge(delivery, on: connection) }
            read(parcel, retained: retained)
        case .closed: lose()
        }
    }

    private func read(_ parcel: Parcel, retained: Bool) {
        if let own = presence?.ownTopic, parcel.topic == own {
            let epoch = parcel.payload.isEmpty ? nil : world.wire.epoch(in: parcel.payload)
            return perform(presence: .ownTopic(epoch: epoch, retained: retained))
        }
        switch parcel.reading(world.wire) {
        case .message(let message):
            if case .verdict(let verdict) = message { believe(verdict) }
            if isAlive { take(message, retained: retained) }
        case .deleted, .unread: break
        case .rejected(let why): world.violate("P4", "\(name) rejects what came on \(parcel.topic): \(why)")
        }
    }

    /// What Central shows of this client's epoch (P9).
    private func believe(_ verdict: VerdictReport) {
        switch party {
        case .engine: if let epoch = verdict.engineEpoch { perform(presence: .believed(epoch: epoch)) }
        case .monitor: if let epoch = verdict.monitorEpoch { perform(presence: .believed(epoch: epoch)) }
        case .central, .driver: break
        }
    }

    /// Publishes now or never, as the programs do.
    func publish(_ message: BusMessage, delivery: UInt64? = nil) {
        guard isOnline, let connection else { return }
        send(message, delivery, on: connection)
    }

    /// Says the last word, if any, and waits for its receipt (P10).
    func stop(farewell: BusMessage?) {
        if let farewell, isOnline, let connection { send(farewell, nil, on: connection) }
        perform(presence: .stop)
    }

    private func send(_ message: BusMessage, _ delivery: UInt64?, on connection: Connection) {
        let publication = world.wire.publication(message, at: now.wall)
        let isAtLeastOnce = publication.qos == .atLeastOnce
        if isAtLeastOnce {
            connection.lastToken += 1
            connection.outstanding[connection.lastToken] = .some(delivery)
        }
        world.send(
            .publish(
                Parcel(topic: publication.topic, payload: publication.payload), isAtLeastOnce: isAtLeastOnce, retain: publication.retain,
                expires: publication.expirySeconds.map { .seconds(Int64($0)) }, token: connection.lastToken), on: connection)
    }

    /// Empties what the broker keeps on a topic (P4).
    func erase(_ topic: Topic) {
        guard isOnline, let connection else { return }
        connection.lastToken += 1
        connection.outstanding[connection.lastToken] = .some(nil)
        world.send(
            .publish(
                Parcel(topic: world.wire.text(of: topic), payload: []), isAtLeastOnce: true, retain: true, expires: nil, token: connection.lastToken),
            on: connection)
    }

    func makePresence(lastEpoch: Epoch, points: [ChargePointID] = []) -> Presence {
        let wire = world.wire
        let identity = party.ownTopic.map { topic in
            Presence.Identity(topic: wire.text(of: topic), beliefTopics: party.beliefTopic.map { [wire.text(of: $0)] } ?? [])
        }
        return Presence(identity: identity, subscriptions: wire.filters(of: party, points: points).map { Subscription($0) }, lastEpoch: lastEpoch)
    }
}
