import ChargingModel
import Testing

@testable import ChargingModel

@Suite("the points that somebody may be sent to") struct AvailablePointsTests {
    /// A point as far as its turn depends on it.
    private struct Stand {
        var lastAssigned: UInt64 = 0
        /// The time of its engine's last claim.
        var claimedAt: Instant?
        var isAvailable = false
    }

    private func belief(_ cp: ChargePointID, _ stand: Stand) -> PointBelief {
        var point = PointBelief(cp)
        point.lastAssigned = stand.lastAssigned
        if let at = stand.claimedAt { _ = point.engine.freshness.claim(Epoch(1), .numbered(1, .state), at: at) }
        return point
    }

    @Test("the next one is the one that a look at all of them finds", arguments: [1, 2, 3] as [UInt64]) func nextInTurn(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var available = AvailablePoints()
        let ids = (1...30).map { ChargePointID("CP-\($0)")! }
        var stands = Dictionary(uniqueKeysWithValues: ids.map { ($0, Stand()) })
        var now = Instant(nanoseconds: 0)
        var assigned: UInt64 = 0
        var found = 0
        for _ in 0..<5000 {
            now = now + random.duration(below: .milliseconds(100))
            let cp = ids[Int.random(in: 0..<ids.count, using: &random)]
            if Int.random(in: 0..<4, using: &random) == 0 { stands[cp]?.claimedAt = now }
            stands[cp]?.isAvailable = Int.random(in: 0..<3, using: &random) > 0
            // Whoever becomes available is told of; whoever ceases to be may not be.
            if stands[cp]?.isAvailable == true, let stand = stands[cp] {
                available.insert(belief(cp, stand), at: now)
            } else if Bool.random(using: &random) {
                available.remove(cp)
            }
            let points = stands.filter(\.value.isAvailable).map { belief($0, $1) }
            let expected = points.min {
                (max($0.settledAt, now), $0.lastAssigned, $0.cp) < (max($1.settledAt, now), $1.lastAssigned, $1.cp)
            }
            let next = available.next(at: now) { id in stands[id].flatMap { $0.isAvailable ? belief(id, $0) : nil } }
            #expect(next?.settledAt == expected?.settledAt || next?.cp == expected?.cp)
            guard let next, next.settledAt <= now else { continue }
            #expect(next.cp == expected?.cp)
            found += 1
            if Bool.random(using: &random) {
                assigned += 1
                stands[next.cp]?.lastAssigned = assigned
                stands[next.cp]?.isAvailable = false
                available.remove(next.cp)
            }
        }
        #expect(found > 1000)
    }
}
