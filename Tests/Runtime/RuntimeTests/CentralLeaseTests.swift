import ChargingModel
import Testing

@testable import Runtime

@Suite("Central's turn at a ledger that others may write, too") struct CentralLeaseTests {
    private func now(_ milliseconds: Int64, wall: Int64? = nil) -> Now {
        Now(monotonic: Instant(nanoseconds: milliseconds * 1_000_000), wall: WallTime(milliseconds: 1_000_000 + (wall ?? milliseconds)))
    }

    /// The ticket of the wish that is due.
    private func take(_ lease: inout CentralLease, at now: Now) -> UInt64? {
        if case .take(let ticket)? = lease.next(at: now) { ticket } else { nil }
    }

    private func prolong(_ lease: inout CentralLease, at now: Now) -> (ticket: UInt64, epoch: Epoch?)? {
        if case .prolong(let ticket, let epoch)? = lease.next(at: now) { (ticket, epoch) } else { nil }
    }

    /// One that has its turn since 0.
    private func active() throws -> CentralLease {
        var lease = CentralLease(CentralLease.Settings(length: .seconds(3)), firstTicket: 7)
        lease.begin(at: now(0))
        let ticket = try #require(take(&lease, at: now(0)))
        #expect(lease.hears(.held(highest: 5, isAwaited: false), to: ticket, at: now(1)).news == .active)
        return lease
    }

    @Test("it asks again and again while another one has the turn, or nobody knows, and one question at a time")
    func waits() throws {
        var lease = CentralLease(CentralLease.Settings(length: .seconds(3)), firstTicket: 7)
        #expect(lease.next(at: now(0)) == nil && lease.deadline == nil, "it has not begun")
        lease.begin(at: now(0))
        let first = try #require(take(&lease, at: now(0)))
        #expect(lease.next(at: now(9000)) == nil && lease.deadline == nil)
        #expect(lease.hears(.unknown, to: first, at: now(10)).news == nil && lease.standing == .unknown)
        let second = try #require(take(&lease, at: now(510)))
        #expect(lease.hears(.waiting("b"), to: first, at: now(520)).news == nil, "it was answered already")
        #expect(lease.hears(.waiting("b"), to: second, at: now(520)).news == .waiting("b"))
        #expect(lease.next(at: now(1019)) == nil)
        let third = try #require(take(&lease, at: now(1020)))
        #expect(lease.hears(.waiting("b"), to: third, at: now(1030)).news == nil, "that is not new")
    }

    @Test("a turn that is of no use is left to whoever waits for it, and to nobody else")
    func idle() throws {
        var lease = try active()
        func isLeft(_ seconds: Int64, isOnline: Bool = false) -> Bool { lease.isOfNoUse(isOnline: isOnline, at: now(seconds * 1000)) }
        #expect(!isLeft(1) && !isLeft(20), "nobody waits")
        let wish = try #require(prolong(&lease, at: now(20_000)))
        _ = lease.hears(.held(highest: 5, isAwaited: true), to: wish.ticket, at: now(20_000))
        #expect(!isLeft(21, isOnline: true) && !isLeft(22) && !isLeft(31) && isLeft(32))
    }

    @Test("one that waited, and can't ask any more, knows nothing of the other")
    func blind() throws {
        var lease = CentralLease(CentralLease.Settings(length: .seconds(3)), firstTicket: 7)
        lease.begin(at: now(0))
        let first = try #require(take(&lease, at: now(0)))
        #expect(lease.hears(.waiting("b"), to: first, at: now(1)).news == .waiting("b"))
        let second = try #require(take(&lease, at: now(600)))
        #expect(lease.hears(.unknown, to: second, at: now(601)).news == .unknown)
    }

    @Test("it says that it is there three times a lease, also when nobody answers")
    func prolongs() throws {
        var lease = try active()
        for second in 1...5 as ClosedRange<Int64> {
            #expect(lease.next(at: now(second * 1000)) == nil)
            let wish = try #require(prolong(&lease, at: now(second * 1000 + 1)))
            #expect(
                lease.hears(second == 2 ? .unknown : .held(highest: 5, isAwaited: false), to: wish.ticket, at: now(second * 1000 + 1)).news == nil)
            #expect(lease.standing == .active)
        }
    }

    @Test("a connection waits for an answer to a question that was asked after it wanted to begin")
    func admits() throws {
        var lease = try active()
        let before = try #require(prolong(&lease, at: now(1001)))
        #expect(before.epoch == nil)
        lease.ask(for: 42, at: now(1002))
        #expect(lease.hears(.held(highest: 5, isAwaited: false), to: before.ticket, at: now(1003)).admitted == nil)
        let wish = try #require(prolong(&lease, at: now(1003)))
        #expect(wish.epoch == 42)
        // A later one has come in its place.
        lease.ask(for: 43, at: now(1004))
        #expect(lease.hears(.held(highest: 42, isAwaited: false), to: wish.ticket, at: now(1005)).admitted == nil)
        let last = try #require(prolong(&lease, at: now(1005)))
        #expect(lease.hears(.unknown, to: last.ticket, at: now(1006)).admitted == nil)
        let again = try #require(prolong(&lease, at: now(2006)))
        #expect(again.epoch == 43 && lease.hears(.held(highest: 43, isAwaited: false), to: again.ticket, at: now(2007)).admitted == 43)
    }

    @Test("an answer that was under way for longer than the lease says nothing, by whichever clock", arguments: [true, false])
    func old(isSuspended: Bool) throws {
        var lease = try active()
        lease.ask(for: 42, at: now(1000))
        let wish = try #require(prolong(&lease, at: now(1000)))
        // A suspended machine's monotonic clock stood still.
        let later = isSuspended ? now(1001, wall: 4001) : now(4001)
        #expect(lease.hears(.held(highest: 42, isAwaited: false), to: wish.ticket, at: later).admitted == nil)
        let again = try #require(prolong(&lease, at: later))
        #expect(lease.hears(.held(highest: 42, isAwaited: false), to: again.ticket, at: later).admitted == 42)
    }

    @Test("a turn that was given to it while it stood still is asked for again before it counts")
    func takenLongAgo() throws {
        var lease = CentralLease(CentralLease.Settings(length: .seconds(3)), firstTicket: 7)
        lease.begin(at: now(0))
        let ticket = try #require(take(&lease, at: now(0)))
        #expect(lease.hears(.held(highest: 5, isAwaited: false), to: ticket, at: now(3600_000)).news == nil && lease.standing == .unknown)
        #expect(take(&lease, at: now(3600_000)) != nil)
    }
}
