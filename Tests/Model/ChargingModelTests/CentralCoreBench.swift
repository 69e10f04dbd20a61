import Ledger
import Testing

@testable import ChargingModel

/// Central with a clock and an in-memory ledger whose commits are done a turn later, or fail when a test wants it.
struct CentralCoreBench {
    var clock = HandClock()
    var core: CentralCore
    var book = LedgerBook()
    var log: [CentralCore.Action] = []
    /// Commits that wait, when `isHolding`.
    var held: [(UInt64, [LedgerOperation])] = []
    var isHolding = false
    var commitsFail = false
    /// Closings that the ledger calls impossible.
    var refusedClosings = 0
    /// Fences come back at once unless a test holds them.
    var fencesReturn = true
    /// The broker takes every message at once.
    var brokerTakes = true
    var seqs: [ChargePointID: UInt64] = [:]
    /// Who is known now; `nil` leaves the question unanswered.
    var access: AccessList?
    var accessLooks = 0

    init(vehicles: [DriverID: Int] = [:], tokens: [TokenID: DriverID] = [:], access: AccessList = .open, online: Bool = true) {
        self.access = access
        core = CentralCore(CentralCore.Settings(software: "test", vehicles: vehicles, tokens: tokens, access: access), seed: 1, now: clock.now)
        run(core.begin(at: clock.now))
        if online { tell(.online(1000)) }
    }

    /// Two points heard live, the starting time over.
    static func ready(
        vehicles: [DriverID: Int] = [:], tokens: [TokenID: DriverID] = [:], access: AccessList = .open
    ) -> CentralCoreBench {
        var bench = CentralCoreBench(vehicles: vehicles, tokens: tokens, access: access)
        bench.hear(cp1)
        bench.hear(cp2)
        bench.pass(.milliseconds(2100))
        bench.log = []
        return bench
    }

    /// Central dies, and another one finds the ledger.
    mutating func restart() {
        core = CentralCore(core.settings, seed: 2, now: clock.now)
        held = []
        log = []
        run(core.begin(at: clock.now))
    }

    @discardableResult
    mutating func tell(_ event: CentralCore.Event) -> [CentralCore.Action] {
        let from = log.count
        run(core.handle(event, at: clock.now))
        return Array(log[from...])
    }

    private mutating func run(_ actions: [CentralCore.Action]) {
        log += actions
        for action in actions {
            switch action {
            case .commit(let number, let operations):
                held.append((number, operations))
                if !isHolding { release() }
            case .read: run(core.handle(.snapshot(commitsFail ? nil : book.snapshot(at: clock.now.wall)), at: clock.now))
            case .publish(let message, let number):
                if let number, brokerTakes { run(core.handle(.delivered(number), at: clock.now)) }
                if case .fence = message, fencesReturn { run(core.handle(.received(message, retained: false), at: clock.now)) }
            case .readAccess:
                accessLooks += 1
                if let access { run(core.handle(.access(access == core.access.list ? nil : access), at: clock.now)) }
            case .connect, .farewell, .answer, .erase, .notice: break
            }
        }
    }

    /// Finishes the commits that are held.
    mutating func release() {
        while !held.isEmpty {
            let (number, operations) = held.removeFirst()
            run(core.handle(commitsFail ? .commitFailed(number) : .committed(number, apply(operations)), at: clock.now))
        }
    }

    private mutating func apply(_ operations: [LedgerOperation]) -> [LedgerResult] {
        operations.map { operation in
            if case .close = operation, refusedClosings > 0 {
                refusedClosings -= 1
                return .impossible("for a test")
            }
            return book.apply(operation)
        }
    }

    @discardableResult
    mutating func pass(_ duration: Duration) -> [CentralCore.Action] {
        let from = log.count
        let end = clock.now.monotonic + duration
        while let due = core.deadline, due <= end {
            clock.advance(max(.zero, due - clock.now.monotonic))
            tell(.tick)
        }
        clock.advance(end - clock.now.monotonic)
        return Array(log[from...])
    }

    @discardableResult
    mutating func receive(_ message: BusMessage, retained: Bool = false) -> [CentralCore.Action] { tell(.received(message, retained: retained)) }

    func info(
        _ cp: ChargePointID, epoch: Epoch, power: Power = Power(watts: 36_000), price: Price = Price(microEuroPerKilowattHour: 300_000)
    ) -> BusMessage {
        .info(ChargePointInfo(epoch: epoch, cp: cp, power: power, price: price, kind: "Fast DC", meter: meter, software: "test"))
    }

    /// Engine and monitor of a point are born.
    mutating func hear(_ cp: ChargePointID, epoch: Epoch = 10) {
        receive(info(cp, epoch: epoch))
        state(.activated, cp, epoch: epoch)
        health(.ok, cp, epoch: epoch)
    }

