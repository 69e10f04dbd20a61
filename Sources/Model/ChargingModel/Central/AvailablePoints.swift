/// The points that may be available, the next in turn found at once however many there are. It is told of each change of a verdict, so it never lacks one
/// that is available; whether one it has still is, is looked at when it is its turn.
struct AvailablePoints: Sendable {
    /// The turn among those that are settled: who has waited longest for a session comes first.
    private struct Turn: Comparable, Sendable {
        let lastAssigned: UInt64
        let cp: ChargePointID

        static func < (a: Turn, b: Turn) -> Bool { (a.lastAssigned, a.cp) < (b.lastAssigned, b.cp) }
    }

    private var settled = RankedQueue<ChargePointID, Turn>()
    /// Those of which somebody else may yet say that he is believed, by the time at which they are settled.
    private var settling = RankedQueue<ChargePointID, Instant>()
    /// That time of each, as it was when it was looked at last.
    private var settledAt: [ChargePointID: Instant] = [:]

    func contains(_ cp: ChargePointID) -> Bool { settledAt[cp] != nil }

    mutating func insert(_ point: PointBelief, at now: Instant) { if settledAt[point.cp] != point.settledAt { place(point, at: now) } }

    mutating func remove(_ cp: ChargePointID) {
        guard settledAt.removeValue(forKey: cp) != nil else { return }
        settled.cancel(cp)
        settling.cancel(cp)
    }

    /// The point whose turn it is: the one that has waited longest for a session, of those that are settled first.
    /// - Parameter look: the point as it is now; `nil` when it is not available any more.
    mutating func next(at now: Instant, _ look: (ChargePointID) -> PointBelief?) -> PointBelief? {
        while let cp = settling.popDue(at: now) { renew(cp, at: now, look) }
        while let cp = settled.nextKey ?? settling.nextKey {
            if let point = look(cp), point.settledAt == settledAt[cp] { return point }
            renew(cp, at: now, look)
        }
        return nil
    }

    private mutating func renew(_ cp: ChargePointID, at now: Instant, _ look: (ChargePointID) -> PointBelief?) {
        if let point = look(cp) { place(point, at: now) } else { remove(cp) }
    }

    private mutating func place(_ point: PointBelief, at now: Instant) {
        remove(point.cp)
        settledAt[point.cp] = point.settledAt
        if point.settledAt <= now {
            settled.set(point.cp, at: Turn(lastAssigned: point.lastAssigned, cp: point.cp))
        } else {
            settling.set(point.cp, at: point.settledAt)
        }
    }
}
