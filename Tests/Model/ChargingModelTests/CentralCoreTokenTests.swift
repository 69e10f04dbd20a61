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
        bench.ended(offline(bench, "01M8A0000000000000000000A5", card, from: 40, startedAgo: 40 * 86_400_000))
        #expect(bench.book.sessions.count == 1, "nor does one whose clock was never set")
        #expect(ask(&bench, .unblock(card)) == .done)
        bench.pass(.seconds(10))
        bench.ended(offline(bench, "01M8A0000000000000000000A4", card, from: 30, startedAgo: 5000))
        #expect(bench.book.sessions.count == 2, "begun after that")
        bench.ended(offline(bench, "01M8A0000000000000000000A6", card, from: 50, startedAgo: 15_000))
        #expect(bench.book.sessions.count == 2, "and what was begun meanwhile stays nobody's")
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

    @Test("what an operator did holds now, though the clock was set back by an hour since") func clockSetBack() {
        var bench = CentralCoreBench.ready()
        #expect(ask(&bench, .add(card, alice, expires: nil)) == .done)
        bench.clock.setWall(by: .seconds(-3600))
        #expect(bench.core.standing(of: card, now: bench.clock.now.wall) == .valid(alice))
        bench.clock.setWall(by: .seconds(3600))
        #expect(ask(&bench, .block(card, of: nil)) == .done)
        bench.clock.setWall(by: .seconds(-3600))
        #expect(bench.core.standing(of: card, now: bench.clock.now.wall) == .blocked)
        #expect(bench.core.localList(now: bench.clock.now.wall) == [LocalListPage.Entry(card, .blocked)])
        bench.ended(offline(bench, "01M8A0000000000000000000A1", card, startedAgo: -1000))
        #expect(bench.book.sessions.isEmpty && bench.book.strays.count == 1, "of a station whose clock is ahead")
        #expect(ask(&bench, .unblock(card)) == .done)
        #expect(bench.core.standing(of: card, now: bench.clock.now.wall) == .valid(alice))
    }

    @Test("a token of network.json can be blocked, and is nobody else's") func listedToken() {
        var bench = CentralCoreBench.ready(tokens: [listed: bob])
        #expect(bench.core.standing(of: listed, at: bench.clock.now.wall) == .valid(bob))
        #expect(ask(&bench, .add(listed, alice, expires: nil)) == .refused("token CARD-9 is driver-bob's, by network.json"))
        #expect(ask(&bench, .block(listed, of: nil)) == .done)
        #expect(bench.core.standing(of: listed, at: bench.clock.now.wall) == .blocked)
        #expect(ask(&bench, .add(card, alice, expires: nil)) == .done)
        #expect(ask(&bench, .add(card, bob, expires: nil)) == .refused("token CARD-1 is driver-alice's: block it before it goes to another account"))
    }

    @Test("a blocked token may go to another account, which pays for nothing that was begun before") func reissued() {
        var bench = CentralCoreBench.ready()
        #expect(ask(&bench, .add(card, alice, expires: nil)) == .done && ask(&bench, .block(card, of: nil)) == .done)
        bench.pass(.seconds(30))
        #expect(ask(&bench, .add(card, bob, expires: nil)) == .done)
        bench.pass(.seconds(30))
        bench.ended(offline(bench, "01M8A0000000000000000000A1", card, startedAgo: 50_000))
        #expect(bench.book.sessions.isEmpty && bench.book.strays.count == 1)
        bench.ended(offline(bench, "01M8A0000000000000000000A2", card, from: 10, startedAgo: 10_000))
        #expect(bench.book.sessions.values.map(\.driver) == [bob])
    }

    @Test("a record that comes while the ledger does not work is billed by what the ledger knows") func parked() {
        var bench = CentralCoreBench.ready(tokens: [listed: bob])
        #expect(ask(&bench, .add(card, alice, expires: nil)) == .done && ask(&bench, .block(listed, of: nil)) == .done)
        bench.commitsFail = true
        bench.restart()
        bench.tell(.online(3000))
        bench.hear(cp1, epoch: 20)
        bench.pass(.seconds(3))
        bench.ended(offline(bench, "01M8A0000000000000000000A1", card, startedAgo: 100))
        bench.ended(offline(bench, "01M8A0000000000000000000A2", listed, from: 10, startedAgo: 100))
        bench.commitsFail = false
        bench.pass(.seconds(3))
        #expect(bench.book.sessions.values.map(\.driver) == [alice] && bench.book.strays.count == 1)
    }

    @Test("a token that is one account's in the ledger and another's in network.json is nobody's, and the operator is told") func disputed() {
        var bench = CentralCoreBench.ready()
        #expect(ask(&bench, .add(card, alice, expires: nil)) == .done)
        bench.core = CentralCore(CentralCore.Settings(software: "test", tokens: [card: bob]), seed: 2, now: bench.clock.now)
        bench.restart()
        #expect(bench.core.standing(of: card, at: bench.clock.now.wall) == .unknown)
        #expect(bench.log.contains(.notice(.tokenDisputed(AccountToken(card, of: alice), bob))))
    }

    @Test("no token for who is not known, and none that is over before it begins") func refused() {
        var bench = CentralCoreBench.ready(access: AccessList(drivers: .known([alice]), points: .any))
        let now = bench.clock.now.wall
        #expect(
            ask(&bench, .add(card, bob, expires: nil))
                == .refused("driver-bob is not known: wattline credentials add driver driver-bob, or a line in network.json"))
        #expect(ask(&bench, .add(card, alice, expires: now)) == .refused("\(now.text) is over: block the token to end it now"))
        #expect(bench.book.tokens().isEmpty)
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
