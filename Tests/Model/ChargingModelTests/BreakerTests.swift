import Testing

@testable import ChargingModel

@Suite("Breaker of a point") struct BreakerTests {
    private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    @Test("three failures in a row open it for 10 s, then one session may try; failure doubles the time up to 5 min, success resets it")
    func opens() {
        var breaker = Breaker()
        breaker.fail(at: at(0))
        breaker.fail(at: at(0))
        breaker.succeed()
        for _ in 0..<3 {
            #expect(breaker.admits)
            breaker.fail(at: at(0))
        }
        #expect(breaker.position == .open)
        #expect(breaker.halfOpensAt == at(10))
        var now: Int64 = 0
        for wait: Int64 in [10, 20, 40, 80, 160, 300, 300] {
            #expect(breaker.halfOpensAt == at(now + wait))
            breaker.tick(at: at(now + wait - 1))
            #expect(!breaker.admits)
            now += wait
            breaker.tick(at: at(now))
            #expect(breaker.position == .halfOpen && breaker.admits)
            breaker.accept()
            #expect(!breaker.admits)
            breaker.fail(at: at(now))
        }
        breaker.tick(at: at(now + 300))
        breaker.accept()
        breaker.succeed()
        #expect(breaker.position == .closed)
        for _ in 0..<3 { breaker.fail(at: at(5000)) }
        #expect(breaker.halfOpensAt == at(5010))
    }

    @Test("a live FAULTY holds it open for as long as it lasts; recovery goes to half-open at once")
    func holds() {
        var breaker = Breaker()
        breaker.hold(true)
        #expect(breaker.position == .open && breaker.halfOpensAt == nil)
        breaker.tick(at: at(1000))
        breaker.fail(at: at(1000))
        breaker.succeed()
        #expect(breaker.position == .open)
        breaker.hold(false)
        #expect(breaker.position == .halfOpen && breaker.admits)
    }

    @Test("the slot is given back by a session that does not count")
    func slot() {
        var breaker = Breaker()
        breaker.hold(true)
        breaker.hold(false)
        breaker.accept()
        breaker.release()
        #expect(breaker.admits)
    }
}
