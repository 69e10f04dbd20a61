extension Presence {
    /// Takes an event and says what to do, in this order.
    public mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .attempt(let wall): attempt(wall)
        case .persisted(let epoch): persisted(epoch)
        case .connected: connected()
        case .ownTopic(let epoch, let retained): ownTopic(epoch, retained)
        case .believed(let epoch): believed(epoch)
        case .fenced: fenced()
        case .unreachable: lost(sent: false)
        case .connectionLost(let mayBeTakeover): lost(sent: true, mayBeTakeover)
        case .stop: stop()
        case .drained, .timeUp: finish()
        }
    }

    private mutating func attempt(_ wall: UInt64) -> [Action] {
        guard case .offline = state else { return [] }
        // A clock beyond all reason must not use up the epochs.
        let clock = wall < Self.maximumEpoch ? wall : 0
        // When they are used up, they begin anew: the old ones are forgotten, since nobody lives up to them.
        let epoch = lastEpoch < Self.maximumEpoch ? max(clock, lastEpoch + 1) : max(clock, 1)
        lastEpoch = epoch
        guard identity != nil else {
            state = .connecting(epoch: epoch)
            return [.connect(epoch: epoch)]
        }
        state = .persisting(epoch: epoch)
        return [.persist(epoch: epoch)]
    }

    private mutating func persisted(_ epoch: UInt64) -> [Action] {
        guard state == .persisting(epoch: epoch) else { return [] }
        state = .connecting(epoch: epoch)
        return [.connect(epoch: epoch)]
    }

    private mutating func connected() -> [Action] {
        guard case .connecting(let epoch) = state else { return [] }
        state = .handshaking(epoch: epoch, seen: nil)
        let groups = subscriptionGroups
        return groups.isEmpty ? fenced() : [.subscribe(groups)]
    }

    /// The own topic first, then something else: the SUBACK of the second says that the first is answered, which no time-out would (P9).
    private var subscriptionGroups: [[Subscription]] {
        guard let identity else { return subscriptions.isEmpty ? [] : [subscriptions] }
        let own = [identity.topic] + identity.beliefTopics
        let others = subscriptions.filter { !own.contains($0.filter) }
        return [own.map { Subscription($0) }, others.isEmpty ? [Subscription(identity.topic + "/fence")] : others]
    }

    private mutating func ownTopic(_ epoch: UInt64?, _ retained: Bool) -> [Action] {
        switch state {
        case .handshaking(let own, let seen):
            state = .handshaking(epoch: own, seen: [seen, epoch].compactMap(\.self).max())
            return []
        case .online(let own, _):
            // Retained deliveries come late if another subscription matches as well; only what is live can have overwritten ours.
            guard !retained, epoch != own else { return [] }
            guard let epoch, epoch > own else { return [.restore] }
            // It is no copy's: the broker lets one client of an id be connected, and that is this one.
            return [.contest]
        case .offline, .persisting, .connecting, .draining, .ended: return []
        }
    }

    private mutating func believed(_ epoch: UInt64) -> [Action] {
        switch state {
        case .handshaking(let own, let seen):
            state = .handshaking(epoch: own, seen: max(seen ?? 0, epoch))
            return []
        case .online(let own, let isFirst):
            // What is below our own epoch is of an earlier connection, or of a copy that gave way.
            guard epoch > own else { return epoch == own ? [.believed] : [] }
            return isFirst && hasRoom(above: epoch, for: own) ? goAbove(epoch, from: own) : [.contest]
        case .offline, .persisting, .connecting, .draining, .ended: return []
        }
    }

    private mutating func fenced() -> [Action] {
        guard case .handshaking(let epoch, let found) = state else { return [] }
        let seen = identity == nil ? nil : found
        if let seen {
            let isNews = !hasBeenOnline || seen > highestConnected
            let isPlausible = hasRoom(above: seen, for: epoch)
            if hasBeenOnline, isNews, isPlausible, mayBeThrownOut { return takenOver(seen) }
            if isNews, isPlausible, seen >= epoch { return goAbove(seen, from: epoch) }
        }
        state = .online(epoch: epoch, isFirst: !hasBeenOnline)
        hasBeenOnline = true
        mayBeThrownOut = false
        return [.online(epoch: epoch)] + (seen.map { $0 >= epoch } ?? false ? [.contest] : [])
    }

    /// True when a client may go above an epoch that it has seen. Whoever claims epochs at will could use them up otherwise.
    private func hasRoom(above seen: UInt64, for epoch: UInt64) -> Bool { seen < Self.maximumEpoch && seen < epoch + Self.room }

    /// The clock went back, or the data directory is older than the bus: no copy is at work, so the client just needs a higher epoch.
    private mutating func goAbove(_ seen: UInt64, from epoch: UInt64) -> [Action] {
        lastEpoch = max(lastEpoch, seen)
        let actions = leave(epoch, then: .reconnect(seen: seen))
        // It is accounted for, and must not look like a copy later on.
        highestConnected = max(highestConnected, seen)
        return actions
    }

    private mutating func leave(_ epoch: UInt64, then action: Action) -> [Action] {
        highestConnected = max(highestConnected, epoch)
        state = .offline
        return [action]
    }

    private mutating func lost(sent: Bool, _ mayBeTakeover: Bool = false) -> [Action] {
        mayBeThrownOut = mayBeThrownOut || mayBeTakeover
        switch state {
        case .connecting(let epoch):
            if sent { highestConnected = max(highestConnected, epoch) }
            state = .offline
            return []
        case .handshaking(let epoch, _), .online(let epoch, _):
            highestConnected = max(highestConnected, epoch)
            state = .offline
            return []
        case .draining: return finish()
        case .offline, .persisting, .ended: return []
        }
    }

    private mutating func stop() -> [Action] {
        switch state {
        case .online(let epoch, _):
            state = .draining(epoch: epoch)
            return [.drain]
        case .offline, .persisting, .connecting, .handshaking:
            state = .ended
            return [.end]
        case .draining, .ended: return []
        }
    }

    private mutating func finish() -> [Action] {
        guard case .draining = state else { return [] }
        state = .ended
        return [.end]
    }

    private mutating func takenOver(_ epoch: UInt64) -> [Action] {
        state = .ended
        return [.takenOver(epoch: epoch)]
    }
}
