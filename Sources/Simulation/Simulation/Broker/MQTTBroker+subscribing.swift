internal import ChargingModel

extension MQTTBroker {
    /// Handles SUBSCRIBE. The SUBACK comes first, then the retained messages of its filters, filter by filter; a message that two of them match
    /// twice, and all of them again when a filter is subscribed to again, with the place in the order of subscribers that it had
    /// (`handle__subscribe`).
    mutating func subscribe(_ connection: UInt64, _ subscriptions: [Filter], token: UInt64, at now: Instant, into output: inout [Output]) {
        guard let slot = slots[connection] else { return }
        let second = wallSecond(now)
        lastHeard[slot] = Self.second(now)
        for subscription in subscriptions {
            let levels = table.levels(subscription.filter)
            precondition(Self.isFilter(levels) && !subscription.filter.hasPrefix("$share/"), "not a filter: \(subscription.filter)")
            growVersions()
            let isHidden = subscription.filter.utf8.first == UInt8(ascii: "$")
            let node = filters.node(levels, isHidden: isHidden)
            let subscriber = FilterTree.Subscriber(
                slot: Int32(slot), atLeastOnce: subscription.atLeastOnce, othersOnly: subscription.othersOnly)
            let isLiteral = !levels.contains { $0 <= TopicTable.anyLevels }
            let record = Subscription(node: node, levels: levels, topic: isLiteral ? topic(subscription.filter) : nil)
            if connections[slot]?.subscriptions.contains(where: { $0.node == node }) ?? false {
                filters.update(subscriber, at: node)
            } else {
                filters.add(subscriber, at: node)
                connections[slot]?.subscriptions.append(record)
            }
            changed(record)
            for found in subscription.liveOnly ? [] : retained.matches(levels, isHidden: isHidden) {
                guard let stored = retained[found] else { continue }
                guard stored.lastSecond == 0 || second < stored.lastSecond else {
                    // Expired retained messages go when somebody looks, a second earlier than live ones; this is no change that is saved.
                    remember(found)
                    retained[found] = nil
                    continue
                }
                insert(stored, slot, subscription.atLeastOnce && stored.message.atLeastOnce, isRetained: true, second, into: &output)
            }
        }
        lines[slot].write(.suback(connection, token: token), into: &output)
        lines[slot].writeRetained(second: second, into: &output)
        changes += 1
        autosave()
    }

    /// Handles UNSUBSCRIBE. What is under way stays so.
    mutating func unsubscribe(_ connection: UInt64, _ filters: [String], token: UInt64, at now: Instant, into output: inout [Output]) {
        guard let slot = slots[connection] else { return }
        lastHeard[slot] = Self.second(now)
        for filter in filters {
            let levels = table.levels(filter)
            growVersions()
            let node = self.filters.node(levels, isHidden: filter.utf8.first == UInt8(ascii: "$"))
            guard let index = connections[slot]?.subscriptions.firstIndex(where: { $0.node == node }),
                let record = connections[slot]?.subscriptions.remove(at: index)
            else { continue }
            self.filters.remove(Int32(slot), at: node)
            changed(record)
        }
        lines[slot].write(.unsuback(connection, token: token), into: &output)
        changes += 1
        autosave()
    }

    /// Marks the lists that a subscription is or was in as no longer good.
    mutating func changed(_ subscription: Subscription) {
        if let topic = subscription.topic {
            routes[Int(topic.number)].version = 0
        } else if let first = subscription.levels.first, first > TopicTable.anyLevels {
            levelVersions[Int(first)] += 1
        } else {
            anyLevelVersion += 1
        }
    }

    /// True for levels that are a filter by MQTT 5, 4.7.1; that a wildcard is alone in its level is up to the caller.
    private static func isFilter(_ levels: [Int32]) -> Bool { !levels.isEmpty && !levels.dropLast().contains(TopicTable.anyLevels) }
}
