import ChargingModel
import Ledger
import Testing

/// What the operator asks of Central, and what is answered.
@Suite struct OperatorTests {
    @Test("S8: a wish is answered when the ledger has it, and not before")
    func availability() {
        var bench = CentralCoreBench.ready()
        bench.isHolding = true
        #expect(bench.tell(.ask(.outOfOrder(cp1), 7)).answers.isEmpty)
        bench.log = []
        #expect(bench.core.outOfOrder.isEmpty)
        bench.release()
        #expect(bench.log.answers == [7: .done])
        #expect(bench.core.outOfOrder == [cp1])
        bench.tell(.ask(.resume(cp1), 8))
        bench.release()
        #expect(bench.core.outOfOrder.isEmpty)
    }

    @Test("A wish whose commit failed is answered so, and so is one while the ledger does not work")
    func noLedger() {
        var bench = CentralCoreBench.ready()
        bench.commitsFail = true
        #expect(bench.tell(.ask(.outOfOrder(cp1), 1)).answers == [1: .ledgerUnavailable])
        #expect(bench.tell(.ask(.resume(cp1), 2)).answers == [2: .ledgerUnavailable])
        #expect(bench.tell(.ask(.forget(cp1), 3)).answers == [3: .ledgerUnavailable])
    }

    @Test("What is not known is called so")
    func unknown() {
        var bench = CentralCoreBench.ready()
        let stranger = ChargePointID(known: "CP-999")
        #expect(bench.tell(.ask(.outOfOrder(stranger), 1)).answers == [1: .unknown])
        #expect(bench.tell(.ask(.forget(stranger), 2)).answers == [2: .unknown])
        #expect(bench.tell(.ask(.stop(SessionID(known: "S-999")), 3)).answers == [3: .unknown])
    }

