import ChargingModel
import Testing

private struct Bench {
    var clock = HandClock()
    var driver: Driver

    init(vehicles: Int = 1, points: [ChargePointID] = [cp1, cp2], interval: Duration? = .seconds(5)) {
        driver = Driver(Driver.Settings(driver: alice, interval: interval, vehicles: vehicles, points: points), seed: 1)
    }

    /// Online, Central there, the first request out.
    static func asking(vehicles: Int = 1) -> (bench: Bench, request: ChargeRequest) {
        var bench = Bench(vehicles: vehicles)
        _ = bench.tell(.centralStatus(CentralStatus(epoch: 5, online: true)))
        let first = bench.tell(.online).requests
        return (bench, first[0])
    }

    mutating func tell(_ event: Driver.Event) -> [Driver.Action] { driver.handle(event, at: clock.now) }

    /// Lets the time pass as a loop does: from one deadline to the next.
    mutating func pass(_ duration: Duration) -> [Driver.Action] {
        var actions: [Driver.Action] = []
        let end = clock.now.monotonic + duration
        while let due = driver.deadline, due <= end {
            clock.advance(max(.zero, due - clock.now.monotonic))
            actions += tell(.tick)
        }
        clock.advance(end - clock.now.monotonic)
        return actions
    }

    mutating func answer(_ request: ChargeRequest, _ kind: DriverStatus.Kind, epoch: Epoch = 5) -> [Driver.Action] {
        tell(.status(DriverStatus(epoch: epoch, driver: alice, request: request.id, cp: request.cp, kind: kind)))
    }

    mutating func verdict(_ cp: ChargePointID, available: Bool, epoch: Epoch = 5) {
        let verdict = VerdictReport(
            epoch: epoch, cp: cp, verdict: available ? .activated : .supplying, available: available, why: "", breaker: .closed)
        _ = tell(.verdict(verdict))
    }
}

extension [Driver.Action] {
    fileprivate var requests: [ChargeRequest] {
        compactMap { if case .publish(.request(_, .charge(let request))) = $0 { request } else { nil } }
    }
    fileprivate var notices: [Driver.Notice] { compactMap { if case .notice(let notice) = $0 { notice } else { nil } } }
}

private let session = SessionID(known: "S1")
private let accepted = DriverStatus.Kind.accepted(
    session: session, power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_000))
private let completed = DriverStatus.Kind.completed(session: session, energy: Energy(wattHours: 61), cost: Money(microEuro: 20_000), complete: true)

@Suite struct DriverTests {
    @Test("S10: asks at the interval, point after point, as many at a time as it has vehicles")
    func turns() {
        var bench = Bench(vehicles: 2)
        var asked: [ChargeRequest] = []
        func note(_ actions: [Driver.Action]) {
            for request in actions.requests where !asked.contains(request) { asked.append(request) }
        }
        note(bench.tell(.online))
        note(bench.pass(.seconds(9)))
        #expect(asked.map(\.cp) == [cp1, cp2])
        // Due after ten seconds, while both charge: silent, and no request is owed for it.
        for request in asked { _ = bench.answer(request, accepted) }
        note(bench.pass(.seconds(2)))
        note(bench.answer(asked[0], completed))
        #expect(asked.count == 2)
        note(bench.pass(.milliseconds(3999)))
        #expect(asked.count == 2)
        note(bench.pass(.milliseconds(1)))
        #expect(asked.map(\.cp) == [cp1, cp2, cp1])
    }

    @Test("S2: an unanswered request is repeated with the same id after 2, 4, 8, 16, 30, 30 seconds")
    func backoff() {
        var (bench, request) = Bench.asking()
        var waited: [Duration] = []
        var passed = Duration.zero
        while waited.count < 6 {
            let before = bench.clock.now.monotonic
            guard let due = bench.driver.deadline else { break }
            let repeats = bench.pass(due - before).requests
            passed += due - before
            guard !repeats.isEmpty else { continue }
            #expect(repeats == [request])
            waited.append(passed)
            passed = .zero
        }
        #expect(waited == [2, 4, 8, 16, 30, 30].map { .seconds($0) })
    }

    @Test("S2: COMPLETED and FAILED end it, by status or by ticket, and the vehicle asks again at its next turn")
    func outcomes() {
        let ticket = Ticket(
            session: session, request: RequestID(known: "x"), cp: cp1, energy: Energy(wattHours: 61), cost: Money(microEuro: 20_000),
            price: Price(microEuroPerKilowattHour: 300_000), started: nil, ended: nil, outcome: .completed, endReason: .completed, complete: true)
        for way in 0..<3 {
            var (bench, request) = Bench.asking()
            #expect(bench.answer(request, accepted).notices == [.accepted(cp: cp1)])
            #expect(bench.pass(.seconds(20)).requests.isEmpty)
            var own = ticket
            own.request = request.id ?? own.request
            let notices =
                switch way {
                case 0: bench.answer(request, completed).notices
                case 1: bench.answer(request, .failed(session: session, energy: .zero, cost: .zero, complete: true, reason: "fault")).notices
                default: bench.tell(.tickets(TicketList(epoch: 5, driver: alice, tickets: [ticket, own]))).notices
                }
            #expect(notices.first == (way == 1 ? .failed(cp: cp1, reason: "fault") : .completed(cp: cp1, energy: ticket.energy, cost: ticket.cost)))
            #expect(notices.count == 1)
            #expect(bench.pass(.seconds(5)).notices == [.requested(cp: cp2)])
            #expect(bench.answer(request, completed).notices.isEmpty, "an outcome counts once")
        }
    }

