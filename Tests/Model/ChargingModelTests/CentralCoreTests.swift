import ChargingModel
import Ledger
import Testing

@Suite struct CentralCoreTests {
    @Test("S1: decided, written, then published: ACCEPTED, START, the verdict ASSIGNED")
    func accept() throws {
        var bench = CentralCoreBench.ready()
        bench.isHolding = true
        let decided = bench.request("R1")
        #expect(decided.messages.isEmpty, "nothing is promised before the commit")
        bench.log = []
        bench.release()
        let kinds = bench.log.messages.map { message in
            switch message {
            case .status: "status"
            case .command: "command"
            case .verdict: "verdict"
            default: "other"
            }
        }
        #expect(kinds == ["status", "command", "verdict"])
        #expect(bench.log.accepted != nil)
        #expect(bench.log.verdicts == [.assigned])
        let decision = try #require(bench.book.decisions.first)
        #expect(decision.verdict == .activated, "I5: the verdict is stored with the decision")
    }

    @Test("S7, P8: Central goes on the bus when its ledger has been read, or found not to work, and not before", arguments: [true, false])
    func connects(isReadable: Bool) {
        let clock = HandClock()
        var core = CentralCore(CentralCore.Settings(software: "test"), seed: 1, now: clock.now)
        let snapshot = isReadable ? LedgerBook().snapshot(at: clock.now.wall) : nil
        #expect(core.begin(at: clock.now) == [.read])
        #expect(core.handle(.snapshot(snapshot), at: clock.now).first == .connect)
        #expect(!core.handle(.snapshot(snapshot), at: clock.now).contains(.connect), "once")
    }

    @Test("S1, S7: when the commit fails nothing is promised, the driver is told LEDGER_UNAVAILABLE, and the ledger is read again")
    func commitFails() {
        var bench = CentralCoreBench.ready()
        bench.isHolding = true
        bench.commitsFail = true
        bench.request("R1")
        bench.request("R2", cp2, by: bob)
        bench.log = []
        bench.release()
        #expect(bench.log.denials == [.ledgerUnavailable, .ledgerUnavailable])
        #expect(bench.log.accepted == nil)
        #expect(bench.log.commands.isEmpty)
        bench.isHolding = false
        #expect(bench.request("R1").denials == [.ledgerUnavailable])
        bench.commitsFail = false
        bench.pass(.seconds(2))
        #expect(bench.request("R1").accepted != nil, "the same id may be asked again")
    }

    @Test("S7: a commit that was written although it was said to have failed is found again, and its driver gets the same session")
    func commitUnknown() throws {
        var bench = CentralCoreBench.ready()
        bench.isHolding = true
        bench.request("R1")
        let (number, operations) = try #require(bench.held.first)
        bench.held = []
        _ = bench.book.apply(operations)
        bench.tell(.commitFailed(number))
        bench.isHolding = false
        bench.pass(.milliseconds(1100))
        let session = try #require(bench.book.openSessions().first?.id)
        #expect(bench.request("R1").accepted == session)
        let after = bench.pass(.seconds(5))
        #expect(!after.commands.contains { $0.name == .start }, "START is never sent again")
        #expect(after.failures == ["never_started"])
        #expect(bench.request("R9", cp1).accepted != nil, "nobody is to blame")
    }

