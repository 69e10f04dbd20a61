internal import ChargingModel

extension MQTTBroker {
    /// Handles CONNECT with Clean Start 1. If the client has a connection, its will is published, then it is closed, then the CONNACK is sent
    /// (`connect__on_authorised`). The will reaches neither the old nor the new connection: the old one's subscriptions are gone by then.
    ///
    /// - Parameters:
    ///   - connection: a number that no other open connection has.
    ///   - keepAlive: in whole seconds, 1…65 535; `nil` for none.
    ///   - receiveMaximum: the client's, 1…65 535; `nil` for ``BrokerLimits/receiveMaximum``.
    mutating func connect(
        _ connection: UInt64, client: String, will: Message? = nil, keepAlive: Duration? = nil, receiveMaximum: Int? = nil, at now: Instant,
        into output: inout [Output]
    ) {
        guard isRunning else { return }
        precondition(slots[connection] == nil, "connection \(connection) is open")
        if let old = clients[client] { end(old, .takenOver, speaking: true, at: now, into: &output) }
        lastSerial += 1
        let new = SimulatedConnection(
            number: connection, client: client, serial: lastSerial, keepAlive: (keepAlive?.nanoseconds ?? 0) / 1_000_000_000, will: will)
        let line = Outgoing(connection: connection, maximum: receiveMaximum ?? limits.receiveMaximum)
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            connections[slot] = new
            lines[slot] = line
            lastHeard[slot] = Self.second(now)
        } else {
            slot = connections.count
            connections.append(new)
            lines.append(line)
            lastHeard.append(Self.second(now))
        }
        slots.insert(connection, slot)
        clients[client] = slot
        output.append(.connack(connection))
        autosave()
    }

    /// Handles DISCONNECT with reason 0: the will is discarded.
    mutating func disconnect(_ connection: UInt64, at now: Instant, into output: inout [Output]) {
        guard let slot = slots[connection] else { return }
        end(slot, nil, speaking: false, at: now, into: &output)
    }

    /// Ends a connection whose socket the broker sees broken, or closed without a DISCONNECT: the will is published.
    mutating func drop(_ connection: UInt64, at now: Instant, into output: inout [Output]) {
        guard let slot = slots[connection] else { return }
        end(slot, nil, speaking: true, at: now, into: &output)
        autosave()
    }

    /// Notes a packet of the client that changes nothing else: PINGREQ.
    mutating func heard(_ connection: UInt64, at now: Instant) {
        guard let slot = slots[connection] else { return }
        lastHeard[slot] = Self.second(now)
    }

    /// The time at which the broker looks at the keepalives again: every 6 s, at a whole second (`keepalive__check`).
    var nextSweep: Instant { Instant(nanoseconds: (lastSweep + 6) * 1_000_000_000) }

    /// Closes, from ``nextSweep`` on, the connections from which nothing came for more than 1.5 keepalives, both in whole seconds, and publishes
    /// their wills, those who came first first. Before, it does nothing.
    mutating func sweep(at now: Instant, into output: inout [Output]) {
        guard isRunning, now >= nextSweep else { return }
        let second = Self.second(now)
        lastSweep = second
        let late = slotsInOrder.filter { slot in
            connections[slot].map { $0.keepAlive > 0 && second - lastHeard[slot] > $0.keepAlive * 3 / 2 } ?? false
        }
        for slot in late { end(slot, .keepAlive, speaking: true, at: now, into: &output) }
        autosave()
    }

    /// Ends a connection. The client's window, what waits for it and its subscriptions go with the connection; only its will stays.
    private mutating func end(_ slot: Int, _ reason: BrokerCloseReason?, speaking: Bool, at now: Instant, into output: inout [Output]) {
        guard let connection = connections[slot] else { return }
        if speaking, reason != .takenOver, let will = connection.will, will.atLeastOnce {
            // A QoS 1 will of which the dead client is itself a subscriber is queued for it before it is forgotten: nobody sees that, but each
            // counts as a change that is to be saved.
            changes += filters.matches(table.topics[Int(will.topic.number)]).count { $0.slot == Int32(slot) && $0.atLeastOnce }
        }
        for subscription in connection.subscriptions {
            filters.remove(Int32(slot), at: subscription.node)
            changed(subscription)
        }
        connections[slot] = nil
        freeSlots.append(slot)
        slots.remove(connection.number)
        clients[connection.client] = nil
        tally.delivered += lines[slot].delivered
        tally.expired += lines[slot].expired
        lines[slot] = Outgoing(connection: connection.number, maximum: 1)
        if speaking, let will = connection.will { spread(will, at: now, into: &output) }
        if let reason { output.append(.closed(connection.number, reason)) }
    }
}
