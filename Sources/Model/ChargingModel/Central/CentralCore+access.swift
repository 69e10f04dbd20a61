/// The list of those who are known (P15): kept outside, it changes while Central runs, and is looked at again before anybody is turned away.
extension CentralCore {
    /// The age at which the list is looked at again before a driver's request is decided.
    static let accessAge = Duration.seconds(1)
    /// The most points that are turned away and remembered, to be asked what they are once they are listed.
    static let strangerLimit = 1000

    /// The list, and what waits for it.
    struct Access: Sendable {
        var list: AccessList
        /// The time at which it was looked at last; `nil` before the first.
        var seen: Instant?
        var isBeingLookedAt = false
        /// Requests that wait for it.
        var held: [ReceivedRequest] = []
        /// Points that were turned away, the longest ago first.
        var strangers = Queue<ChargePointID>()
        var isStranger: Set<ChargePointID> = []
        /// Denials of drivers that are not known, beyond which they are not looked for in the ledger, and not told to the operator.
        var denials = Allowance(burst: 30, every: .seconds(1))
        /// The notices that a point is not known.
        var saidStranger = RowAllowances.ofNotices

        init(_ list: AccessList) { self.list = list }

        func isFresh(at now: Instant) -> Bool { seen.map { now - $0 < CentralCore.accessAge } ?? false }

        /// Forgets who waits: all of it is heard anew in the next connection.
        mutating func forgetWaiting() {
            held = []
            strangers = Queue()
            isStranger = []
        }

        /// - Returns: false for one that is remembered already.
        mutating func remember(_ cp: ChargePointID) -> Bool {
            guard isStranger.insert(cp).inserted else { return false }
            strangers.append(cp)
            if strangers.count > CentralCore.strangerLimit, let oldest = strangers.next() { isStranger.remove(oldest) }
            return true
        }
    }

    /// Keeps a request until the list has been looked at, if that is needed to decide it: when it is old, or the driver is not in it.
    /// - Returns: false when it can be decided now.
    mutating func holdForAccess(_ request: ReceivedRequest) -> Bool {
        guard case .known(let listed) = access.list.drivers else { return false }
        if access.isFresh(at: now.monotonic), listed.contains(request.driver) { return false }
        guard access.held.count < CentralCore.heldLimit else {
            // No answer: it asks again.
            deny(request, .tooManyRequests, "too many ask at once who are not known: ask again in a while")
            return true
        }
        access.held.append(request)
        lookAtAccess()
        return true
    }

    /// Turns a point away that is not known. It is asked what it is when it is listed later.
    mutating func turnAway(_ cp: ChargePointID) {
        counters.strangersIgnored += 1
        if lookFor(cp), access.saidStranger.take(at: now.monotonic) { actions.append(.notice(.unknownPoint(cp))) }
    }

    /// Looks whether a point has come into the list, from now on.
    /// - Returns: false for one that is looked for already.
    @discardableResult
    mutating func lookFor(_ cp: ChargePointID) -> Bool {
        let isNew = access.remember(cp)
        if !timers.isSet(.access) { timers.set(.access, at: max(now.monotonic, (access.seen ?? now.monotonic) + CentralCore.accessAge)) }
        return isNew
    }

    mutating func lookAtAccess() {
        guard !access.isBeingLookedAt else { return }
        access.isBeingLookedAt = true
        actions.append(.readAccess)
    }

    /// Takes the list as it is now; `nil` when it is as it was.
    mutating func take(access list: AccessList?) {
        access.isBeingLookedAt = false
        access.seen = now.monotonic
        if !access.strangers.isEmpty { timers.set(.access, at: now.monotonic + CentralCore.accessAge) }
        if let list {
            access.list = list
            welcomeStrangers()
        }
        let requests = access.held
        access.held = []
        for request in requests { hear(request, isLookedUp: true) }
    }

    /// Asks points that were turned away, and are listed now, what they are.
    mutating func welcomeStrangers() {
        guard link != nil else { return }
        for _ in 0..<access.strangers.count {
            guard let cp = access.strangers.next() else { break }
            if access.list.admits(cp) {
                access.isStranger.remove(cp)
                queue.add(rebirthOf: cp)
            } else {
                access.strangers.append(cp)
            }
        }
    }
}