    @Test("S10: denied, it asks after two seconds at the next point that Central shows available, under a new id")
    func denied() {
        var (bench, request) = Bench.asking()
        bench.verdict(cp1, available: false)
        bench.verdict(cp2, available: true)
        let notices = bench.answer(request, .denied(code: .busy, reason: "is charging", session: nil)).notices
        #expect(notices == [.denied(cp: cp1, code: .busy, reason: "is charging")])
        #expect(bench.pass(.milliseconds(1999)).requests.isEmpty)
        let next = bench.pass(.milliseconds(1)).requests
        #expect(next.map(\.cp) == [cp2])
        #expect(next.first?.id != request.id)
    }

    @Test(
        "S2: what is no answer leaves the request open: the same id again",
        arguments: [DenialCode.centralStarting, .centralStopping, .ledgerUnavailable])
    func noAnswer(_ code: DenialCode) {
        var (bench, request) = Bench.asking()
        let denial = DriverStatus.Kind.denied(code: code, reason: "not now", session: nil)
        #expect(bench.answer(request, denial).notices == [.postponed(cp: cp1, reason: "not now")])
        #expect(bench.answer(request, denial).notices.isEmpty)
        #expect(bench.pass(.seconds(2)).requests == [request])
    }

    @Test(
        "S2, F6: a new Central that can't say yet what became of a charge is asked again, with backoff, until it can",
        arguments: [DenialCode.centralStarting, .ledgerUnavailable])
    func noAnswerWhileCharging(_ code: DenialCode) {
        var (bench, request) = Bench.asking()
        _ = bench.answer(request, accepted)
        let denial = DriverStatus.Kind.denied(code: code, reason: "not now", session: nil)
        #expect(bench.answer(request, denial, epoch: 6).isEmpty, "of no Central that is known")
        _ = bench.tell(.centralStatus(CentralStatus(epoch: 6, online: true)))
        #expect(bench.pass(.milliseconds(500)).requests == [request])
        #expect(bench.answer(request, denial, epoch: 6).notices.isEmpty)
        #expect(bench.pass(.milliseconds(1999)).requests.isEmpty)
        #expect(bench.pass(.milliseconds(1)).requests == [request])
        _ = bench.answer(request, denial, epoch: 6)
        #expect(bench.pass(.milliseconds(3999)).requests.isEmpty)
        #expect(bench.pass(.milliseconds(1)).requests == [request])
        _ = bench.answer(request, accepted, epoch: 6)
        #expect(bench.pass(.seconds(100)).requests.isEmpty)
        #expect(bench.answer(request, completed, epoch: 6).notices.count == 1)
    }

    @Test("F6: while Central is away nothing is asked; a new Central hears of everything open within half a second")
    func centralAway() {
        var (bench, request) = Bench.asking()
        _ = bench.answer(request, accepted)
        #expect(bench.tell(.centralStatus(CentralStatus(epoch: 5, online: false, reason: "connection lost"))).notices == [.centralOnline(false)])
        #expect(bench.pass(.seconds(100)).isEmpty)
        #expect(bench.tell(.centralStatus(CentralStatus(epoch: 6, online: true))).notices == [.centralOnline(true)])
        #expect(bench.pass(.milliseconds(500)).requests == [request])
    }

    @Test("a Central that lost its ledger may deny what another accepted: the vehicle is free again")
    func ledgerLost() {
        var (bench, request) = Bench.asking()
        _ = bench.answer(request, accepted)
        _ = bench.tell(.centralStatus(CentralStatus(epoch: 6, online: true)))
        let notices = bench.answer(request, .denied(code: .busy, reason: "is charging", session: nil), epoch: 6).notices
        #expect(notices == [.denied(cp: cp1, code: .busy, reason: "is charging")])
        bench.verdict(cp2, available: true, epoch: 6)
        #expect(bench.pass(.seconds(2)).requests.map(\.cp) == [cp2])
    }

