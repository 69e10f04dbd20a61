import ChargingModel
import Ledger
import Testing

/// What Central does when its ledger, its broker or the world around it misbehaves.
@Suite struct CentralCoreTroubleTests {
    /// Loses the ledger: the next commit fails, and reading it fails until `ledgerBack`.
    private func loseLedger(_ bench: inout CentralCoreBench) {
        bench.commitsFail = true
        bench.tell(.ask(.resume(cp2), 1))
    }

    @Test("P4, S6: the greatest energy that the protocol can carry is neither believed nor billed, and crashes nothing")
    func extremes() {
        var bench = CentralCoreBench.ready()
        let price = Price(microEuroPerKilowattHour: 1_025_000)
        bench.receive(bench.info(cp1, epoch: 11, power: .limit, price: price))
        bench.state(.activated, epoch: 11)
        bench.pass(.milliseconds(500))
        let session = bench.charge("R1")
        bench.telemetry(session, Energy.limit.wattHours, seq: 1)
        bench.ended(bench.record(session, Energy.limit.wattHours))
        bench.state(.activated, epoch: 11)
        let actions = bench.pass(.seconds(2))
        #expect(actions.outcomes == [.failed])
        #expect(actions.tickets.first?.tickets.first?.cost == .zero && actions.tickets.first?.tickets.first?.complete == false)
        #expect(bench.book.strays.map(\.kind) == [.implausible])
        #expect(bench.core.counters.readingsDoubted == 1)
    }

