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
        case .connectionLost: lost(sent: true)
        case .stop: stop()
        case .drained, .timeUp: finish()
        }
    }

    private mutating func attempt(_ wall: UInt64) -> [Action] {
        guard case .offline = state else { return [] }
        // A clock beyond all reason must not use up the epochs.
        let epoch = max(wall <= Self.maximumEpoch ? wall : 0, lastEpoch &+ 1)
        guard lastEpoch < Self.maximumEpoch else { return exhausted(lastEpoch) }
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
            return leave(own, then: .reconnect(seen: epoch))
        case .offline, .persisting, .connecting, .draining, .ended: return []
        }
    }

    private mutating func believed(_ epoch: UInt64) -> [Action] {
        switch state {
        case .handshaking(let own, let seen):
            state = .handshaking(epoch: own, seen: max(seen ?? 0, epoch))
            return []
        case .online(let own, let isFirst):
            // What is below our own epoch, but not one of ours, is of a copy that gave way already: if we gave way as well, nobody would be left.
            guard epoch > own else { return [] }
            return isFirst ? goAbove(epoch, from: own) : takenOver(epoch)
        case .offline, .persisting, .connecting, .draining, .ended: return []
        }
    }

    private mutating func fenced() -> [Action] {
        guard case .handshaking(let epoch, let seen) = state else { return [] }
        if let seen, identity != nil {
            if !hasBeenOnline, seen >= epoch { return goAbove(seen, from: epoch) }
            if hasBeenOnline, seen > highestConnected { return takenOver(seen) }
        }
        state = .online(epoch: epoch, isFirst: !hasBeenOnline)
        hasBeenOnline = true
        return [.online(epoch: epoch)]
    }

    /// The clock went back, or the data directory is older than the bus: no copy is at work, so the client just needs a higher epoch.
    private mutating func goAbove(_ seen: UInt64, from epoch: UInt64) -> [Action] {
        guard seen < Self.maximumEpoch else { return exhausted(seen) }
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

    private mutating func lost(sent: Bool) -> [Action] {
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

    private mutating func exhausted(_ epoch: UInt64) -> [Action] {
        state = .ended
        return [.exhausted(epoch: epoch)]
    }
}