    @Test("P6: what an older Central says is not heard, nor what is for others")
    func older() {
        var (bench, request) = Bench.asking()
        #expect(bench.answer(request, accepted, epoch: 4).isEmpty)
        #expect(bench.tell(.status(DriverStatus(epoch: 5, driver: bob, request: request.id, cp: cp1, kind: accepted))).isEmpty)
        let ticket = Ticket(
            session: session, request: request.id ?? RequestID(known: "R"), cp: cp1, energy: .zero, cost: .zero,
            price: Price(microEuroPerKilowattHour: 1), started: nil, ended: nil, outcome: .failed, endReason: .interrupted, complete: false)
        #expect(bench.tell(.tickets(TicketList(epoch: 4, driver: alice, tickets: [ticket]))).isEmpty)
    }

    @Test("S9: a stop is repeated with backoff until the session has its end")
    func stopping() {
        var (bench, request) = Bench.asking()
        _ = bench.answer(request, accepted)
        let stop = Driver.Action.publish(.request(alice, .stop(session)))
        #expect(bench.tell(.stopSession(session)) == [stop])
        #expect(bench.pass(.seconds(2)) == [stop])
        _ = bench.answer(request, completed)
        #expect(!bench.pass(.seconds(100)).contains(stop))
    }

    @Test(
        "properties over random events: an id is asked anew only while it has no outcome, never more are open than there are vehicles",
        arguments: 0..<40)
    func random(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bench = Bench(vehicles: 3, interval: .milliseconds(700))
        var known: [ChargeRequest] = []
        var closed: Set<RequestID> = []
        var central: Epoch = 5
        for _ in 0..<400 {
            var actions: [Driver.Action] = []
            let request = known.randomElement(using: &random)
            switch Int.random(in: 0..<9, using: &random) {
            case 0: actions = bench.tell(.online)
            case 1: actions = bench.tell(.offline)
            case 2:
                central += UInt64.random(in: 0...1, using: &random)
                actions = bench.tell(.centralStatus(CentralStatus(epoch: central, online: Bool.random(using: &random))))
            case 3: if let request { actions = bench.answer(request, accepted, epoch: central) }
            case 4:
                if let request, let id = request.id {
                    closed.insert(id)
                    actions = bench.answer(request, completed, epoch: central)
                }
            case 5: if let request { actions = bench.answer(request, .denied(code: .centralStarting, reason: "", session: nil), epoch: central) }
            default: actions = bench.pass(.milliseconds(Int.random(in: 1...3000, using: &random)))
            }
            for request in actions.requests {
                #expect(request.id.map { !closed.contains($0) } == true)
                if !known.contains(request) { known.append(request) }
            }
            #expect(known.count(where: { $0.id.map { !closed.contains($0) } ?? true }) <= 3)
        }
    }

    private let needs = ChargingNeeds(points: [cp2, cp1], energy: Energy(wattHours: 9000), stay: .seconds(1800), patience: .seconds(60))

    @Test("S10: a vehicle on an errand asks for the first of its points that is shown available, when one is")
    func needsOneByOne() throws {
        var bench = Bench(interval: nil)
        _ = bench.tell(.centralStatus(CentralStatus(epoch: 5, online: true)))
        #expect(bench.tell(.online).isEmpty)
        #expect(bench.pass(.seconds(600)).isEmpty, "without an interval nothing is asked for")
        bench.verdict(cp1, available: false)
        #expect(bench.tell(.needs(needs)).isEmpty)
        #expect(bench.pass(.seconds(30)).isEmpty)
        let verdict = VerdictReport(epoch: 5, cp: cp1, verdict: .activated, available: true, why: "", breaker: .closed)
        let request = try #require(bench.tell(.verdict(verdict)).requests.first)
        #expect(request.cp == cp1 && request.energyTarget == needs.energy && request.duration == needs.stay)
        #expect(bench.answer(request, .denied(code: .busy, reason: "", session: nil)).requests.isEmpty)
        bench.verdict(cp2, available: true)
        let second = try #require(bench.pass(.seconds(2)).requests.first, "two seconds after a denial")
        #expect(second.cp == cp2)
        #expect(bench.answer(second, accepted).notices == [.accepted(cp: cp2)])
        #expect(bench.tell(.needs(needs)).notices == [.left], "its only vehicle is charging")
        #expect(bench.answer(second, completed).notices.count == 1)
    }

    @Test("S10: a vehicle on an errand leaves when its patience is over, and when the driver rests")
    func impatient() {
        var bench = Bench(vehicles: 2, interval: nil)
        _ = bench.tell(.centralStatus(CentralStatus(epoch: 5, online: true)))
        _ = bench.tell(.online)
        #expect(bench.tell(.needs(needs)).isEmpty)
        #expect(bench.pass(.milliseconds(59_999)).isEmpty)
        #expect(bench.tell(.needs(needs)).isEmpty)
        #expect(bench.pass(.milliseconds(1)).notices == [.left])
        #expect(bench.driver.isAtRest)
        #expect(bench.tell(.rest).notices == [.left])
        #expect(bench.tell(.needs(needs)).notices == [.left])
    }
}
