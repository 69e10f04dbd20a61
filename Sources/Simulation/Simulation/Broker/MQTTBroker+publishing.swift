internal import ChargingModel

extension MQTTBroker {
    /// Handles PUBLISH. The subscribers get it, the publisher among them if it is one; then it is retained if it asks for that; then a QoS 1
    /// publisher gets its PUBACK (`handle__publish`, `sub__messages_queue`).
    ///
    /// - Parameter token: the publisher's number for the PUBACK of a QoS 1 message; `nil` if it does not care.
    mutating func publish(_ connection: UInt64, _ message: Message, token: UInt64? = nil, at now: Instant, into output: inout [Output]) {
        guard let slot = slots[connection] else { return }
        lastHeard[slot] = Self.second(now)
        spread(message, from: slot, at: now, into: &output)
        if message.atLeastOnce, let token { lines[slot].write(.puback(connection, token: token), into: &output) }
        autosave()
    }

    /// Handles the PUBACK of a delivery. Each counts as a change that is to be saved, although nothing of it is.
    mutating func acknowledge(_ connection: UInt64, _ delivery: UInt64, at now: Instant, into output: inout [Output]) {
        guard let slot = slots[connection] else { return }
        lastHeard[slot] = Self.second(now)
        lines[slot].acknowledge(delivery, second: wallSecond(now), into: &output)
        changes += 1
        autosave()
    }

    /// Notes that the client's socket takes nothing more, or takes again. What waits flows at once then, however old: it was written before.
    mutating func setWritable(_ connection: UInt64, _ isWritable: Bool, into output: inout [Output]) {
        guard let slot = slots[connection] else { return }
        lines[slot].setWritable(isWritable, into: &output)
    }

    /// Sends a message to all subscribers, and puts it into the tree of retained messages.
    /// - Parameter publisher: the slot of its connection; `nil` where it has none, or none any more.
    mutating func spread(_ message: Message, from publisher: Int? = nil, at now: Instant, into output: inout [Output]) {
        let second = wallSecond(now)
        let stored = Stored(message: message, lastSecond: message.expirySeconds == 0 ? 0 : second + Int64(message.expirySeconds))
        tally.published += 1
        let subscribers = subscribers(of: message.topic)
        for subscriber in subscribers where !subscriber.othersOnly || Int(subscriber.slot) != publisher {
            insert(stored, Int(subscriber.slot), message.atLeastOnce && subscriber.atLeastOnce, isRetained: false, second, into: &output)
        }
        if message.retain { keep(stored) }
    }

    @inline(__always)
    mutating func insert(
        _ stored: borrowing Stored, _ slot: Int, _ atLeastOnce: Bool, isRetained: Bool, _ second: Int64, into output: inout [Output]
    ) {
        let fate = lines[slot].insert(
            stored, atLeastOnce: atLeastOnce, isRetained: isRetained,
            limits: limits, second: second, into: &output)
        switch fate {
        case .sent: break
        case .queued: changes += 1
        case .dropped: tally.dropped += 1
        }
    }

    /// The list of a topic's subscribers, looked up again when a subscription changed that might matter.
    private mutating func subscribers(of topic: BrokerTopic) -> [FilterTree.Subscriber] {
        let index = Int(topic.number)
        let version = anyLevelVersion + levelVersions[Int(table.topics[index].levels[0])]
        if routes[index].version != version { routes[index] = Route(subscribers: filters.matches(table.topics[index]), version: version) }
        return routes[index].subscribers
    }
}
