import ChargingModel
import Testing

@Suite("What an engine is, as somebody who listens knows it") struct KnownInfoTests {
    private let now = Instant(nanoseconds: 7_000_000_000)

    private func info(_ epoch: Epoch, price: Int64 = 300_000) -> ChargePointInfo {
        ChargePointInfo(
            epoch: epoch, cp: cp1, power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: price), kind: "AC", meter: meter,
            software: "x",
            protocolVersion: 1)
    }

    @Test("P6: it counts under the epoch that is believed, however early it came") func early() {
        var known = KnownInfo()
        #expect(known.hear(info(7), believed: 0, at: now) == false)
        #expect(!known.isKnown(under: 6))
        #expect(known.claim(7) == true)
        #expect(known.info == info(7) && known.isKnown(under: 7))
        #expect(known.hear(info(7), believed: 7, at: now) == false)
        #expect(known.isKnown(under: 7), "said again")
    }

    @Test("P6: of two different ones of a connection that is believed neither counts") func disputed() {
        var known = KnownInfo()
        #expect(known.hear(info(7), believed: 7, at: now) == true)
        #expect(known.hear(info(7, price: 1), believed: 7, at: now) == false)
        #expect(!known.isKnown(under: 7) && known.info == info(7))
        #expect(known.hear(info(7), believed: 7, at: now) == false)
        #expect(!known.isKnown(under: 7), "for this connection")
        #expect(known.hear(info(8, price: 2), believed: 8, at: now) == true)
        #expect(known.isKnown(under: 8))
    }

    @Test("P6: after an absence of the listener what is heard first counts: a copy may have come to the same epoch") func away() {
        var known = KnownInfo()
        #expect(known.hear(info(7), believed: 7, at: now) == true)
        known.wasAway()
        #expect(known.isKnown(under: 7), "known until something else is heard")
        #expect(known.hear(info(7, price: 1), believed: 7, at: now) == true)
        #expect(known.isKnown(under: 7) && known.info == info(7, price: 1))
        #expect(known.settledAt(under: 7) == now + Freshness.settlingTime, "the engine has the time to contest it")
        #expect(known.hear(info(7), believed: 7, at: now) == false)
        #expect(!known.isKnown(under: 7), "that is one absence, not two")
        known.wasAway()
        #expect(!known.isKnown(under: 7))
        #expect(known.hear(info(7), believed: 7, at: now) == true)
        #expect(known.isKnown(under: 7), "an argument ends with an absence")
    }

    @Test("P6: what the engine says again while somebody else is believed is held against what differs later") func awayAndDoubted() {
        var known = KnownInfo()
        #expect(known.hear(info(7), believed: 7, at: now) == true)
        known.wasAway()
        #expect(known.hear(info(7), believed: 20, at: now) == false)
        #expect(known.claim(7, isBack: true) == false)
        #expect(known.isKnown(under: 7))
        #expect(known.hear(info(7, price: 1), believed: 7, at: now) == false)
        #expect(!known.isKnown(under: 7))
    }

    @Test("P6: what was doubtful before an absence counts when the engine, believed, says the same") func doubtfulAndAway() {
        var known = KnownInfo()
        for said in [info(7, price: 1), info(7)] { #expect(known.hear(said, believed: 3, at: now) == false) }
        known.wasAway()
        #expect(known.claim(7) == false)
        #expect(!known.isKnown(under: 7))
        #expect(known.hear(info(7), believed: 7, at: now) == true)
        #expect(known.isKnown(under: 7) && known.info == info(7))
    }

    @Test("P6: what is heard again after an absence is held against what differs") func awayAndTheSame() {
        var known = KnownInfo()
        #expect(known.hear(info(7), believed: 7, at: now) == true)
        known.wasAway()
        #expect(known.hear(info(7), believed: 7, at: now) == false)
        #expect(known.settledAt(under: 7) == now + Freshness.settlingTime)
        #expect(known.hear(info(7, price: 1), believed: 7, at: now) == false)
        #expect(!known.isKnown(under: 7))
    }

    @Test("P6: one under an epoch that is believed again counts only if it did before; else the engine says it again") func back() {
        var known = KnownInfo()
        #expect(known.hear(info(7), believed: 7, at: now) == true)
        for epoch in [20, 21, 22] as [Epoch] { #expect(known.hear(info(epoch, price: 1), believed: 20, at: now) == (epoch == 20)) }
        #expect(known.claim(7, isBack: true) == false)
        #expect(!known.isKnown(under: 7), "it is not remembered")
        #expect(known.hear(info(7), believed: 7, at: now) == true)
        #expect(known.claim(22, isBack: true) == false)
        #expect(!known.isKnown(under: 22))
        #expect(known.claim(7, isBack: true) == false)
        #expect(known.isKnown(under: 7) && known.info == info(7))
    }

    @Test("P6: of two different ones that were said before it was believed the engine says again which is its own") func replaced() {
        for isOwnLast in [false, true] {
            var known = KnownInfo()
            for said in isOwnLast ? [info(7, price: 1), info(7)] : [info(7), info(7, price: 1)] {
                #expect(known.hear(said, believed: 3, at: now) == false)
            }
            #expect(known.claim(7) == false)
            #expect(!known.isKnown(under: 7) && known.info == nil)
            #expect(known.hear(info(7), believed: 7, at: now) == true)
            #expect(known.isKnown(under: 7) && known.info == info(7))
            #expect(known.settledAt(under: 7) == now + Freshness.settlingTime, "somebody else may have said it before the engine")
            #expect(known.hear(info(7, price: 1), believed: 7, at: now) == false)
            #expect(!known.isKnown(under: 7))
        }
    }
}