    @Test("S2: a repeat gets the recorded decision, and its outcome when there is one; a new id is a new attempt")
    func repeats() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        #expect(bench.request("R1").accepted == session)
        #expect(bench.request("R2", cp1, by: bob).denials == [.busy])
        bench.ended(bench.record(session))
        bench.state(.activated)
        let again = bench.request("R1")
        #expect(again.accepted == session)
        #expect(again.outcomes == [.completed])
        #expect(bench.request("R2", cp1, by: bob).denials == [.busy], "decided once, although the point is free now")
        #expect(bench.request("R3", cp1, by: bob).accepted != nil)
    }

    @Test("S5: the record closes the session: outcome, ticket, ACK after the commit")
    func complete() throws {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        bench.isHolding = true
        #expect(bench.ended(bench.record(session, 61)).messages.isEmpty)
        bench.log = []
        bench.isHolding = false
        bench.release()
        #expect(bench.log.outcomes == [.completed])
        #expect(bench.log.commands == [.ack(session, of: meter)])
        let ticket = try #require(bench.log.tickets.first?.tickets.first)
        #expect(ticket.cost == Money(microEuro: 20_000))
        #expect(ticket.complete)
        #expect(bench.ended(bench.record(session, 61)).commands == [.ack(session, of: meter)], "S6: a record already held is acknowledged again")
        #expect(bench.log.outcomes == [.completed])
    }

    @Test("S3, S5: START unconfirmed after 2 s is never_started; a refusal closes at once")
    func unconfirmed() {
        var bench = CentralCoreBench.ready()
        let session = bench.request("R1").accepted
        #expect(bench.pass(.milliseconds(1900)).outcomes.isEmpty)
        let late = bench.pass(.milliseconds(200))
        #expect(late.failures == ["never_started"])
        #expect(late.commands == session.map { [.stop($0)] })
        let second = bench.request("R2", cp2).accepted
        let refusal = CommandRefusal(command: .start, id: CommandID(known: "x"), session: second, reason: "charging")
        let refused = bench.receive(.event(ChargePointEvent(epoch: 10, cp: cp2, kind: .commandRefused(refusal))))
        #expect(refused.failures == ["never_started"])
    }

    @Test(
        "S5, F3: the monitor's FAULTY closes the session, unless it is taken back in half a second; STOP goes out, at each birth again; the late record completes the bill"
    )
    func fault() throws {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        bench.telemetry(session, 30, seq: 1)
        #expect(bench.health(.faulty).verdicts.last == .faulty)
        #expect(bench.pass(.milliseconds(499)).failures.isEmpty && bench.health(.ok).failures.isEmpty && bench.pass(.seconds(3)).failures.isEmpty)
        let faulty = bench.health(.faulty) + bench.pass(.milliseconds(500))
        #expect(faulty.failures == ["fault"])
        #expect(faulty.commands == [.stop(session)])
        #expect(bench.book.sessions[session]?.energy.wattHours == 30)
        bench.health(.ok)
        bench.seqs[cp1] = 0
        #expect(bench.state(.activated, epoch: 11).commands == [.stop(session)])
        let late = bench.ended(bench.record(session, 42, reason: .stopped), epoch: 11)
        #expect(late.commands == [.ack(session, of: meter)])
        let held = try #require(bench.book.sessions[session])
        #expect(held.isComplete && held.energy.wattHours == 42)
        #expect(held.closing?.reason == .fault, "I4: status and reason are fixed")
        bench.seqs[cp1] = 0
        #expect(bench.state(.activated, epoch: 12).commands.isEmpty)
    }

    @Test("F2: engine killed: FAULTY by its will, IN_PROGRESS with no contact; its journal's record closes as interrupted")
    func killed() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        let will = bench.engineWill()
        #expect(will.verdicts.last == .faulty)
        guard case .inProgress(_, _, _, _, let reason) = will.statuses.first else { return #expect(Bool(false)) }
        #expect(reason == "no contact with CP-001")
        bench.seqs[cp1] = 0
        let back = bench.ended(bench.record(session, 30, reason: .interrupted), epoch: 11)
        #expect(back.failures == ["interrupted"])
    }

    @Test("S5: an engine heard live not supplying has 2 s for its record")
    func notSupplying() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        #expect(bench.state(.activated).verdicts == [.assigned], "settling")
        #expect(bench.pass(.milliseconds(1900)).outcomes.isEmpty)
        #expect(bench.pass(.milliseconds(200)).failures == ["interrupted"])
        #expect(bench.book.sessions[session]?.awaitsRecord == true)
    }

    @Test("S7: a wait that is over waits for its fence; a record that was queued before it counts")
    func fence() {
        var bench = CentralCoreBench.ready()
        bench.fencesReturn = false
        let session = bench.charge("R1")
        bench.state(.activated)
        let over = bench.pass(.seconds(3))
        #expect(over.outcomes.isEmpty)
        let fences = over.messages.filter { if case .fence = $0 { true } else { false } }
        #expect(fences.count == 1)
        #expect(bench.ended(bench.record(session)).outcomes == [.completed])
        for fence in fences { #expect(bench.receive(fence).outcomes.isEmpty) }
    }

    @Test("S5, F5, S7: an engine gone for 60 s of connected time, without the first 10 s of each connection, is interrupted")
    func gone() {
        var bench = CentralCoreBench.ready()
        _ = bench.charge("R1")
        bench.engineWill()
        bench.receive(.health(.will(epoch: 10, cp: cp1)))
        #expect(bench.pass(.seconds(30)).outcomes.isEmpty)
        bench.tell(.offline)
        #expect(bench.pass(.seconds(600)).outcomes.isEmpty, "no time passes while Central is away")
        bench.tell(.online(1001))
        // About 8 s of the first connection were grace; 22 count, so 38 are left after 10 s more of grace.
        #expect(bench.pass(.seconds(46)).outcomes.isEmpty)
        #expect(bench.pass(.seconds(4)).failures == ["interrupted"])
    }

    @Test("F7, F9: an engine that comes back supplying goes on as if nothing had been")
    func back() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        bench.tell(.offline)
        bench.pass(.seconds(3))
        bench.tell(.online(1001))
        bench.seqs[cp1] = 0
        bench.state(.supplying, epoch: 11, session: session)
        #expect(bench.pass(.seconds(120)).outcomes.isEmpty)
        #expect(bench.ended(bench.record(session), epoch: 11).outcomes == [.completed])
    }

    @Test("S2, S7: a START in flight when Central lost its connection is not sent again, fails, and is not counted")
    func startLost() {
        var bench = CentralCoreBench.ready()
        for round in 1...4 {
            #expect(bench.request("R\(round)").accepted != nil)
            bench.tell(.offline)
            bench.tell(.online(1000 + UInt64(round)))
            bench.hear(cp1, epoch: 10 + UInt64(round))
            let after = bench.pass(.seconds(5))
            #expect(!after.commands.contains { $0.name == .start })
            #expect(after.failures == ["never_started"])
        }
        #expect(bench.request("R9").accepted != nil)
    }

    @Test("P8: answers that the broker did not take are said again on the next connection")
    func undelivered() {
        var bench = CentralCoreBench.ready()
        bench.brokerTakes = false
        let session = bench.request("R1").accepted
        bench.tell(.offline)
        bench.pass(.seconds(300))
        #expect(bench.tell(.online(1001)).accepted == session)
    }

    @Test("P8: Central says that it is there when it has read what the broker kept; when its fence does not come back, all the same")
    func arrival() {
        for way in 0..<3 {
            var bench = CentralCoreBench(online: false)
            bench.fencesReturn = false
            bench.brokerTakes = false
            let first = bench.tell(.online(1000))
            #expect(first.fences.count == 1 && first.messages.count == 1)
            bench.brokerTakes = true
            bench.hear(cp1)
            #expect(bench.receive(.state(.will(epoch: 3, cp: cp2)), retained: true).messages.isEmpty)
            // Whoever asks is answered when it is there.
            #expect(bench.request("R1").messages.isEmpty && bench.pass(.seconds(9)).messages.isEmpty)
            #expect(bench.receive(.fence(Fence(epoch: 999, number: first.fences[0].number))).messages.isEmpty)
            let after =
                switch way {
                case 0: bench.receive(.fence(first.fences[0]))
                case 1: bench.tell(.refused(first.deliveries[0]))
                default: bench.pass(.seconds(1))
                }
            #expect(after.messages.first == .centralStatus(CentralStatus(epoch: 1000, online: true, software: "test", protocolVersion: 2)))
            #expect(after.verdicts.count == 2 && after.denials == [.centralStarting], "\(after)")
            bench.tell(.delivered(first.deliveries[0]))
            #expect(bench.receive(.fence(first.fences[0])).messages.isEmpty, "once")
        }
    }

    @Test("S5, S8: an engine that is born while Central reads what the broker kept is told what it should know when Central is there")
    func bornDuringArrival() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        bench.health(.faulty)
        bench.pass(.seconds(1))
        bench.tell(.offline)
        bench.fencesReturn = false
        let fence = bench.tell(.online(1001)).fences[0]
        bench.seqs[cp1] = 0
        bench.hear(cp1, epoch: 11)
        #expect(bench.receive(.fence(fence)).commands.contains(.stop(session)))
    }

    @Test("P8: connections that are lost before Central was there use up nothing of the next one's window")
    func lostArrivals() {
        var bench = CentralCoreBench.ready()
        bench.tell(.offline)
        bench.brokerTakes = false
        bench.fencesReturn = false
        for number in 0..<300 {
            bench.tell(.online(2000 + UInt64(number)))
            bench.tell(.offline)
        }
        bench.fencesReturn = true
        #expect(bench.tell(.online(3000)).verdicts.count == 2)
    }

    @Test("P8: a connection that is lost before Central was there is none")
    func lostArrival() {
        var bench = CentralCoreBench(online: false)
        bench.fencesReturn = false
        let first = bench.tell(.online(1000))
        bench.tell(.offline)
        #expect(bench.receive(.fence(first.fences[0])).messages.isEmpty && bench.pass(.seconds(60)).messages.isEmpty)
        let second = bench.tell(.online(1001))
        guard case .centralStatus(let status)? = bench.receive(.fence(second.fences[0])).messages.first else { return #expect(Bool(false)) }
        #expect(status.epoch == 1001 && status.online)
    }

    @Test("P11: retained states are not believed")
    func retained() {
        var bench = CentralCoreBench()
        bench.receive(
            .info(
                ChargePointInfo(
                    epoch: 10, cp: cp1, power: Power(watts: 1), price: Price(microEuroPerKilowattHour: 1), kind: "AC", meter: meter, software: "t")),
            retained: true)
        bench.state(.activated, retained: true)
        bench.receive(.health(HealthReport(epoch: 10, cp: cp1, health: .ok, failures: 0, reason: "x")), retained: true)
        #expect(bench.request("R1").denials == [.centralStarting])
        let after = bench.pass(.seconds(3))
        #expect(after.commands == [.rebirth], "P8: asked to speak after 2 s")
        #expect(bench.request("R1").denials == [.disconnected], "an unrecorded denial is no decision")
    }

    @Test("P6: what is older than the newest epoch is dropped: a late will does not overwrite a birth")
    func lateWill() {
        var bench = CentralCoreBench.ready()
        bench.seqs[cp1] = 0
        bench.state(.activated, epoch: 11)
        #expect(bench.engineWill(epoch: 10).isEmpty)
        // Somebody else could have said that: its engine has half a second to say so.
        #expect(bench.request("R1").isEmpty && bench.request("R1").isEmpty && bench.pass(.milliseconds(499)).isEmpty)
        #expect(bench.pass(.milliseconds(1)).accepted != nil)
        // Another one says that it lives: then it takes longer.
        bench.receive(
            .state(StateReport(epoch: 9, seq: 90, cp: cp2, state: .activated, meter: meter, register: .zero, reason: "test")))
        #expect(bench.request("R2", cp2, by: DriverID(known: "bob")).denials == [.centralStarting])
        bench.pass(.seconds(10))
        #expect(bench.request("R2", cp2, by: DriverID(known: "bob")).accepted != nil)
    }

    @Test("P7: a repeated seq is dropped, a gap on state causes REBIRTH, a gap in telemetry is counted")
    func sequences() {
        var bench = CentralCoreBench.ready()
        bench.seqs[cp1] = 5
        #expect(bench.state(.activated).commands == [.rebirth])
        bench.seqs[cp1] = 2
        #expect(bench.state(.faulty).isEmpty)
        let session = bench.charge("R1")
        bench.telemetry(session, 10, seq: 1)
        bench.telemetry(session, 40, seq: 4)
        #expect(bench.core.counters.telemetryLost == 2)
        #expect(bench.core.counters.stateGaps == 1)
    }

    @Test("P4, P7: the largest numbers that may arrive, again and again, crash nothing")
    func hugeSequences() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        for epoch: Epoch in 10...20 {
            bench.telemetry(session, 1, seq: 1, epoch: epoch)
            bench.telemetry(session, 1, seq: UInt64(Int64.max), epoch: epoch)
            bench.seqs[cp1] = UInt64(Int64.max) - 1
            bench.state(.activated, epoch: epoch)
        }
        #expect(bench.core.counters.telemetryLost == 0 && bench.core.counters.repeatedDropped > 0)
    }

    @Test("Verdict and denial for every state of engine and monitor, first match wins")
    func verdicts() {
        typealias Row = (setUp: (inout CentralCoreBench) -> Void, verdict: Verdict, code: DenialCode?)
        let rows: [Row] = [
            ({ _ in }, .activated, nil),
            ({ $0.health(.unmonitored) }, .disconnected, .disconnected),
            ({ $0.health(.faulty) }, .faulty, .faulty),
            ({ $0.state(.faulty) }, .faulty, .faulty),
            ({ $0.engineWill() }, .faulty, .faulty),
            ({ $0.state(.disconnected, reason: "stopped") }, .disconnected, .disconnected),
            ({ $0.state(.stopped) }, .stopped, .stopped),
            ({ $0.tell(.ask(.outOfOrder(cp1), 1)) }, .stopped, .stopped),
            ({ _ = $0.charge("R0", by: bob) }, .supplying, .busy),
            ({ $0.request("R0", by: bob) }, .assigned, .busy),
            (
                {
                    $0.state(.faulty)
                    $0.health(.unmonitored)
                }, .disconnected, .disconnected
            ),
            ({ $0.state(.supplying, session: SessionID(known: "by-hand")) }, .supplying, .busy),
        ]
        for row in rows {
            var bench = CentralCoreBench.ready()
            row.setUp(&bench)
            if row.verdict != .activated { #expect(bench.log.verdicts.last == row.verdict) }
            let answer = bench.request("R1")
            #expect(answer.denials.first == row.code)
            if row.code == nil { #expect(answer.accepted != nil) }
        }
    }

    @Test("denials that name no point: unknown, driver busy, none available, bad request, stopping")
    func denials() {
        var bench = CentralCoreBench.ready()
        #expect(bench.request("R1", ChargePointID(known: "CP-404")).denials == [.unknownChargePoint])
        _ = bench.charge("R2")
        #expect(bench.request("R3", cp2).denials == [.driverBusy], "I1: one vehicle by default")
        #expect(bench.request("R4", nil, by: bob).accepted != nil, "anywhere is the other point")
        #expect(bench.request("R5", nil, by: DriverID(known: "carol")).denials == [.noneAvailable])
        #expect(bench.receive(.request(alice, .malformed(request: nil, reason: "cp: expected text"))).denials == [.badRequest])
        bench.tell(.stop)
        #expect(bench.request("R6", cp2).denials == [.centralStopping])
    }

    @Test("I1: a driver with two vehicles has two sessions and not three")
    func vehicles() {
        var bench = CentralCoreBench.ready(vehicles: [alice: 2])
        bench.hear(ChargePointID(known: "CP-003"))
        #expect(bench.request("R1", cp1).accepted != nil)
        #expect(bench.request("R2", cp2).accepted != nil)
        #expect(bench.request("R3", ChargePointID(known: "CP-003")).denials == [.driverBusy])
    }

    @Test("S9: a driver stops its own session and no other; Central repeats STOP until the record is there")
    func stop() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        #expect(bench.receive(.request(bob, .stop(session))).denials == [.badRequest])
        #expect(bench.receive(.request(alice, .stop(SessionID(known: "nope")))).denials == [.badRequest])
        #expect(bench.receive(.request(alice, .stop(session))).commands == [.stop(session)])
        #expect(bench.pass(.seconds(3)).commands == [.stop(session), .stop(session)])
        #expect(bench.ended(bench.record(session, reason: .stopped)).outcomes == [.completed])
        #expect(bench.pass(.seconds(60)).commands.isEmpty)
        #expect(bench.receive(.request(alice, .stop(session))).outcomes == [.completed])
    }

    @Test("S6: an unknown record is an orphan, stored and acknowledged; one of another meter or below telemetry is stored beside")
    func strays() throws {
        var bench = CentralCoreBench.ready()
        let unknown = SessionID(known: "by-hand")
        #expect(bench.ended(bench.record(unknown)).commands == [.ack(unknown, of: meter)])
        #expect(bench.book.strays.map(\.kind) == [.orphan])
        let session = bench.charge("R1")
        bench.telemetry(session, 50, seq: 1)
        #expect(bench.ended(bench.record(session, 40)).commands == [.ack(session, of: meter)])
        bench.state(.activated)
        let held = try #require(bench.book.sessions[session])
        #expect(!held.isComplete && held.contradiction != nil && !held.isOpen && !held.awaitsRecord)
        let second = bench.charge("R2")
        let other = MeterID(known: "m-2")
        #expect(bench.ended(bench.record(second, 40, meter: other)).commands == [.ack(second, of: other)], "S4: and not that of its own meter")
        #expect(bench.book.strays.count { $0.kind == .contradiction } == 2)
        #expect(bench.book.sessions[second]?.isOpen == true, "its engine says that it goes on")
        bench.seqs[cp1] = 0
        bench.state(.activated, epoch: 11)
        #expect(bench.pass(.seconds(2)).commands == [.stop(second)])
        #expect(bench.ended(bench.record(second, 40, meter: other), epoch: 11).commands == [.ack(second, of: other)])
        #expect(bench.book.sessions[second]?.contradiction != nil && bench.pass(.seconds(70)).commands.isEmpty, "the STOPs end")
    }

    @Test("S8: the operator's wish counts at once, and is sent at every birth that disagrees")
    func availability() {
        var bench = CentralCoreBench.ready()
        let availabilities = bench.tell(.ask(.outOfOrder(cp1), 1))
        #expect(availabilities.commands == [.outOfOrder])
        #expect(availabilities.verdicts == [.stopped])
        bench.seqs[cp1] = 0
        #expect(bench.state(.activated, epoch: 11).commands == [.outOfOrder])
        #expect(bench.tell(.ask(.resume(cp1), 1)).commands == [.resume])
        bench.seqs[cp1] = 0
        #expect(bench.state(.activated, epoch: 12).commands.isEmpty)
        bench.seqs[cp1] = 0
        #expect(bench.state(.stopped, epoch: 13).commands == [.resume])
    }

    @Test("S8: nobody is accepted while the wish is on its way to the ledger (seed 51)")
    func wishUnderWay() {
        var bench = CentralCoreBench.ready()
        bench.isHolding = true
        bench.tell(.ask(.outOfOrder(cp1), 1))
        bench.request("R1")
        bench.log = []
        bench.release()
        let said = bench.log
        #expect(said.accepted == nil)
        #expect(said.denials == [.stopped])
    }

    @Test("S8: nor while an older wish to resume is written before it (seed 103202)")
    func availabilityChanges() {
        var bench = CentralCoreBench.ready()
        bench.isHolding = true
        bench.tell(.ask(.resume(cp1), 1))
        bench.tell(.ask(.outOfOrder(cp1), 1))
        let (number, operations) = bench.held.removeFirst()
        #expect(operations.count == 1)
        bench.tell(.committed(number, bench.book.apply(operations)))
        bench.request("R1")
        bench.log = []
        bench.release()
        bench.isHolding = false
        let said = bench.log
        #expect(said.accepted == nil)
        #expect(said.denials == [.stopped])
        #expect(bench.tell(.ask(.resume(cp1), 1)).commands == [.resume])
        #expect(bench.request("R2").accepted != nil)
    }

    @Test("S8: a wish that never reached the ledger is not told to an engine that is born meanwhile (seed 21977)")
    func wishLost() {
        var bench = CentralCoreBench.ready()
        bench.isHolding = true
        bench.tell(.ask(.outOfOrder(cp1), 1))
        bench.seqs[cp1] = 0
        #expect(bench.state(.activated, epoch: 11).commands.isEmpty)
        bench.commitsFail = true
        bench.release()
        bench.commitsFail = false
        bench.isHolding = false
        bench.pass(.seconds(2))
        #expect(bench.request("R1").accepted != nil)
    }

    @Test("breaker: three failures deny BREAKER_OPEN, and the half-open slot lets one session through")
    func breaker() {
        var bench = CentralCoreBench.ready()
        for round in 1...3 {
            #expect(bench.request("R\(round)").accepted != nil)
            bench.pass(.milliseconds(2100))
        }
        #expect(bench.request("R4").denials == [.breakerOpen])
        bench.pass(.seconds(10))
        let session = bench.charge("R5")
        bench.ended(bench.record(session))
        bench.state(.activated)
        #expect(bench.request("R6").accepted != nil)
    }

    @Test("F6: Central restarted reads its ledger, takes the sessions up, and repeats outcomes and tickets")
    func restart() {
        var bench = CentralCoreBench.ready()
        let running = bench.charge("R1")
        let other = bench.charge("R2", cp2, by: bob)
        bench.ended(bench.record(other), cp2)
        var again = CentralCoreBench(online: false)
        again.book = bench.book
        again.clock = bench.clock
        again.core = CentralCore(CentralCore.Settings(software: "test"), seed: 2, now: again.clock.now)
        again.tell(.snapshot(bench.book.snapshot(at: bench.clock.now.wall)))
        let online = again.tell(.online(2000)) + again.pass(.seconds(1))
        #expect(online.outcomes == [.completed])
        #expect(online.tickets.map(\.driver) == [bob])
        #expect(online.accepted == running)
        again.hear(cp1, epoch: 11)
        again.seqs[cp1] = 1
        again.state(.supplying, epoch: 11, session: running)
        #expect(again.pass(.seconds(100)).outcomes.isEmpty)
        #expect(again.ended(again.record(running), epoch: 11).outcomes == [.completed])
    }

    @Test("P10: a clean stop waits for the commit that is under way, then says goodbye")
    func stopsCleanly() {
        var bench = CentralCoreBench.ready()
        bench.isHolding = true
        bench.request("R1")
        #expect(!bench.tell(.stop).contains { if case .farewell = $0 { true } else { false } })
        bench.log = []
        bench.release()
        #expect(bench.log.accepted != nil)
        guard case .farewell(.centralStatus(let status)) = bench.log.last else { return #expect(Bool(false)) }
        #expect(status.online == false && status.reason == "stopped")
    }

    @Test("P10: after its last word Central writes nothing of points: the next one hears it")
    func hearsNothingAfterwards() {
        var bench = CentralCoreBench.ready()
        bench.tell(.stop)
        let after = bench.tell(.received(.health(.will(epoch: 1 << 50, cp: ChargePointID(known: "CP-001"))), retained: false))
        #expect(after == [])
    }

    @Test("S2, S3: a session that waits for its vehicle is confirmed; the driver is told, once; when nobody comes the point is not to blame")
    func plugIn() {
        var bench = CentralCoreBench.ready()
        for number in 1...4 {
            let session = bench.request("R\(number)").accepted ?? SessionID(known: "none")
            bench.log = []
            for _ in 1...2 { bench.state(.supplying, session: session, phase: .plugIn) }
            #expect(bench.log.statuses.count == 1, "\(bench.log.statuses)")
            bench.pass(.seconds(65))
            #expect(bench.book.sessions[session]?.isOpen == true)
            bench.ended(bench.record(session, 0, reason: .neverStarted))
            bench.state(.activated)
            #expect(bench.book.sessions[session]?.closing?.reason == .neverStarted)
        }
        #expect(bench.request("R9").accepted != nil, "the breaker is closed")
    }

    @Test("a point at which a vehicle is still plugged in is nobody else's")
    func finishing() {
        var bench = CentralCoreBench.ready()
        bench.state(.activated, phase: .finishing)
        #expect(bench.request("R1").denials == [.busy])
        bench.state(.activated)
        #expect(bench.request("R2").accepted != nil)
    }

    @Test("S11: a session that was begun offline with a known token is entered once and billed to its account; any other is an orphan")
    func offline() {
        var bench = CentralCoreBench.ready(tokens: [TokenID(known: "card-1"): alice])
        func id(_ number: Int) -> SessionID { SessionID(known: "01M8HMTCS4M923TXA0XS48RW2\(number)") }
        func record(_ number: Int, token: String?) -> SessionRecord {
            var record = bench.record(id(number), 100, reason: .stopped)
            record.driver = nil
            record.started = record.ended.advanced(byMilliseconds: -20_000)
            record.provenance = Provenance(origin: .offline, token: token.map { TokenID(known: $0) }, clock: .station)
            return record
        }
        for _ in 1...2 {
            let said = bench.ended(record(1, token: "card-1"))
            #expect(said.commands == [.ack(id(1), of: meter)])
        }
        let entered = bench.book.sessions[id(1)]
        #expect(entered?.driver == alice && entered?.energy == Energy(wattHours: 100) && entered?.isComplete == true)
        #expect(entered?.provenance.origin == .offline && entered?.provenance.clock == .station)
        #expect(bench.log.tickets.last?.tickets.map(\.session) == [id(1)])
        bench.ended(record(2, token: "card-2"))
        bench.ended(record(3, token: nil))
        #expect(bench.book.strays.map(\.kind) == [.orphan, .orphan])
        // What is billed already, or by an id that says no time, is on no account's bill; what is of another meter than the point's is not taken.
        bench.ended(record(4, token: "card-1"))
        var other = record(5, token: "card-1")
        other.meter = MeterID(known: "m-other")
        #expect(bench.ended(other).commands.isEmpty)
        other = record(6, token: "card-1")
        other.session = SessionID(known: "R1")
        bench.ended(other)
        #expect(bench.book.strays.count == 4 && bench.book.sessions.count == 1)
        var audited = AuditRecords(bench.book)
        audited.defaultVehicles = 1
        #expect(Audit.examine(audited).findings.isEmpty)
    }

    @Test("I1: a driver's vehicles are slots of the ledger: what two decisions would take is given once, and the other is DENIED DRIVER_BUSY")
    func slots() {
        var book = LedgerBook()
        func decision(_ id: String, _ cp: ChargePointID) -> Decision {
            let assignment = Assignment(
                session: SessionID(known: "S-\(id)"), cp: cp, power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 1), meter: meter,
                energyTarget: nil, duration: nil)
            return Decision(
                driver: alice, request: RequestID(known: id), cp: cp, ruling: .accepted(assignment), verdict: .activated,
                at: WallTime(milliseconds: 0))
        }
        #expect(book.apply(.decide(decision("A", cp1), vehicles: 1)) == .decided)
        guard case .alreadyDecided(let denied, nil) = book.apply(.decide(decision("B", cp2), vehicles: 1)),
            case .denied(.driverBusy, _) = denied.ruling
        else { return #expect(Bool(false)) }
        #expect(book.decision(of: alice, RequestID(known: "B")) == denied && book.sessions.count == 1)
        _ = book.apply(.close(SessionID(known: "S-A"), .fault, Seen(), at: WallTime(milliseconds: 1)))
        #expect(book.apply(.decide(decision("C", cp2), vehicles: 1)) == .decided)
        #expect(book.apply(.decide(decision("D", cp1), vehicles: 2)) == .decided)
        #expect(book.openSlots(of: alice) == [0, 1])
    }
}