    @Test("A session is stopped until its record is there, however often the operator asks")
    func stop() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        let first = bench.tell(.ask(.stop(session), 1))
        #expect(first.answers == [1: .done])
        #expect(first.commands == [.stop(session)])
        let second = bench.tell(.ask(.stop(session), 2))
        #expect(second.answers == [2: .done])
        #expect(second.commands.isEmpty)
        #expect(bench.pass(.milliseconds(1100)).commands == [.stop(session)])
        bench.ended(bench.record(session, 10))
        #expect(bench.pass(.seconds(60)).commands.isEmpty)
    }

    @Test("A point is removed only when it is gone: no engine, no monitor, no session")
    func obstacles() {
        var bench = CentralCoreBench.ready()
        func ask() -> OperatorAnswer? { bench.tell(.ask(.forget(cp1), 1)).answers[1] }
        #expect(ask() == .refused("the engine of CP-001 is connected"))
        bench.engineWill()
        #expect(ask() == .refused("the monitor of CP-001 is connected"))
        bench.health(.unmonitored)
        bench.tell(.offline)
        #expect(ask() == .refused("Central is not connected to the broker, which keeps what CP-001 said last"))
        bench.tell(.online(2000))
        #expect(ask() == .refused("Central is starting: CP-001 may be about to be heard"))
        bench.pass(.seconds(3))
        #expect(ask() == .done)
    }

    @Test("P4: a point that is removed leaves nothing with the broker, and no wish and no fault in the ledger")
    func forget() {
        var bench = CentralCoreBench.ready()
        bench.tell(.ask(.outOfOrder(cp1), 1))
        bench.engineWill()
        bench.health(.unmonitored)
        let actions = bench.tell(.ask(.forget(cp1), 2))
        #expect(actions.answers == [2: .done])
        #expect(actions.contains(.erase(cp1)))
        #expect(bench.book.availabilities().isEmpty)
        #expect(bench.book.openFaults().isEmpty)
        #expect(bench.request("R1").denials == [.unknownChargePoint])
        // It may come back, as a new one.
        bench.hear(cp1, epoch: 20)
        bench.pass(.milliseconds(500))
        #expect(bench.request("R2").accepted != nil)
    }

    @Test("S8: a point that comes back while its removal is written is a new one: nothing of it is erased, and no wish is left for it anywhere")
    func cameBack() {
        var bench = CentralCoreBench.ready()
        bench.tell(.ask(.outOfOrder(cp1), 1))
        #expect(bench.core.outOfOrder == [cp1])
        bench.engineWill()
        bench.health(.unmonitored)
        bench.isHolding = true
        bench.tell(.ask(.forget(cp1), 2))
        // It is told that it is out of order, since that is not forgotten yet.
        bench.hear(cp1, epoch: 20)
        #expect(bench.log.commands.last == .outOfOrder)
        bench.state(.stopped, epoch: 20)
        bench.log = []
        bench.isHolding = false
        bench.release()
        #expect(bench.log.answers == [2: .done])
        #expect(!bench.log.contains(.erase(cp1)))
        #expect(bench.log.commands == [.resume])
        #expect(bench.book.availabilities().isEmpty && bench.core.outOfOrder.isEmpty)
        bench.state(.activated, epoch: 20)
        bench.pass(.milliseconds(500))
        #expect(bench.request("R1").accepted != nil)
    }

    @Test(
        "S8: while a removal is written nobody can wish, and while a wish is written nobody can remove: what was promised last holds, whatever dies")
    func wishesAndRemovals() {
        for before in [true, false] {
            var bench = CentralCoreBench.ready()
            bench.tell(.ask(before ? .outOfOrder(cp1) : .resume(cp1), 1))
            bench.engineWill()
            bench.health(.unmonitored)
            bench.isHolding = true
            bench.tell(.ask(.forget(cp1), 2))
            #expect(bench.tell(.ask(before ? .resume(cp1) : .outOfOrder(cp1), 3)).answers == [3: .refused("CP-001 is being removed")])
            #expect(bench.tell(.ask(.forget(cp1), 4)).answers == [4: .refused("CP-001 is being removed")])
            bench.commitsFail = true
            bench.log = []
            bench.isHolding = false
            bench.release()
            #expect(bench.log.answers == [2: .ledgerUnavailable])
            #expect(bench.book.availabilities() == [cp1: before])
            bench.commitsFail = false
            bench.pass(.seconds(3))
            bench.isHolding = true
            bench.tell(.ask(before ? .resume(cp1) : .outOfOrder(cp1), 5))
            #expect(bench.tell(.ask(.forget(cp1), 6)).answers == [6: .refused("an operator's wish for CP-001 is on its way")])
            bench.isHolding = false
            bench.release()
            #expect(bench.book.availabilities() == [cp1: !before])
            bench.restart()
            bench.tell(.online(3000))
            bench.hear(cp1, epoch: 30)
            bench.pass(.seconds(3))
            #expect((bench.request("R1").accepted != nil) == before)
        }
    }

    @Test("P4: a removal that the ledger has when the connection is lost is carried out in the next one, and answered then")
    func removalOverReconnect() {
        var bench = CentralCoreBench.ready()
        bench.engineWill()
        bench.health(.unmonitored)
        bench.isHolding = true
        bench.tell(.ask(.forget(cp1), 1))
        bench.tell(.offline)
        bench.log = []
        bench.isHolding = false
        bench.release()
        #expect(bench.log.answers.isEmpty)
        bench.tell(.online(2000))
        let later = bench.pass(.seconds(3))
        #expect(later.answers == [1: .done])
        #expect(later.contains(.erase(cp1)))
        #expect(bench.request("R1").denials == [.unknownChargePoint])
    }

    @Test("A stop that was promised to an operator outlives Central, and is in the log once")
    func stopOutlivesCentral() {
        var bench = CentralCoreBench.ready()
        let session = bench.charge("R1")
        bench.tell(.ask(.stop(session), 1))
        bench.tell(.ask(.stop(session), 2))
        #expect(bench.book.auditLog.filter { $0.what == .stopAsked }.map(\.session) == [session])
        bench.restart()
        bench.tell(.online(3000))
        #expect(bench.pass(.seconds(3)).commands.contains(.stop(session)))
    }

    @Test("S1: a stop of a session that is only proposed is carried out when it is promised, and is unknown when it never was")
    func stopOfProposal() {
        var bench = CentralCoreBench.ready()
        bench.isHolding = true
        bench.request("R1")
        guard case .decide(let decision, _) = bench.held.first?.1.first, case .accepted(let assignment) = decision.ruling else {
            Issue.record("nothing is proposed")
            return
        }
        let session = assignment.session
        #expect(bench.tell(.ask(.stop(session), 1)).answers.isEmpty)
        bench.log = []
        bench.isHolding = false
        bench.release()
        #expect(bench.log.answers == [1: .done])
        #expect(bench.log.commands.last == .stop(session))
    }
}

extension [CentralCore.Action] {
    fileprivate var answers: [UInt64: OperatorAnswer] {
        reduce(into: [:]) { if case .answer(let question, let answer) = $1 { $0[question] = answer } }
    }
}
