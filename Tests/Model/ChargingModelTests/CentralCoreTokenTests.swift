import Ledger
import Testing

@testable import ChargingModel

@Suite("Tokens of accounts (S11)") struct CentralCoreTokenTests {
    private let card = TokenID(known: "CARD-1")
    private let listed = TokenID(known: "CARD-9")

    private func offline(_ bench: CentralCoreBench, _ session: String, _ token: TokenID, from: Int64 = 0, startedAgo: Int64 = 60_000) -> SessionRecord
    {
        let now = bench.clock.now.wall
        return SessionRecord(
            session: SessionID(known: session), driver: nil, meter: meter, startRegister: Energy(wattHours: from),
            endRegister: Energy(wattHours: from + 10), cost: .zero, started: now.advanced(byMilliseconds: -startedAgo), ended: now,
            endReason: .completed, provenance: Provenance(origin: .offline, token: token))
    }

    private func ask(_ bench: inout CentralCoreBench, _ change: TokenChange) -> OperatorAnswer? {
        for case .answer(7, let answer) in bench.tell(.ask(.token(change, by: "anna"), 7)) { return answer }
        return nil
    }

    @Test("added, a token's sessions are billed to its account; the ledger has it, and a Central that starts, too") func add() {
        var bench = CentralCoreBench.ready()
        #expect(bench.core.standing(of: card, at: bench.clock.now.wall) == .unknown)
        #expect(ask(&bench, .add(card, alice, expires: nil)) == .done)
        bench.ended(offline(bench, "01M8A0000000000000000000A1", card))
        #expect(bench.book.sessions[SessionID(known: "01M8A0000000000000000000A1")]?.driver == alice)
        bench.restart()
        #expect(bench.core.standing(of: card, at: bench.clock.now.wall) == .valid(alice))
        #expect(bench.book.auditLog.contains { $0.what == .tokenAdded && $0.why == "token CARD-1, by anna" && $0.driver == alice })
    }

    @Test("blocked, nobody pays for what is begun with it from then on; what was begun before stays the account's") func block() {
        var bench = CentralCoreBench.ready()
        #expect(ask(&bench, .add(card, alice, expires: nil)) == .done)
        bench.pass(.seconds(100))
        #expect(ask(&bench, .block(card, of: nil)) == .done)
        bench.pass(.seconds(10))
        bench.ended(offline(bench, "01M8A0000000000000000000A1", card, startedAgo: 60_000))
        #expect(bench.book.sessions.count == 1, "begun before it was blocked")
        bench.ended(offline(bench, "01M8A0000000000000000000A2", card, from: 10, startedAgo: 5000))
        #expect(bench.book.sessions.count == 1 && bench.book.strays.map(\.record.session.text) == ["01M8A0000000000000000000A2"])
        bench.ended(offline(bench, "01M8A0000000000000000000A3", card, from: 20, startedAgo: -1_000_000_000))
        #expect(bench.book.sessions.count == 1, "a station whose clock is ahead makes it count no more")
        #expect(ask(&bench, .unblock(card)) == .done)
        bench.ended(offline(bench, "01M8A0000000000000000000A4", card, from: 30))
        #expect(bench.book.sessions.count == 2)
    }

    @Test("expired, blocked and unknown are told apart") func standings() {
        var bench = CentralCoreBench.ready()
        let now = bench.clock.now.wall
        #expect(ask(&bench, .add(card, alice, expires: now.advanced(byMilliseconds: 1000))) == .done)
        #expect(bench.core.standing(of: card, at: now) == .valid(alice))
        #expect(bench.core.standing(of: card, at: now.advanced(byMilliseconds: 1000)) == .expired)
        #expect(ask(&bench, .block(card, of: nil)) == .done)
        #expect(bench.core.standing(of: card, at: now.advanced(byMilliseconds: 1000)) == .blocked)
        #expect(bench.core.standing(of: listed, at: now) == .unknown)
        #expect(ask(&bench, .block(listed, of: nil)) == .unknown && ask(&bench, .unblock(listed)) == .unknown)
    }

    @Test("a token of network.json can be blocked, and is nobody else's") func listedToken() {
        var bench = CentralCoreBench.ready(tokens: [listed: bob])
        #expect(bench.core.standing(of: listed, at: bench.clock.now.wall) == .valid(bob))
        #expect(ask(&bench, .add(listed, alice, expires: nil)) == .refused("token CARD-9 is driver-bob's, by network.json"))
        #expect(ask(&bench, .block(listed, of: nil)) == .done)
        #expect(bench.core.standing(of: listed, at: bench.clock.now.wall) == .blocked)
        #expect(ask(&bench, .add(card, alice, expires: nil)) == .done)
        #expect(ask(&bench, .add(card, bob, expires: nil)) == .refused("token CARD-1 is driver-alice's"))
    }

    @Test("nothing is answered that the ledger does not have; what is in force already is written once") func ledger() {
        var bench = CentralCoreBench.ready()
        bench.commitsFail = true
        #expect(ask(&bench, .add(card, alice, expires: nil)) == .ledgerUnavailable)
        #expect(bench.core.standing(of: card, at: bench.clock.now.wall) == .unknown)
        bench.commitsFail = false
        bench.pass(.seconds(2))
        for _ in 1...3 { #expect(ask(&bench, .add(card, alice, expires: nil)) == .done) }
        #expect(bench.book.auditLog.count { $0.what == .tokenAdded } == 1)
    }
}
