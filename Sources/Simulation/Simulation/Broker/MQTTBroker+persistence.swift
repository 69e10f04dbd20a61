internal import ChargingModel

extension MQTTBroker {
    /// The retained messages with which a broker that is killed now would start again.
    var persisted: Persisted {
        var disk = retained
        for (node, change) in unsaved { disk[node] = change.before }
        return Persisted(disk.all.compactMap { disk[$0] }.filter { !table.topics[Int($0.message.topic.number)].name.hasPrefix("$SYS") })
    }

    /// Handles SIGTERM: all wills are published, in the order in which their clients came, to whoever is still there; then the retained messages are
    /// saved and all connections are closed.
    mutating func stop(at now: Instant, into output: inout [Output]) -> Persisted {
        let order = slotsInOrder
        for slot in order {
            guard let will = connections[slot]?.will else { continue }
            connections[slot]?.will = nil
            spread(will, at: now, into: &output)
        }
        save()
        return end(order, .stopped, into: &output)
    }

    /// Handles SIGKILL: the connections break, no will is published, and what was not saved is lost.
    mutating func kill(into output: inout [Output]) -> Persisted { end(slotsInOrder, .killed, into: &output) }

    /// Starts again, with what it saved last, something older, or nothing (F10). Messages that expired meanwhile are left out; one whose last second
    /// is this very one never expires, since 0 seconds left is how mosquitto stores "no expiry".
    mutating func restart(with persisted: Persisted, at now: Instant) {
        precondition(!isRunning, "the broker runs")
        isRunning = true
        lastSweep = Self.second(now)
        let second = wallSecond(now)
        retained = RetainedTree()
        for var stored in persisted.messages where stored.lastSecond == 0 || stored.lastSecond >= second {
            if stored.lastSecond == second { stored.lastSecond = 0 }
            retained[retained.node(table.topics[Int(stored.message.topic.number)])] = stored
            // Each message that is read counts as a change.
            changes += 1
        }
        autosave()
    }

    /// Retains a message; an empty one deletes what is retained.
    mutating func keep(_ stored: Stored) {
        let topic = table.topics[Int(stored.message.topic.number)]
        let node = retained.node(topic)
        remember(node)
        retained[node] = stored.message.isEmpty ? nil : stored
        changes += 1
    }

    /// Remembers what was retained at a node before its first change since the last save.
    mutating func remember(_ node: Int32) {
        if unsaved[node] == nil { unsaved[node] = Change(before: retained[node]) }
    }

    /// Saves, at the end of a turn of mosquitto's loop, if there were enough changes.
    mutating func autosave() {
        guard let interval = limits.autosave, changes >= interval else { return }
        save()
    }

    private mutating func save() {
        changes = 0
        unsaved.removeAll(keepingCapacity: true)
        tally.saves += 1
    }

    private mutating func end(_ order: [Int], _ reason: BrokerCloseReason, into output: inout [Output]) -> Persisted {
        let persisted = persisted
        for slot in order {
            guard let connection = connections[slot] else { continue }
            tally.delivered += lines[slot].delivered
            tally.expired += lines[slot].expired
            output.append(.closed(connection.number, reason))
        }
        filters = FilterTree()
        retained = RetainedTree()
        connections = []
        freeSlots = []
        lines = []
        lastHeard = []
        slots = NumberTable()
        clients = [:]
        for index in routes.indices { routes[index] = Route() }
        unsaved = [:]
        changes = 0
        isRunning = false
        return persisted
    }
}

extension MQTTBroker {
    /// The content that is retained on a topic, as a subscriber that comes now would get it; `nil` for none.
    mutating func retainedContent(on name: String) -> Content? {
        // Known from now on, if it was not.
        let number = Int(topic(name).number)
        return retained[retained.node(table.topics[number])]?.message.content
    }
}