    @Test("S5, S7: a record that came while the ledger was away closes its session when it is back: nobody is interrupted, nobody blamed")
    func recordDuringOutage() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        loseLedger(&bench)
        #expect(bench.ended(bench.record(session)).commands.isEmpty, "no ACK without a commit")
        bench.state(.activated)
        bench.pass(.seconds(9))
        bench.commitsFail = false
        let back = bench.pass(.seconds(10))
        #expect(back.outcomes == [.completed])
        #expect(back.commands.contains(.ack(session, of: meter)))
        #expect(bench.pass(.seconds(70)).outcomes.isEmpty)
        #expect(bench.book.sessions[session]?.isComplete == true)
    }

    @Test("P8: what the ledger said before a record came is not said after it (seed 200035)")
    func ticketsOfBefore() {
        var bench = CentralCoreBench.ready()
        let first = bench.charge("R1")
        bench.ended(bench.record(first))
        bench.state(.activated)
        let second = bench.charge("R2")
        loseLedger(&bench)
        bench.ended(bench.record(second))
        bench.tell(.offline)
        bench.commitsFail = false
        bench.pass(.seconds(10))
        bench.log = []
        bench.tell(.online(2000))
        bench.pass(.seconds(5))
        #expect(bench.log.tickets.last?.tickets.map(\.session) == [second, first])
    }

    @Test("S3: what was confirmed stays confirmed when the ledger lost the confirmation")
    func confirmedDuringOutage() throws {
        var bench = CentralCoreBench.ready()
        let session = try #require(bench.request("R1").accepted)
        loseLedger(&bench)
        bench.state(.supplying, session: session)
        bench.commitsFail = false
        bench.pass(.seconds(2))
        #expect(bench.book.sessions[session]?.isConfirmed == true)
        bench.engineWill()
        #expect(bench.pass(.seconds(80)).failures == ["interrupted"])
    }

    @Test("breaker: a closing whose commit was reported failed and is in the ledger all the same gives the half-open slot back")
    func slotAfterOutage() {
        var bench = CentralCoreBench.ready()
        bench.health(.faulty)
        bench.health(.ok)
        let session = bench.charge("R1")
        bench.isHolding = true
        bench.ended(bench.record(session))
        bench.commitsFail = true
        // In the ledger, although Central hears that it failed.
        for (_, operations) in bench.held { _ = bench.book.apply(operations) }
        bench.release()
        bench.isHolding = false
        bench.commitsFail = false
        bench.state(.activated)
        bench.pass(.seconds(2))
        #expect(bench.request("R2").accepted != nil)
    }

    @Test("P8: of a driver's tickets the newest goes out last, however many wait before them")
    func newestTickets() {
        var bench = CentralCoreBench.ready()
        for number in 0..<60 {
            let driver = DriverID(known: "driver-\(number)")
            let session = bench.charge("R\(number)", by: driver)
            bench.ended(bench.record(session))
            bench.state(.activated)
        }
        bench.pass(.seconds(5))
        let last = DriverID(known: "driver-59")
        let running = bench.charge("R60", by: last)
        bench.tell(.offline)
        bench.log = []
        bench.tell(.online(2000))
        bench.ended(bench.record(running))
        bench.pass(.seconds(5))
        let lists = bench.log.tickets.filter { $0.driver == last }
        #expect(lists.last?.tickets.first?.session == running)
        #expect(bench.log.tickets.map(\.driver).count >= 60)
    }

    @Test("P8: a connection to a large network is paced by what the broker takes: answers before verdicts, and all of them, in order")
    func paced() {
        var bench = CentralCoreBench()
        for number in 0..<500 {
            bench.receive(
                .state(
                    StateReport(
                        epoch: 5, seq: 1, cp: ChargePointID(known: "P-\(number)"), state: .activated, session: nil, driver: nil, meter: meter,
                        register: .zero, reason: "test")), retained: true)
        }
        bench.pass(.seconds(3))
        bench.tell(.offline)
        for number in 0..<100 { bench.request("R\(number)", ChargePointID(known: "none")) }
        bench.log = []
        bench.brokerTakes = false
        #expect(bench.tell(.online(2000)).messages.count == 256)
        bench.request("later", ChargePointID(known: "none"))
        #expect(bench.log.messages.count == 256)
        var taken = 0
        while taken < bench.log.count {
            if case .publish(_, let delivery?) = bench.log[taken] { bench.tell(.delivered(delivery)) }
            taken += 1
        }
        #expect(bench.log.verdicts.count == 500)
        let said = bench.log.messages
        let answered = said.compactMap { if case .status(let status) = $0 { status.request?.text } else { nil } }
        #expect(Array(answered.prefix(100)) == (0..<100).map { "R\($0)" } && answered.last == "later")
        // What was asked meanwhile overtakes what waits.
        let place = said.firstIndex { if case .status(let status) = $0 { status.request?.text == "later" } else { false } }
        #expect(place == 256)
    }

    @Test("P11: what was heard live in a handshake that failed is not live in the next connection")
    func failedHandshake() {
        var bench = CentralCoreBench(online: false)
        bench.hear(cp1)
        bench.tell(.offline)
        bench.tell(.online(2000))
        bench.pass(.seconds(3))
        #expect(bench.request("R1").denials == [.disconnected])
    }

    @Test("S8: a wish to resume survives a restart of Central: an engine that is born STOPPED hears of it")
    func resumeAfterRestart() {
        var bench = CentralCoreBench.ready()
        bench.tell(.ask(.outOfOrder(cp1), 1))
        bench.state(.stopped)
        bench.tell(.ask(.resume(cp1), 1))
        var again = CentralCoreBench(online: false)
        again.core = CentralCore(CentralCore.Settings(software: "test"), seed: 2, now: again.clock.now)
        again.tell(.snapshot(bench.book.snapshot(at: bench.clock.now.wall)))
        again.tell(.online(2000))
        again.health(.ok)
        #expect(again.state(.stopped, epoch: 11).commands == [.resume])
    }

    @Test("P8: an answer that the broker refuses is not said again on every connection")
    func refused() throws {
        var bench = CentralCoreBench.ready()
        bench.brokerTakes = false
        let actions = bench.request("R1", ChargePointID(known: "none"))
        let delivery = try #require(actions.compactMap { if case .publish(.status, let delivery) = $0 { delivery } else { nil } }.first)
        bench.tell(.refused(delivery))
        #expect(bench.core.counters.refused == 1)
        bench.pass(.seconds(70))
        bench.tell(.offline)
        bench.log = []
        bench.tell(.online(2000))
        bench.pass(.seconds(1))
        #expect(bench.log.denials.isEmpty)
    }

    @Test("invented charge points are ignored beyond a limit, and that is said once")
    func pointLimit() {
        var bench = CentralCoreBench(online: false)
        bench.core = CentralCore(CentralCore.Settings(software: "test", pointLimit: 3), seed: 1, now: bench.clock.now)
        bench.tell(.snapshot(LedgerSnapshot()))
        bench.tell(.online(2000))
        for number in 0..<9 { bench.hear(ChargePointID(known: "P-\(number)")) }
        #expect(bench.core.counters.pointsIgnored == 4 * 6)
        #expect(bench.log.filter { $0 == .notice(.tooManyPoints(3)) }.count == 1)
        bench.pass(.seconds(3))
        #expect(bench.request("R1", ChargePointID(known: "P-1")).accepted != nil)
    }

    @Test("a fault that the ledger holds ends there when the point serves again, also when Central had started anew meanwhile")
    func recoveryAfterRestart() {
        var bench = CentralCoreBench.ready()
        bench.health(.faulty)
        #expect(bench.book.openFault(of: cp1) == .faulty)
        var again = CentralCoreBench(online: false)
        again.book = bench.book
        again.core = CentralCore(CentralCore.Settings(software: "test"), seed: 2, now: again.clock.now)
        again.tell(.snapshot(again.book.snapshot(at: bench.clock.now.wall)))
        again.tell(.online(2000))
        again.hear(cp1)
        #expect(again.book.openFault(of: cp1) == nil)
    }

    @Test("a closing that the ledger can't hold is tried again later, and not for ever in a row", arguments: [true, false])
    func refusedClosing(isFault: Bool) {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        bench.refusedClosings = 2
        if isFault { bench.health(.faulty) } else { bench.state(.activated) }
        #expect(bench.book.sessions[session]?.isOpen == true)
        bench.pass(.seconds(30))
        #expect(bench.book.sessions[session]?.isOpen == false)
        #expect(bench.refusedClosings == 0)
    }
}
