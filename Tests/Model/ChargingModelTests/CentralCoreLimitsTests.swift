import ChargingModel
import Ledger
import Testing

@Suite("What Central keeps of those who ask or speak without end (P14), and what a broker refuses") struct CentralCoreLimitsTests {
    private func invented(_ number: Int) -> SessionID { SessionID(known: "X-\(number)") }

    @Test("S2: beyond a driver's allowance a denial is no answer and no row; the same id is decided later, and nobody else has to wait")
    func denialsOfDriver() {
        var bench = CentralCoreBench.ready()
        _ = bench.charge("R0", by: bob)
        for number in 1...100 { bench.request("R\(number)") }
        #expect(bench.book.decisions.count { $0.driver == alice } == 30)
        #expect(bench.log.denials.suffix(70).allSatisfy { $0 == .tooManyRequests })
        #expect(bench.core.counters.denialsUnrecorded == 70)
        #expect(bench.log.count { if case .notice(.tooManyRequests) = $0 { true } else { false } } == 1)
        #expect(bench.request("R1").denials == [.busy], "what was decided is said again")
        #expect(bench.request("R1", cp1, by: carol).denials == [.busy])
        bench.pass(.seconds(2))
        #expect(bench.request("R100").denials == [.busy])
        #expect(bench.request("R99", cp2).accepted != nil, "what was put off may be accepted")
    }

    @Test("many drivers, invented ones, ask for one point, or for points that don't exist: rows have a limit, too")
    func denialsAtPoint() {
        var bench = CentralCoreBench.ready()
        _ = bench.charge("R0", by: bob)
        for number in 1...1000 { bench.request("R", cp1, by: DriverID(known: "D-\(number)")) }
        #expect(bench.book.decisions.count == 101)
        for number in 1...5000 { bench.request("R", ChargePointID(known: "none-\(number)"), by: DriverID(known: "E-\(number)")) }
        #expect(bench.book.decisions.count == 1001)
        #expect(bench.request("R", cp2, by: carol).accepted != nil)
    }

    @Test("who is listed is held against the own allowance alone: a crowd of strangers at a point keeps nobody from an answer")
    func listedDrivers() {
        var bench = CentralCoreBench.ready(vehicles: [alice: 2])
        _ = bench.charge("R0", by: bob)
        for number in 1...1000 { bench.request("R", cp1, by: DriverID(known: "D-\(number)")) }
        #expect(bench.request("R1", cp1, by: carol).denials == [.tooManyRequests])
        #expect(bench.request("R1", cp1, by: alice).denials == [.busy])
    }

    @Test("what is said again costs no allowance: a request that was denied, sent again and again by somebody, keeps its driver from nothing")
    func repeatedDenials() {
        var bench = CentralCoreBench.ready()
        _ = bench.charge("R0", by: bob)
        for _ in 1...200 { bench.request("R1") }
        for number in 2...30 { #expect(bench.request("R\(number)").denials == [.busy]) }
    }

    @Test("records and readings of points that nobody knows make none known, and take no place")
    func recordsOfNobody() {
        var bench = CentralCoreBench(online: false)
        bench.core = CentralCore(CentralCore.Settings(software: "test", pointLimit: 3), seed: 1, now: bench.clock.now)
        bench.tell(.snapshot(LedgerSnapshot()))
        bench.tell(.online(2000))
        bench.hear(cp1)
        bench.health(.ok, cp2)
        for number in 0..<100 {
            bench.ended(bench.record(invented(number)), ChargePointID(known: "X-\(number)"))
            bench.telemetry(invented(number), 1, seq: 1, ChargePointID(known: "X-\(number)"))
        }
        bench.hear(cp2)
        bench.pass(.seconds(3))
        #expect(bench.request("R1", cp2).accepted != nil)
        #expect(bench.core.counters.pointsIgnored == 0)
    }

    @Test("a point whose monitor comes and goes all the time is recorded now and then, and in the end as it is")
    func faults() {
        var bench = CentralCoreBench.ready()
        for _ in 1...500 {
            bench.health(.faulty)
            bench.health(.ok)
        }
        bench.health(.faulty)
        #expect(bench.book.faults.count <= 11)
        bench.pass(.seconds(40))
        #expect(bench.book.openFault(of: cp1) == .faulty)
        bench.health(.ok)
        bench.pass(.seconds(40))
        #expect(bench.book.openFault(of: cp1) == nil)
    }

    @Test("S6: invented records fill no table and cost the honest ones of that point nothing; those that are not kept are not acknowledged")
    func strays() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R0")
        for number in 1...1000 { bench.ended(bench.record(invented(number))) }
        #expect(bench.book.strays.count == 64)
        #expect(bench.log.commands.count { if case .ack = $0 { true } else { false } } == 64)
        #expect(bench.core.counters.recordsRefused == 936)
        #expect(bench.log.count { if case .notice(.tooManyRecords) = $0 { true } else { false } } == 1)
        #expect(bench.ended(bench.record(session, 90)).outcomes == [.completed])
        // What was not kept comes again, and finds room in time.
        bench.pass(.seconds(11))
        #expect(bench.ended(bench.record(invented(1000))).commands == [.ack(invented(1000), of: meter)])
    }

    @Test("S6: a record of a session that nobody knows, in which nothing was metered, is acknowledged and not kept")
    func emptyOrphans() {
        var bench = CentralCoreBench.ready()
        for number in 1...1000 { bench.ended(bench.record(invented(number), 0, reason: .neverStarted)) }
        #expect(bench.book.strays.isEmpty)
        #expect(bench.log.commands.count { if case .ack = $0 { true } else { false } } == 1000)
    }

    @Test("invented points give way to those that are there, whichever came first, and to those that the ledger knows")
    func places() {
        var bench = CentralCoreBench(online: false)
        bench.core = CentralCore(CentralCore.Settings(software: "test", pointLimit: 20), seed: 1, now: bench.clock.now)
        bench.tell(.snapshot(LedgerSnapshot(availabilities: [ChargePointID(known: "P-ledger"): true])))
        bench.tell(.online(2000))
        bench.hear(cp1)
        for number in 0..<1000 { bench.health(.ok, ChargePointID(known: "X-\(number)")) }
        bench.hear(cp2)
        bench.pass(.seconds(3))
        #expect(bench.core.counters.pointsIgnored == 0)
        #expect(bench.request("R1", cp1).accepted != nil)
        #expect(bench.request("R1", cp2, by: bob).accepted != nil)
        #expect(bench.core.outOfOrder == [ChargePointID(known: "P-ledger")])
    }

    @Test("a fence that the broker refuses is said again, and its session closes")
    func refusedFence() throws {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        bench.fencesReturn = false
        bench.brokerTakes = false
        bench.health(.faulty)
        var actions = [CentralCore.Action]()
        actions += bench.pass(.seconds(1))
        let delivery = try #require(
            actions.compactMap { action -> UInt64? in if case .publish(.fence, let number) = action { number } else { nil } }.last)
        bench.fencesReturn = true
        bench.tell(.refused(delivery))
        #expect(bench.book.sessions[session]?.isOpen == true)
        bench.pass(.seconds(6))
        #expect(bench.book.sessions[session]?.isOpen == false)
    }

    @Test("a verdict, tickets and the own status that the broker refuses are said again")
    func refusedNews() {
        var bench = CentralCoreBench.ready()
        bench.brokerTakes = false
        var refused: [BusMessage] = []
        for action in bench.health(.faulty) { if case .publish(let message, let number?) = action { refuse(message, number, &bench, &refused) } }
        for action in bench.tell(.overwritten()) { if case .publish(let message, let number?) = action { refuse(message, number, &bench, &refused) } }
        bench.brokerTakes = true
        let said = bench.pass(.seconds(6)).messages
        #expect(said.contains { if case .verdict(let report) = $0 { report.cp == cp1 && report.verdict == .faulty } else { false } })
        #expect(said.contains { if case .centralStatus(let status) = $0 { status.online } else { false } })
    }

    private func refuse(_ message: BusMessage, _ number: UInt64, _ bench: inout CentralCoreBench, _ refused: inout [BusMessage]) {
        refused.append(message)
        bench.tell(.refused(number))
    }

    @Test("P8: what was decided while the clock was ahead is not said again at each connection")
    func clockSetBack() {
        var bench = CentralCoreBench.ready()
        _ = bench.charge("R0", by: bob)
        for number in 1...20 { bench.request("R\(number)") }
        bench.clock.setWall(by: .seconds(-3600))
        for epoch in 1...3 {
            bench.tell(.offline)
            bench.log = []
            bench.tell(.online(2000 + Epoch(epoch)))
            bench.pass(.seconds(1))
            #expect(bench.log.denials.isEmpty)
        }
    }

    @Test("S4: an engine that keeps a session's record no more says so: it is not asked each minute, and the operator is told")
    func recordIsGone() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        bench.health(.faulty)
        bench.pass(.seconds(2))
        bench.health(.ok)
        bench.log = []
        bench.pass(.seconds(65))
        #expect(bench.log.commands.contains(.stop(session)))
        let refusal = CommandRefusal(command: .stop, id: CommandID(known: "C"), session: session, reason: "not kept")
        bench.log = []
        for _ in 1...2 { bench.receive(.event(ChargePointEvent(epoch: 10, cp: cp1, kind: .commandRefused(refusal)))) }
        #expect(bench.log.filter { $0 == .notice(.recordIsGone(cp1, session)) }.count == 1)
        bench.pass(.seconds(200))
        #expect(!bench.log.commands.contains(.stop(session)))
        // It comes all the same: it is taken.
        #expect(bench.ended(bench.record(session, 50)).commands.contains(.ack(session, of: meter)))
        #expect(bench.book.sessions[session]?.isComplete == true)
    }
}
