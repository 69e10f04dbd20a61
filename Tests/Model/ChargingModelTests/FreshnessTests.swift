import ChargingModel
import Testing

@Suite("Freshness: the newest connection and its numbers") struct FreshnessTests {
    private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

    @Test("P6: an older epoch is stale, and a newer one starts the numbers again") func epochs() {
        var freshness = Freshness()
        #expect(freshness.claim(7, .numbered(1, .state), at: at(0)).isCurrent && freshness.epoch == 7)
        freshness.note(40, in: .telemetry)
        #expect(
            !freshness.claim(6, .numbered(50, .state), at: at(1)).isCurrent && !freshness.hear(6, .none, at: at(1)).isCurrent && freshness.epoch == 7)
        #expect(freshness.missed(before: 40, in: .telemetry) == nil)
        #expect(freshness.claim(7, .none, at: at(2)).isCurrent && freshness.missed(before: 40, in: .telemetry) == nil)
        #expect(freshness.claim(8, .numbered(1, .state), at: at(3)).isCurrent && freshness.missed(before: 1, in: .telemetry) == 0)
    }

    @Test("P7: a number that is not above the last was said before; a gap is what lies between; the streams count by themselves") func numbers() {
        var freshness = Freshness()
        #expect(freshness.missed(before: 9, in: .state) == 0)
        freshness.note(9, in: .state)
        #expect([8, 9, 10, 13].map { freshness.missed(before: $0, in: .state) } == [nil, nil, 0, 3])
        #expect(freshness.missed(before: 1, in: .telemetry) == 0)
        #expect(freshness.missed(before: .max, in: .state) == UInt64.max - 10)
        freshness.forget(.state)
        #expect(freshness.missed(before: 1, in: .state) == 0)
    }

    @Test("P6: an epoch is claimed on the own topic alone; before its state comes what a new connection has to say, but no reading") func claims() {
        var freshness = Freshness()
        #expect(freshness.claim(7, .numbered(1, .state), at: at(0)).isCurrent == true)
        #expect(freshness.hear(9, .none, at: at(1)).isCurrent && freshness.epoch == 7)
        #expect(!freshness.hear(9, .numbered(1, .telemetry), at: at(1)).isCurrent && freshness.epoch == 7)
    }

    /// A client at epoch 100 that said its state 5 and its reading 20.
    private func honest() -> Freshness {
        var freshness = Freshness()
        _ = freshness.claim(100, .numbered(5, .state), at: at(0))
        freshness.note(5, in: .state)
        freshness.note(20, in: .telemetry)
        return freshness
    }

    @Test("P6: a claim is forgotten as soon as the connection before it goes on; what that had said before is no sign") func goesOn() {
        for sign in [Freshness.Sign.numbered(21, .telemetry), .numbered(6, .state)] {
            var freshness = honest()
            #expect(freshness.claim(1 << 52, .none, at: at(100)).isCurrent && freshness.epoch == 1 << 52)
            #expect(
                !freshness.hear(100, .numbered(20, .telemetry), at: at(101)).isCurrent
                    && !freshness.claim(100, .numbered(5, .state), at: at(101)).isCurrent)
            #expect(!freshness.claim(100, .none, at: at(101)).isCurrent && !freshness.claim(99, .numbered(9, .state), at: at(101)).isCurrent)
            #expect(freshness.claim(100, sign, at: at(102)).isCurrent && freshness.epoch == 100)
            #expect(freshness.claim(100, .none, at: at(102)) == .current && freshness.claim(101, .none, at: at(102)) == .claimed)
            #expect(freshness.claim(100, .numbered(7, .state), at: at(103)) == .restored)
            #expect(freshness.missed(before: 22, in: .telemetry) == 1 && freshness.missed(before: 5, in: .state) == nil)
        }
    }

    @Test("P6: a flood of claims does not hide who was there before them") func flood() {
        var freshness = honest()
        for number in 1...50 {
            let epoch = UInt64(100_000 + number)
            #expect(freshness.claim(epoch, .numbered(1, .state), at: at(100 + Double(number) / 10)).isCurrent == true)
            #expect(freshness.claim(epoch, .numbered(2, .state), at: at(100 + Double(number) / 10)).isCurrent == true)
        }
        #expect(freshness.hear(100, .numbered(21, .telemetry), at: at(106)).isCurrent && freshness.epoch == 100)
    }

    @Test("P6: a claim that nobody contests for ten seconds is established; one that is silent gives way to whoever speaks") func patience() {
        var freshness = honest()
        _ = freshness.claim(200, .numbered(1, .state), at: at(100))
        _ = freshness.claim(200, .numbered(2, .state), at: at(105))
        #expect(freshness.claim(100, .numbered(9, .state), at: at(111)).isCurrent == false)
        _ = freshness.claim(200, .numbered(3, .state), at: at(111))
        #expect(freshness.claim(100, .numbered(9, .state), at: at(120.9)).isCurrent == false)
        // A will, or what was kept, is nobody who speaks.
        #expect(freshness.claim(150, .none, at: at(200)).isCurrent == false)
        #expect(freshness.claim(150, .numbered(1, .state), at: at(200)).isCurrent && freshness.epoch == 150)
    }

    @Test("P6: for a listener that was away nobody was silent meanwhile") func away() {
        var freshness = honest()
        freshness.forgetNumbers()
        freshness.resume(at: at(100))
        #expect(
            !freshness.claim(99, .numbered(900, .state), at: at(105)).isCurrent && freshness.claim(99, .numbered(900, .state), at: at(110)).isCurrent)
    }
}
