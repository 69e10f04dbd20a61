import Ledger
import Testing

@testable import ChargingModel

@Suite("Requests that are made at a station with a card (S12)") struct CentralCoreStationTests {
    private static let card = TokenID(known: "card-7")
    private let card = CentralCoreStationTests.card
    private let atStation = Provenance(origin: .station, token: CentralCoreStationTests.card)

    private func ready(_ tokens: [TokenID: DriverID] = [CentralCoreStationTests.card: alice]) -> CentralCoreBench {
        CentralCoreBench.ready(tokens: tokens)
    }

    private func change(_ bench: inout CentralCoreBench, _ change: TokenChange) { bench.tell(.ask(.token(change, by: "anna"), 7)) }

    @Test("accepted: ACCEPTED to the account's driver, START with the request and no shorter time than there is, origin and token in the ledger")
    func accepted() throws {
        var bench = ready()
        let said = bench.atStation("q1", card)
        let session = try #require(said.accepted)
        #expect(said.starts.map(\.session) == [session] && said.starts.map(\.request) == [RequestID(known: "q1")])
        #expect(said.starts.map(\.duration) == [.seconds(31_622_400)] && said.starts.map(\.driver) == [alice])
        #expect(said.denied.isEmpty && said.denials.isEmpty)
        let held = try #require(bench.book.sessions[session])
        #expect(held.provenance == atStation && held.request == RequestID(known: "q1") && held.driver == alice)
        #expect(bench.book.decisions.map(\.provenance) == [atStation] && bench.book.decisions.map(\.cp) == [cp1])
        bench.state(.supplying, session: session)
        let record = bench.record(session, 50, reason: .stopped)
        let ended = bench.ended(record)
        #expect(ended.outcomes == [.completed] && ended.tickets.map(\.driver) == [alice])
        #expect(bench.book.sessions[session]?.isComplete == true && bench.book.sessions[session]?.provenance == atStation)
        #expect(Audit.examine(AuditRecords(bench.book)).findings.isEmpty)
    }

    @Test("the record may say that the station began it, and with which card: it matches by its session, as any")
    func record() throws {
        var bench = ready()
        let session = try #require(bench.atStation("q1", card).accepted)
        bench.state(.supplying, session: session)
        var record = bench.record(session, 50, reason: .stopped)
        record.provenance = Provenance(origin: .station, token: card, clock: .station)
        #expect(bench.ended(record).outcomes == [.completed])
        #expect(bench.book.sessions[session]?.provenance == Provenance(origin: .station, token: card, clock: .station))
        #expect(bench.book.strays.isEmpty && bench.book.sessions.count == 1)
    }

    @Test("unknown, blocked and expired cards are told apart, to the engine alone, and nothing is recorded")
    func cards() {
        var bench = ready([:])
        let (blocked, expired) = (TokenID(known: "card-8"), TokenID(known: "card-9"))
        change(&bench, .add(blocked, alice, expires: nil))
        change(&bench, .block(blocked, of: nil))
        change(&bench, .add(expired, alice, expires: bench.clock.now.wall.advanced(byMilliseconds: 1000)))
        bench.pass(.seconds(2))
        for (id, token, code) in [("q1", card, DenialCode.tokenUnknown), ("q2", blocked, .tokenBlocked), ("q3", expired, .tokenExpired)] {
            let said = bench.atStation(id, token)
            #expect(said.denied.map(\.code) == [code] && said.denied.map(\.request) == [RequestID(known: id)])
            #expect(said.statuses.isEmpty && said.starts.isEmpty)
            #expect(said.contains(.notice(.cardDenied(token, cp1, code, said.denied.first?.reason ?? ""))))
            #expect(code.isAnswer && !code.isRecorded)
        }
        #expect(bench.book.decisions.isEmpty)
    }

    @Test("ruled as any request of the account at that point: its denial is recorded, and the engine is told, not the driver")
    func ruled() {
        let cases: [(String, (inout CentralCoreBench) -> Void, DenialCode)] = [
            ("taken", { _ = $0.charge("r1", by: bob) }, .busy), ("his vehicles charge", { _ = $0.charge("r1", cp2) }, .driverBusy),
            ("out of order", { $0.tell(.ask(.outOfOrder(cp1), 1)) }, .stopped), ("faulty", { $0.health(.faulty) }, .faulty),
            ("lost", { $0.health(.unmonitored) }, .disconnected),
            ("away", { $0.state(.disconnected, reason: "the station is away") }, .disconnected),
        ]
        for (name, prepare, code) in cases {
            var bench = ready()
            prepare(&bench)
            let said = bench.atStation("q1", card)
            #expect(said.denied.map(\.code) == [code], "\(name)")
            #expect(said.denials.isEmpty && said.starts.isEmpty, "\(name)")
            #expect(bench.book.decision(of: alice, RequestID(known: "q1"))?.provenance == atStation, "\(name)")
            // Decided once: what the point is by now changes nothing (S2).
            let again = bench.atStation("q1", card)
            #expect(again.denied.map(\.code) == [code] && bench.book.decisions.count { $0.request == RequestID(known: "q1") } == 1, "\(name)")
        }
    }

    @Test("I1: an account has a session at a station and none more, whether it asks there or by its app")
    func vehicles() {
        var bench = ready()
        #expect(bench.atStation("q1", card).accepted != nil)
        #expect(bench.request("r1", cp2).denials == [.driverBusy])
        #expect(bench.atStation("q2", card, cp2).denied.map(\.code) == [.driverBusy])
    }

    @Test("a second request at a point whose first is on its way is denied CP_BUSY")
    func second() {
        var bench = ready([card: alice, TokenID(known: "card-8"): bob])
        bench.isHolding = true
        bench.atStation("q1", card)
        bench.atStation("q2", TokenID(known: "card-8"))
        bench.isHolding = false
        let from = bench.log.count
        bench.release()
        let said = Array(bench.log[from...])
        #expect(said.starts.count == 1 && said.denied.map(\.code) == [.busy] && said.denied.map(\.request) == [RequestID(known: "q2")])
    }

    @Test("a repeat gets START again for 2 s while nothing confirms it, nothing once it is confirmed, and BAD_REQUEST when it is over")
    func repeats() throws {
        var bench = ready()
        let session = try #require(bench.atStation("q1", card).accepted)
        #expect(bench.atStation("q1", card).starts.map(\.session) == [session])
        bench.state(.supplying, session: session)
        let confirmed = bench.atStation("q1", card)
        #expect(confirmed.starts.isEmpty && confirmed.denied.isEmpty)
        bench.ended(bench.record(session, 50, reason: .stopped))
        bench.state(.activated)
        let over = bench.atStation("q1", card)
        #expect(over.starts.isEmpty && over.accepted == nil && over.denied.map(\.code) == [.badRequest])
        #expect(over.denied.first?.reason == "the session of this request is over: a new one needs a new request")
        #expect(bench.book.sessions.count == 1)
    }

    @Test("S5: unconfirmed after 2 s it is closed, and a repeat is told that it is over")
    func unconfirmed() throws {
        var bench = ready()
        let session = try #require(bench.atStation("q1", card).accepted)
        let said = bench.pass(.seconds(3))
        #expect(said.failures == ["never_started"] && bench.book.sessions[session]?.closing?.reason == .neverStarted)
        #expect(bench.atStation("q1", card).denied.map(\.code) == [.badRequest])
    }

    @Test("S2: a Central that was started anew decides by the ledger")
    func restarted() throws {
        var bench = ready()
        let session = try #require(bench.atStation("q1", card).accepted)
        let denied = bench.atStation("q2", card)
        #expect(denied.denied.map(\.code) == [.driverBusy])
        bench.restart()
        let again = bench.tell(.online(3000))
        #expect(again.denied.isEmpty && again.denials.isEmpty, "a station asks until it is answered: nobody is told of its denials by himself")
        bench.hear(cp1, epoch: 20)
        bench.pass(.milliseconds(2100))
        #expect(bench.atStation("q2", card, epoch: 20).denied.map(\.code) == [.driverBusy])
        bench.pass(.seconds(3))
        #expect(bench.book.sessions[session]?.closing?.reason == .neverStarted)
        #expect(bench.atStation("q1", card, epoch: 20).denied.map(\.code) == [.badRequest])
        #expect(bench.book.sessions.count == 1)
    }

    @Test("P6: it counts under the engine's epoch that is believed alone, and of a point that was heard")
    func epochs() {
        var bench = ready()
        for epoch: Epoch in [9, 11, 1 << 52] {
            let said = bench.atStation("q1", card, epoch: epoch)
            #expect(said.commands.isEmpty && said.statuses.isEmpty)
        }
        #expect(bench.atStation("q1", card, ChargePointID(known: "CP-9")).commands.isEmpty && bench.book.decisions.isEmpty)
        #expect(bench.core.points[ChargePointID(known: "CP-9")] == nil, "nobody makes a point known by asking")
        #expect(bench.receive(bench.stationRequest("q1", card), retained: true).commands.isEmpty)
        #expect(bench.atStation("q1", card).accepted != nil)
    }

    @Test("the id of somebody else's request gets nobody's session: not another point's, not another card's, not the driver's own")
    func stolen() throws {
        let other = TokenID(known: "card-8")
        var bench = ready([card: alice, other: alice])
        let session = try #require(bench.atStation("q1", card).accepted)
        #expect(bench.atStation("q1", card, cp2).denied.map(\.code) == [.badRequest])
        #expect(bench.atStation("q1", other).denied.map(\.code) == [.badRequest])
        bench.state(.supplying, session: session)
        bench.ended(bench.record(session, 50))
        bench.state(.activated)
        #expect(bench.atStation("q1", card, cp2).denied.map(\.code) == [.badRequest], "nor when it is over")
        let own = bench.charge("r1", cp2)
        #expect(bench.atStation("r1", card, cp2).denied.map(\.code) == [.badRequest])
        #expect(bench.atStation("r1", card).denied.map(\.code) == [.badRequest])
        #expect(bench.book.sessions.count == 2 && bench.book.sessions[own]?.isOpen == true)
    }

    @Test("what was promised holds, whatever the card is worth by now")
    func blockedMeanwhile() throws {
        var bench = ready()
        let session = try #require(bench.atStation("q1", card).accepted)
        change(&bench, .block(card, of: nil))
        #expect(bench.atStation("q1", card).starts.map(\.session) == [session])
        #expect(bench.atStation("q2", card).denied.map(\.code) == [.tokenBlocked])
    }

    @Test("codes that are no answers are told as well: the same request is decided later")
    func noAnswers() {
        var bench = ready()
        bench.commitsFail = true
        #expect(bench.atStation("q1", card).denied.map(\.code) == [.ledgerUnavailable])
        #expect(bench.atStation("q1", card).denied.map(\.code) == [.ledgerUnavailable])
        #expect(bench.atStation("q2", TokenID(known: "nobodys")).denied.map(\.code) == [.ledgerUnavailable], "whose it is the ledger knows")
        bench.commitsFail = false
        bench.pass(.seconds(2))
        #expect(bench.atStation("q1", card).accepted != nil)
        bench.tell(.stop)
        #expect(bench.atStation("q3", card).denied.map(\.code) == [.centralStopping])
    }

    @Test("P11: a point that was not heard gets CENTRAL_STARTING in the first two seconds")
    func starting() {
        var bench = CentralCoreBench(tokens: [card: alice])
        bench.receive(bench.info(cp1, epoch: 10))
        bench.state(.activated)
        #expect(bench.atStation("q1", card).denied.map(\.code) == [.centralStarting])
        bench.health(.ok)
        bench.pass(.seconds(1))
        #expect(bench.atStation("q1", card).accepted != nil)
    }

    @Test("P14: a flood of cards costs its own point its answers, and nobody else anything")
    func flood() {
        var bench = ready()
        let codes = (0..<200).flatMap { bench.atStation("u\($0)", TokenID(known: "nobodys-\($0)")).denied.map(\.code) }
        #expect(codes.count { $0 == .tokenUnknown } == 30 && codes.count { $0 == .tooManyRequests } == 170)
        #expect(bench.book.decisions.isEmpty)
        #expect(bench.atStation("u", TokenID(known: "nobodys"), cp2).denied.map(\.code) == [.tokenUnknown])
        #expect(bench.atStation("q1", card).accepted != nil, "a card that counts is ruled on as ever")
    }

    @Test("P14: a flood with a driver's card uses up nothing of the driver's own")
    func floodOfDenials() {
        var bench = ready()
        let session = bench.charge("r1", cp2)
        let codes = (0..<200).flatMap { bench.atStation("q\($0)", card).denied.map(\.code) }
        #expect(codes.count { $0 == .driverBusy } == 30 && codes.count { $0 == .tooManyRequests } == 170)
        #expect(bench.book.decisions.count == 31)
        #expect(bench.request("r2").denials == [.driverBusy], "the driver is answered")
        #expect(bench.atStation("q", card, cp2).denied.map(\.code) == [.driverBusy], "and so is another point")
        #expect(bench.book.sessions[session]?.isOpen == true)
    }

    @Test("P15: a card of an account that is not known is denied UNKNOWN_DRIVER")
    func unknownAccount() {
        var bench = CentralCoreBench.ready(tokens: [card: alice], access: AccessList(drivers: .known([bob]), points: .any))
        #expect(bench.atStation("q1", card).denied.map(\.code) == [.unknownDriver])
        bench.access = AccessList(drivers: .known([alice, bob]), points: .any)
        #expect(bench.atStation("q2", card).accepted != nil, "looked up before anybody is turned away")
    }

    @Test("S9: the driver ends it by the app, too; a refused START closes it at once")
    func ends() throws {
        var bench = ready()
        let session = try #require(bench.atStation("q1", card).accepted)
        bench.state(.supplying, session: session)
        #expect(bench.receive(.request(alice, .stop(session))).commands == [.stop(session)])
        bench.ended(bench.record(session, 50, reason: .stopped))
        bench.state(.activated)
        let next = try #require(bench.atStation("q2", card).accepted)
        let refusal = CommandRefusal(command: .start, id: CommandID(known: "c"), session: next, reason: "nobody asks here")
        let said = bench.receive(.event(ChargePointEvent(epoch: 10, cp: cp1, kind: .commandRefused(refusal))))
        #expect(said.failures == ["never_started"])
    }
}

extension CentralCoreBench {
    func stationRequest(_ id: String, _ token: TokenID, _ cp: ChargePointID = cp1, epoch: Epoch = 10) -> BusMessage {
        .stationRequest(StationRequest(epoch: epoch, id: RequestID(known: id), cp: cp, token: token))
    }

    /// Somebody at a station asks with a card.
    @discardableResult
    mutating func atStation(_ id: String, _ token: TokenID, _ cp: ChargePointID = cp1, epoch: Epoch = 10) -> [CentralCore.Action] {
        receive(stationRequest(id, token, cp, epoch: epoch))
    }
}

extension [CentralCore.Action] {
    var starts: [StartOrder] { commands.compactMap { if case .start(let order) = $0 { order } else { nil } } }
    var denied: [StationDenial] { commands.compactMap { if case .deny(let denial) = $0 { denial } else { nil } } }
}
