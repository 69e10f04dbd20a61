import ChargingModel
import Testing

@Suite("Freshness: the newest connection and its numbers") struct FreshnessTests {
    private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

    @Test("P6: an older epoch is stale, and a newer one starts the numbers again") func epochs() {
        var freshness = Freshness()
        #expect(freshness.claim(7, .numbered(1, .state), at: at(0)).isCurrent && freshness.epoch == 7)
        freshness.note(40, in: .telemetry, at: at(0))
        #expect(
            !freshness.claim(6, .numbered(50, .state), at: at(1)).isCurrent && !freshness.hear(6, .none, at: at(1)).isCurrent && freshness.epoch == 7)
        #expect(freshness.missed(before: 40, in: .telemetry, at: at(3)) == nil)
        #expect(freshness.claim(7, .none, at: at(2)).isCurrent && freshness.missed(before: 40, in: .telemetry, at: at(3)) == nil)
        #expect(freshness.claim(8, .numbered(1, .state), at: at(3)).isCurrent && freshness.missed(before: 1, in: .telemetry, at: at(3)) == 0)
    }

    @Test("P7: a number that is not above the last was said before; a gap is what lies between; the streams count by themselves") func numbers() {
        var freshness = Freshness()
        #expect(freshness.missed(before: 9, in: .state, at: at(0)) == 0)
        freshness.note(9, in: .state, at: at(0))
        #expect([8, 9, 10, 13].map { freshness.missed(before: $0, in: .state, at: at(100)) } == [nil, nil, 0, 3])
        #expect(freshness.missed(before: 1, in: .telemetry, at: at(0)) == 0)
        freshness.forget(.state)
        #expect(freshness.missed(before: 1, in: .state, at: at(0)) == 0)
    }

    @Test("P7: no number leaps away from those that follow; readings that others outbid count again after ten seconds") func leaps() {
        var freshness = Freshness()
        for stream in [Freshness.Stream.state, .telemetry] {
            freshness.note(9, in: stream, at: at(0))
            #expect(freshness.missed(before: 1009, in: stream, at: at(1)) == 999 && freshness.missed(before: 1010, in: stream, at: at(1)) == nil)
        }
        #expect([9.9, 10].map { freshness.missed(before: 2, in: .telemetry, at: at($0)) } == [nil, 0])
        #expect(freshness.missed(before: 5000, in: .telemetry, at: at(10)) == 4990)
        #expect(freshness.missed(before: 2, in: .state, at: at(10)) == nil && freshness.missed(before: .max, in: .state, at: at(10)) == nil)
    }

    @Test("P6: an epoch is claimed on the own topic alone: elsewhere a newer one is too early")
    func claims() {
        var freshness = Freshness()
        #expect(freshness.hear(9, .live, at: at(0)) == .current && freshness.hear(9, .numbered(1, .telemetry), at: at(0)) == .early)
        #expect(freshness.claim(0, .live, at: at(0)) == .stale && freshness.epoch == 0)
        #expect(freshness.claim(7, .numbered(1, .state), at: at(0)) == .claimed)
        for sign in [Freshness.Sign.none, .live, .numbered(1, .telemetry)] {
            #expect(freshness.hear(9, sign, at: at(1)) == .early && freshness.epoch == 7)
        }
    }

    @Test("P6: nobody goes seventy years above himself: such a claim counts only when nobody else has spoken for ten seconds") func room() {
        var freshness = honest()
        #expect(freshness.claim(100 + Freshness.room, .numbered(1, .state), at: at(5)) == .stale)
        #expect(freshness.claim(99 + Freshness.room, .numbered(1, .state), at: at(5)) == .claimed)
        freshness = honest()
        #expect(freshness.claim(1 << 52, .none, at: at(50)) == .stale && freshness.claim(1 << 52, .numbered(1, .state), at: at(50)) == .restored)
        // Nor after a claim of which only a will was heard.
        freshness = honest()
        #expect(freshness.claim(200, .none, at: at(1)) == .claimed && freshness.claim(1 << 52, .live, at: at(2)) == .stale)
        #expect(freshness.claim(100, .numbered(6, .state), at: at(2)) == .restored)
    }

    @Test("P9: a claim is settled when there was time to contest it, and nobody else speaks") func settled() {
        var freshness = honest()
        #expect(freshness.settledAt == at(0.5))
        _ = freshness.claim(200, .numbered(1, .state), at: at(100))
        #expect(freshness.settledAt == at(100.5))
        // Of several claims the last that speaks counts, and has to be settled anew.
        #expect(freshness.claim(150, .numbered(1, .state), at: at(101)) == .restored)
        #expect(freshness.settledAt == at(101.5))
        #expect(freshness.claim(150, .numbered(2, .state), at: at(110)) == .current)
        // Somebody who was never believed says beside one that is established that it lives, too.
        #expect(freshness.claim(140, .numbered(1, .state), at: at(112)) == .stale)
        #expect(freshness.settledAt == at(122))
    }

    @Test("P6: claims that follow each other for long shut out nobody who was believed among them, and a reading claims nothing") func longContest() {
        var freshness = honest()
        // Its owner connects anew, and is contested from then on.
        #expect(freshness.claim(200, .numbered(1, .state), at: at(50)) == .claimed)
        for round in 0..<10 {
            let time = 51 + Double(round) * 9.5
            #expect(freshness.claim(Epoch(300 + 10 * round), .numbered(UInt64(2 * round + 1), .state), at: at(time)).isCurrent)
            #expect(freshness.claim(300, .numbered(UInt64(2 * round + 2), .state), at: at(time + 0.05)).isCurrent || round > 0)
            #expect(freshness.claim(200, .numbered(UInt64(round + 2), .state), at: at(time + 0.2)).isCurrent, "round \(round)")
            #expect(freshness.epoch == 200)
        }
        var charging = honest()
        #expect(charging.claim(200, .numbered(1, .state), at: at(50)) == .claimed)
        #expect(charging.hear(150, .numbered(21, .telemetry), at: at(51)) == .stale && charging.epoch == 200)
    }

    @Test("P6: whoever came back between two claims is believed when it speaks, and again when the second claim is said again") func betweenClaims() {
        var freshness = honest()
        #expect(freshness.claim(200, .none, at: at(50)) == .claimed && freshness.claim(400, .live, at: at(50.1)) == .claimed)
        // It had heard of 200 only.
        #expect(freshness.claim(300, .live, at: at(50.2)) == .restored)
        #expect(freshness.claim(400, .live, at: at(50.3)).isCurrent && freshness.claim(300, .live, at: at(50.4)) == .restored)
        // What is older than all claims, and was not believed, is not theirs to say.
        #expect(freshness.claim(90, .live, at: at(50.5)) == .stale)
    }

    /// A client at epoch 100 that said its state 5 and its reading 20.
    private func honest() -> Freshness {
        var freshness = Freshness()
        _ = freshness.claim(100, .numbered(5, .state), at: at(0))
        freshness.note(5, in: .state, at: at(0))
        freshness.note(20, in: .telemetry, at: at(0))
        return freshness
    }

    @Test("P6: in the first ten seconds, while nobody is established, the owner of a topic contests claims as later on (stranger, seed 101126)")
    func contestAtTheBeginning() {
        var freshness = Freshness()
        #expect(freshness.claim(100, .live, at: at(0)) == .claimed)
        #expect(freshness.claim(200, .live, at: at(1)) == .claimed, "a stranger")
        // The owner goes above what it saw; before it is heard the stranger has gone farther.
        #expect(freshness.claim(5000, .live, at: at(2)) == .claimed)
        #expect(freshness.claim(201, .live, at: at(2)) == .restored)
        #expect(freshness.claim(5000, .live, at: at(3)) == .restored)
        #expect(freshness.claim(201, .live, at: at(3)) == .restored)
        // What was below the first stays stale.
        #expect(freshness.claim(99, .live, at: at(3)) == .stale)
    }

    @Test("P6: a claim is forgotten as soon as the connection before it goes on; what that had said before is no sign") func goesOn() {
        for sign in [Freshness.Sign.numbered(21, .telemetry), .numbered(6, .state)] {
            var freshness = honest()
            #expect(freshness.claim(1 << 40, .none, at: at(100)).isCurrent && freshness.epoch == 1 << 40)
            #expect(
                !freshness.hear(100, .numbered(20, .telemetry), at: at(101)).isCurrent
                    && !freshness.claim(100, .numbered(5, .state), at: at(101)).isCurrent)
            #expect(!freshness.claim(100, .none, at: at(101)).isCurrent)
            let back: Freshness.Standing =
                if case .numbered(_, .telemetry) = sign { freshness.hear(100, sign, at: at(102)) } else { freshness.claim(100, sign, at: at(102)) }
            #expect(back == .restored && freshness.epoch == 100)
            #expect(freshness.claim(100, .none, at: at(102)) == .current && freshness.claim(101, .none, at: at(102)) == .claimed)
            #expect(freshness.claim(100, .numbered(7, .state), at: at(103)) == .restored)
            #expect(freshness.missed(before: 22, in: .telemetry, at: at(3)) == 1 && freshness.missed(before: 5, in: .state, at: at(3)) == nil)
        }
    }

    @Test("P6: what the broker kept, or a will said, counts until somebody speaks live") func keptOnly() {
        var freshness = Freshness()
        #expect(freshness.claim(900, .none, at: at(0)) == .claimed && freshness.claim(100, .none, at: at(1)) == .stale)
        #expect(freshness.claim(100, .numbered(1, .state), at: at(1)) == .restored && freshness.claim(90, .numbered(1, .state), at: at(2)) == .stale)
    }

    @Test("P6: who was silent goes on at once when another one comes instead of it") func silent() {
        var freshness = honest()
        #expect(freshness.claim(50, .live, at: at(100)) == .restored && freshness.wasBelieved(100, at: at(109)))
        // With the numbers that it had.
        #expect(freshness.claim(100, .numbered(2000, .state), at: at(100.2)) == .restored)
        #expect(freshness.missed(before: 2000, in: .state, at: at(100.2)) == nil && freshness.missed(before: 7, in: .state, at: at(100.2)) == 1)
        #expect(freshness.claim(1 << 52, .live, at: at(200)) == .restored && freshness.claim(100, .live, at: at(200.2)) == .restored)
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
