import Ledger
import Testing

@testable import ChargingModel

@Suite("Who is known to Central (P15)") struct CentralCoreAccessTests {
    private let known = AccessList(drivers: .known([alice, bob]), points: .known([cp1, cp2]))

    @Test("a driver that nobody knows is denied, and leaves no row; who is known is served") func drivers() {
        var bench = CentralCoreBench.ready(access: known)
        #expect(bench.request("R1", cp1, by: carol).denials == [.unknownDriver])
        #expect(bench.book.decisions.isEmpty)
        #expect(bench.request("R1", cp1, by: alice).accepted != nil)
    }

    @Test("who gets a name while Central runs is served by the next request, the same one too") func newDriver() {
        var bench = CentralCoreBench.ready(access: known)
        #expect(bench.request("R1", cp1, by: carol).denials == [.unknownDriver])
        bench.access?.drivers = .known([alice, carol])
        #expect(bench.request("R1", cp1, by: carol).accepted != nil, "in the same moment")
        bench.pass(.seconds(1))
        #expect(bench.request("R2", cp2, by: bob).denials == [.unknownDriver], "and who lost it is not")
    }

    @Test("a session goes on whose driver is known no more, and its driver may stop it and hears how it ended") func sessionOfStranger() {
        var bench = CentralCoreBench.ready(access: known)
        let session = bench.charge("R1", by: alice)
        bench.access?.drivers = .known([bob])
        bench.pass(.seconds(1))
        #expect(bench.request("R2", cp2, by: alice).denials == [.unknownDriver])
        #expect(bench.request("R1", cp1, by: alice).accepted == session, "what was promised is said again")
        #expect(bench.receive(.request(alice, .stop(session))).commands == [.stop(session)])
        #expect(bench.ended(bench.record(session, reason: .stopped)).outcomes == [.completed])
        #expect(bench.request("R1", cp1, by: alice).outcomes == [.completed], "from the ledger")
    }

    @Test("the list is looked at once for any number of requests, and not at all where any is served") func looks() {
        var bench = CentralCoreBench.ready(access: known)
        bench.access = nil
        for number in 1...5000 { bench.request("R\(number)", cp1, by: DriverID(known: "D-\(number)")) }
        #expect(bench.accessLooks == 1)
        #expect(bench.core.access.held.count == CentralCore.heldLimit, "what waits has a limit: beyond it nobody waits")
        #expect(bench.log.denials == Array(repeating: .tooManyRequests, count: 4000), "which is no answer")
        bench.log = []
        bench.tell(.access(nil))
        #expect(bench.core.access.held.isEmpty && bench.log.denials.count == 1000)
        #expect(bench.log.denials.count { $0 == .unknownDriver } == 30, "a crowd of strangers is no work for the ledger")
        #expect(bench.log.count { if case .notice = $0 { true } else { false } } <= 30, "nor for who reads the log")
        var open = CentralCoreBench.ready()
        #expect(open.request("R1", cp1, by: carol).accepted != nil && open.accessLooks == 0)
    }

    @Test("a request that waits for the list when the connection ends is asked again by its driver") func offline() {
        var bench = CentralCoreBench.ready(access: known)
        bench.access = nil
        bench.request("R1")
        bench.tell(.offline)
        #expect(bench.core.access.held.isEmpty)
        bench.tell(.access(nil))
        bench.tell(.online(2000))
        bench.hear(cp1, epoch: 20)
        bench.pass(.milliseconds(2100))
        bench.access = known
        #expect(bench.request("R1").accepted != nil)
    }

    @Test("a point that nobody knows is not heard, is no point, and is told to the operator once a minute") func points() {
        var bench = CentralCoreBench.ready(access: known)
        for number in 1...3000 { bench.hear(ChargePointID(known: "X-\(number)")) }
        #expect(bench.log.verdicts.isEmpty && bench.core.points.count == 2)
        #expect(bench.core.counters.strangersIgnored == 12_000)
        #expect(bench.core.access.strangers.count == CentralCore.strangerLimit)
        #expect(bench.log.count { if case .notice(.unknownPoint) = $0 { true } else { false } } == 1)
        #expect(bench.request("R1", ChargePointID(known: "X-1")).denials == [.unknownChargePoint])
    }

    @Test("a point that gets a name later is asked for all that it said before, and is served then") func newPoint() {
        var bench = CentralCoreBench.ready(access: known)
        let stranger = ChargePointID(known: "X-1")
        bench.hear(stranger)
        #expect(bench.log.commands.isEmpty)
        bench.access?.points = .known([cp1, cp2, stranger])
        #expect(bench.pass(.seconds(1)).commands == [.rebirth], "nobody else has to speak for it")
        bench.hear(stranger, epoch: 11)
        bench.pass(.milliseconds(2100))
        #expect(bench.request("R2", stranger).accepted != nil)
    }

    @Test("nobody looks at the list for the sake of points that are gone with the connection") func quiet() {
        var bench = CentralCoreBench.ready(access: known)
        bench.hear(ChargePointID(known: "X-1"))
        bench.pass(.seconds(10))
        #expect((9...11).contains(bench.accessLooks))
        bench.tell(.offline)
        bench.accessLooks = 0
        bench.pass(.seconds(10))
        #expect(bench.accessLooks <= 1)
    }

    @Test("what the broker keeps of a point that was known once can be removed") func forget() {
        var bench = CentralCoreBench.ready(access: known)
        let stranger = ChargePointID(known: "X-1")
        #expect(bench.tell(.ask(.forget(stranger), 7)).contains(.erase(stranger)))
        #expect(bench.log.contains(.answer(7, .done)))
        var open = CentralCoreBench.ready()
        #expect(open.tell(.ask(.forget(stranger), 7)).contains(.answer(7, .unknown)))
    }

    @Test("what a point metered is a fact: the record of one that nobody knows is kept, and acknowledged") func records() {
        var bench = CentralCoreBench.ready(access: known)
        let stranger = ChargePointID(known: "X-1")
        bench.ended(bench.record(SessionID(known: "S-1")), stranger)
        #expect(bench.book.strays.map(\.cp) == [stranger])
        #expect(bench.log.commands == [.ack(SessionID(known: "S-1"), of: meter)])
    }

    @Test("a point with an open session is heard by a Central that starts, whatever the list says") func openSession() {
        var bench = CentralCoreBench.ready(access: known)
        let session = bench.charge("R1")
        bench.access = AccessList(drivers: .known([]), points: .known([]))
        bench.core = CentralCore(
            CentralCore.Settings(software: "test", access: AccessList(drivers: .known([]), points: .known([]))), seed: 2, now: bench.clock.now)
        bench.restart()
        bench.tell(.online(3000))
        bench.state(.supplying, session: session)
        bench.health(.ok)
        bench.pass(.milliseconds(2100))
        #expect(bench.ended(bench.record(session)).outcomes == [.completed])
        // Until then alone: nobody else is accepted there.
        bench.state(.activated)
        #expect(bench.log.verdicts.last == .disconnected)
        bench.access = AccessList(drivers: known.drivers, points: .known([]))
        #expect(bench.request("R2").accepted == nil)
        bench.access = known
        bench.pass(.seconds(2))
        #expect(bench.log.commands.last == .rebirth)
        bench.hear(cp1, epoch: 30)
        bench.pass(.seconds(1))
        #expect(bench.request("R3").accepted != nil)
    }
}
