internal import ChargingModel

extension Presence {
    /// Takes an event and says what to do, in this order.
    public mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .attempt(let wall): attempt(wall)
        case .persisted(let epoch): persisted(epoch)
        case .connected: connected()
        case .ownTopic(let epoch, let isAhead, let retained): ownTopic(epoch, isAhead, retained)
        case .believed(let epoch): believed(epoch)
        case .fenced(let now): fenced(at: now)
        case .renew: renew()
        case .unreachable: lost(sent: false)
        case .connectionLost: lost(sent: true)
        case .stop: stop()
        case .drained, .timeUp: finish()
        }
    }

    private mutating func attempt(_ wall: UInt64) -> [Action] {
        guard case .offline = state else { return [] }
        // A clock beyond all reason must not use up the epochs.
        let clock = wall < Self.maximumEpoch ? wall : 0
        // When they are used up, they begin anew: the old ones are forgotten, since nobody lives up to them.
        if lastEpoch >= Self.maximumEpoch {
            lastEpoch = 0
            highestConnected = 0
        }
        let epoch = max(clock, lastEpoch + step)
        lastEpoch = epoch
        guard identity != nil else {
            state = .connecting(epoch: epoch)
            return [.connect(epoch: epoch)]
        }
        state = .persisting(epoch: epoch)
        return [.persist(epoch: epoch)]
    }

    /// The step above its last epoch: whoever used that up should not know the next one.
    private var step: UInt64 {
        mutating get {
            guard isHiding, lastEpoch < Self.maximumEpoch - Self.largestStep else { return 1 }
            isHiding = false
            return 1 + (random?.next() ?? 0) % Self.largestStep
        }
    }

    private mutating func persisted(_ epoch: UInt64) -> [Action] {
        guard state == .persisting(epoch: epoch) else { return [] }
        state = .connecting(epoch: epoch)
        return [.connect(epoch: epoch)]
    }

    private mutating func connected() -> [Action] {
        guard case .connecting(let epoch) = state else { return [] }
        state = .handshaking(epoch: epoch, seen: Seen())
        let groups = subscriptionGroups
        return groups.isEmpty ? goOnline(epoch, seen: Seen()) : [.subscribe(groups)]
    }

    /// The own topic first, then something else: the SUBACK of the second says that the first is answered, which no time-out would (P9).
    private var subscriptionGroups: [[Subscription]] {
        guard let identity else { return subscriptions.isEmpty ? [] : [subscriptions] }
        let own = [identity.topic] + identity.beliefTopics
        let others = subscriptions.filter { !own.contains($0.filter) }
        return [own.map { Subscription($0) }, others.isEmpty ? [Subscription(identity.topic + "/fence")] : others]
    }

    private mutating func ownTopic(_ epoch: UInt64?, _ isAhead: Bool, _ retained: Bool) -> [Action] {
        switch state {
        case .handshaking(let own, let seen):
            if let epoch { state = .handshaking(epoch: own, seen: adding(epoch, to: seen, of: own)) }
            return []
        case .online(let own, _):
            // Retained deliveries come late if another subscription matches as well; only what is live can have overwritten ours.
            guard !retained else { return [] }
            guard let epoch, epoch >= own else { return [.restore] }
            if epoch == own { return isAhead ? [.overtaken] : [.restore] }
            // It is no copy's: the broker lets one client of an id be connected, and that is this one.
            if hasRoom(above: epoch, for: own) { claimed = max(claimed, epoch) }
            return [.contest]
        case .offline, .persisting, .connecting, .draining, .ended: return []
        }
    }

    private mutating func believed(_ epoch: UInt64) -> [Action] {
        switch state {
        case .handshaking(let own, let seen):
            state = .handshaking(epoch: own, seen: adding(epoch, to: seen, of: own))
            return []
        case .online(let own, let isFirst):
            // What is below our own epoch is of an earlier connection, or of a copy that gave way.
            guard epoch > own else { return epoch == own ? [.believed] : [] }
            return isFirst && hasRoom(above: epoch, for: own) ? goAbove(max(epoch, claimed), from: own) : [.contest]
        case .offline, .persisting, .connecting, .draining, .ended: return []
        }
    }

    private mutating func fenced(at now: Instant) -> [Action] {
        guard case .handshaking(let epoch, let seen) = state else { return [] }
        guard identity != nil, let highest = seen.highest, !hasBeenOnline || highest > highestConnected else {
            return goOnline(epoch, seen: seen)
        }
        // A copy throws this client out again and again; who only publishes can't.
        if hasBeenOnline, wasLost {
            if let displacedAt, now - displacedAt < Self.displacementTime { return takenOver(highest) }
            displacedAt = now
            wasLost = false
        }
        return highest == epoch || highest > epoch && !wentAbove ? goAbove(highest, from: epoch) : goOnline(epoch, seen: seen)
    }

    private mutating func goOnline(_ epoch: UInt64, seen: Seen) -> [Action] {
        state = .online(epoch: epoch, isFirst: !hasBeenOnline)
        hasBeenOnline = true
        wasLost = false
        wentAbove = false
        claimed = 0
        let isContested = identity != nil && (seen.isAbsurd || seen.highest.map { $0 >= epoch } ?? false)
        return [.online(epoch: epoch)] + (isContested ? [.contest] : [])
    }

    private mutating func renew() -> [Action] {
        guard case .online(let epoch, _) = state else { return [] }
        isHiding = true
        return goAbove(max(epoch, claimed), from: epoch)
    }

    /// True when a client may go above an epoch that it has seen. Whoever claims epochs at will could use them up otherwise.
    private func hasRoom(above seen: UInt64, for epoch: UInt64) -> Bool { seen < Self.maximumEpoch && seen < epoch + Self.room }

    private func adding(_ claim: UInt64, to seen: Seen, of epoch: UInt64) -> Seen {
        guard hasRoom(above: claim, for: epoch) else { return Seen(highest: seen.highest, isAbsurd: true) }
        return Seen(highest: max(seen.highest ?? 0, claim), isAbsurd: seen.isAbsurd)
    }

    /// The clock went back, or the data directory is older than the bus: no copy is at work, so the client just needs a higher epoch.
    private mutating func goAbove(_ seen: UInt64, from epoch: UInt64) -> [Action] {
        lastEpoch = max(lastEpoch, seen)
        wentAbove = true
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
        wasLost = wasLost || sent
        wentAbove = false
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
