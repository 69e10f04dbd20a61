import ChargingModel
import Testing

@Suite("Freshness: the newest connection and its numbers") struct FreshnessTests {
    @Test("P6: an older epoch is not admitted, and a newer one starts the numbers again") func epochs() {
        var freshness = Freshness()
        #expect(freshness.admit(7) && freshness.epoch == 7)
        freshness.note(40, in: .telemetry)
        #expect(!freshness.admit(6) && freshness.epoch == 7)
        #expect(freshness.missed(before: 40, in: .telemetry) == nil)
        #expect(freshness.admit(7) && freshness.missed(before: 40, in: .telemetry) == nil)
        #expect(freshness.admit(8) && freshness.missed(before: 1, in: .telemetry) == 0)
    }

    @Test("P7: a number that is not above the last was said before; a gap is what lies between; the streams count by themselves") func numbers() {
        var freshness = Freshness()
        #expect(freshness.missed(before: 9, in: .state) == 0)
        freshness.note(9, in: .state)
        #expect([8, 9, 10, 13].map { freshness.missed(before: $0, in: .state) } == [nil, nil, 0, 3])
        #expect(freshness.missed(before: 1, in: .telemetry) == 0)
        #expect(freshness.missed(before: .max, in: .state) == UInt64.max - 10)
        freshness.forgetNumbers()
        #expect(freshness.missed(before: 1, in: .state) == 0)
    }
}
