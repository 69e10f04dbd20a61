internal import ChargingModel
internal import MQTT
internal import Runtime

/// The far end of a party's connections: a modelled network in the place of libmosquitto.
extension SimulatedProcess {
    func carryOut(_ order: TransportOrder, in world: World) {
        switch order {
        case .connect(let id, let will): connect(id, will, in: world)
        case .subscribe(let id, let token, let subscriptions):
            guard let connection = current(id) else { break }
            world.send(.subscribe(subscriptions, token: token.number), on: connection)
        case .publish(let id, let token, let message): publish(message, token, on: id, in: world)
        case .disconnect(let id):
            leave(id, saying: .disconnect, in: world)
            inbox.append(.bus(.disconnected(id)))
        case .close(let id): leave(id, saying: .closed, in: world)
        }
    }

    func publish(_ message: OutgoingMessage, _ token: DeliveryToken, on id: ConnectionID, in world: World) {
        guard let connection = current(id) else { return }
        world.send(
            .publish(
                Parcel(topic: message.topic, payload: message.payload), isAtLeastOnce: message.qos == .atLeastOnce, retain: message.retain,
                expires: message.expirySeconds.map { .seconds(Int64($0)) }, token: token.number), on: connection)
    }

    private func current(_ id: ConnectionID) -> SimulatedConnection? { connection?.number == id ? connection : nil }

    private func connect(_ id: ConnectionID, _ will: LastWill?, in world: World) {
        let connection = world.open(self, id)
        self.connection = connection
        connection.epoch = will.flatMap { world.checker.connects(self, $0, world) }
        inbox.append(.bus(.attempting(id)))
        // Through a network that is cut there is no TCP connection on which to send it.
        guard !connection.up.isBlocked, !connection.down.isBlocked else { return }
        inbox.append(.bus(.opened(id)))
        world.send(.connect(will: will.map { Parcel(topic: $0.topic, payload: $0.payload) }), on: connection)
    }

    private func leave(_ id: ConnectionID, saying frame: Upward, in world: World) {
        guard let left = current(id) else { return }
        connection = nil
        world.close(left, saying: frame)
        program.disconnected(in: world)
    }

    /// A frame has come out of a connection. What comes out of one that the client has left is told as well: the runtime knows which is its own.
    func receive(_ frame: Downward, on connection: SimulatedConnection, in world: World) {
        let id = connection.number
        let event: TransportEvent
        switch frame {
        case .accepted:
            connection.isEstablished = true
            event = .accepted(id)
        case .subscribed(let token): event = .subscribed(id, DeliveryToken(number: token), refusal: nil)
        case .received(let token): event = .acknowledged(id, DeliveryToken(number: token))
        case .publish(let parcel, let retained, let delivery):
            if let delivery { world.acknowledge(delivery, on: connection) }
            event = .received(id, IncomingMessage(topic: parcel.topic, payload: parcel.payload, retained: retained, qos: .atMostOnce))
        case .closed: event = .ended(id, MQTTError(.closedByBroker))
        }
        readsLeftConnection = connection !== self.connection
        program.feed(.bus(event), in: world)
        readsLeftConnection = false
        settle(in: world)
    }
}