    @discardableResult
    mutating func state(
        _ state: LifecycleState, _ cp: ChargePointID = cp1, epoch: Epoch = 10, session: SessionID? = nil, phase: Phase? = nil,
        reason: String = "test", retained: Bool = false
    ) -> [CentralCore.Action] {
        seqs[cp, default: 0] += 1
        // A new connection begins with what the engine is.
        if seqs[cp] == 1 { receive(info(cp, epoch: epoch)) }
        return receive(
            .state(
                StateReport(
                    epoch: epoch, seq: seqs[cp], cp: cp, state: state, session: session, driver: session == nil ? nil : alice, meter: meter,
                    register: .zero, phase: phase, reason: reason)), retained: retained)
    }

    @discardableResult
    mutating func engineWill(_ cp: ChargePointID = cp1, epoch: Epoch = 10) -> [CentralCore.Action] { receive(.state(.will(epoch: epoch, cp: cp))) }

    @discardableResult
    mutating func health(_ health: HealthReport.Health, _ cp: ChargePointID = cp1, epoch: Epoch = 10) -> [CentralCore.Action] {
        receive(.health(HealthReport(epoch: epoch, cp: cp, health: health, failures: health == .faulty ? 3 : 0, reason: "test")))
    }

    @discardableResult
    mutating func request(_ id: String?, _ cp: ChargePointID? = cp1, by driver: DriverID = alice) -> [CentralCore.Action] {
        receive(.request(driver, .charge(ChargeRequest(id: id.map { RequestID(known: $0) }, cp: cp))))
    }

    /// Requests, and lets the engine confirm; the session.
    mutating func charge(_ id: String, _ cp: ChargePointID = cp1, by driver: DriverID = alice) -> SessionID {
        let session = request(id, cp, by: driver).accepted ?? SessionID(known: "none")
        state(.supplying, cp, session: session)
        return session
    }

    func record(_ session: SessionID, _ wattHours: Int64 = 100, reason: EndReason = .completed, meter: MeterID = meter) -> SessionRecord {
        SessionRecord(
            session: session, driver: alice, meter: meter, startRegister: .zero, endRegister: Energy(wattHours: wattHours), cost: .zero,
            started: clock.now.wall, ended: clock.now.wall, endReason: reason)
    }

    @discardableResult
    mutating func ended(_ record: SessionRecord, _ cp: ChargePointID = cp1, epoch: Epoch = 10) -> [CentralCore.Action] {
        receive(.event(ChargePointEvent(epoch: epoch, cp: cp, kind: .sessionEnded(record))))
    }

    @discardableResult
    mutating func telemetry(
        _ session: SessionID, _ wattHours: Int64, seq: UInt64, _ cp: ChargePointID = cp1, epoch: Epoch = 10
    ) -> [CentralCore.Action] {
        receive(
            .telemetry(
                Telemetry(
                    epoch: epoch, seq: seq, cp: cp, session: session, driver: alice, power: Power(watts: 36_000),
                    energy: Energy(wattHours: wattHours),
                    register: Energy(wattHours: wattHours), cost: .zero, elapsedSeconds: 1)))
    }
}

extension [CentralCore.Action] {
    var messages: [BusMessage] { compactMap { if case .publish(let message, _) = $0 { message } else { nil } } }
    var deliveries: [UInt64] { compactMap { if case .publish(_, let number?) = $0 { number } else { nil } } }
    var fences: [Fence] { messages.compactMap { if case .fence(let fence) = $0 { fence } else { nil } } }
    var statuses: [DriverStatus.Kind] { messages.compactMap { if case .status(let status) = $0 { status.kind } else { nil } } }
    var commands: [Command.Kind] { messages.compactMap { if case .command(let command) = $0 { command.kind } else { nil } } }
    var verdicts: [Verdict] { messages.compactMap { if case .verdict(let report) = $0 { report.verdict } else { nil } } }
    var accepted: SessionID? {
        for case .accepted(let session, _, _) in statuses { return session }
        return nil
    }
    var denials: [DenialCode] { statuses.compactMap { if case .denied(let code, _, _) = $0 { code } else { nil } } }
    var outcomes: [Outcome] {
        statuses.compactMap { kind in
            switch kind {
            case .completed: .completed
            case .failed: .failed
            case .accepted, .denied, .inProgress: nil
            }
        }
    }
    var failures: [String] { statuses.compactMap { if case .failed(_, _, _, _, let reason) = $0 { reason } else { nil } } }
    var tickets: [TicketList] { messages.compactMap { if case .tickets(let list) = $0 { list } else { nil } } }
}
