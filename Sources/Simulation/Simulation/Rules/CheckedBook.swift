internal import ChargingModel
internal import Ledger

/// The rows of Central's ledger, with an observer that looks at each change before it is made.
struct CheckedBook: LedgerRows {
    private unowned let world: World

    init(_ world: World) { self.world = world }

    private var book: LedgerBook { _read { yield world.ledger.book } }

    func decision(of driver: DriverID, _ request: RequestID) -> Decision? { book.decision(of: driver, request) }
    func session(_ id: SessionID) -> LedgerSession? { book.session(id) }
    func isBilled(_ record: SessionRecord, at cp: ChargePointID) -> Bool { book.isBilled(record, at: cp) }
    func openSlots(of driver: DriverID) -> [Int] { book.openSlots(of: driver) }
    func openFault(of cp: ChargePointID) -> Verdict? { book.openFault(of: cp) }
    func wasPruned(_ record: SessionRecord) -> Bool { book.wasPruned(record) }
    func strays(of session: SessionID) -> [StrayRecord] { book.strays(of: session) }
    func token(_ id: TokenID) -> AccountToken? { book.token(id) }
    func tokens() -> [AccountToken] { book.tokens() }
    func tickets(of driver: DriverID, most: Int) -> [Ticket] { book.tickets(of: driver, most: most) }

    mutating func add(_ decision: Decision) {
        world.checker.decides(decision, world)
        world.ledger.book.add(decision)
    }

    mutating func add(_ session: LedgerSession) {
        world.checker.opens(session, world)
        world.ledger.book.add(session)
    }

    mutating func change(_ session: LedgerSession, ticketChangedAt at: WallTime?) {
        world.checker.changes(book.session(session.id), to: session, world)
        world.ledger.book.change(session, ticketChangedAt: at)
    }

    mutating func add(_ stray: StrayRecord) {
        world.checker.keeps(stray, world)
        world.ledger.book.add(stray)
    }

    mutating func set(_ token: AccountToken) {
        world.tell("ledger: \(token.id) is \(token.isBlocked ? "blocked" : "not blocked")")
        world.names?.sets(token, at: world.clock)
        world.ledger.book.set(token)
    }

    mutating func judge(_ stray: StrayRecord.Key, _ judgement: StrayRecord.Judgement) { world.ledger.book.judge(stray, judgement) }

    mutating func set(availability: Bool, for cp: ChargePointID, at: WallTime) {
        world.tell("ledger: \(cp) is to be \(availability ? "out of order" : "in order")")
        world.ledger.book.set(availability: availability, for: cp, at: at)
    }
    mutating func removeAvailability(for cp: ChargePointID) { world.ledger.book.removeAvailability(for: cp) }
    mutating func add(_ fault: Fault) { world.ledger.book.add(fault) }
    mutating func log(_ entry: AuditEntry) {
        world.mix(UInt64(bitPattern: entry.at.milliseconds))
        world.mix(Array(entry.what.rawValue.utf8))
        if let session = entry.session { world.mix(Array(session.text.utf8)) }
        world.mix(UInt64(bitPattern: entry.energy?.wattHours ?? -1))
        world.ledger.book.log(entry)
    }
    mutating func endFault(of cp: ChargePointID, at: WallTime) { world.ledger.book.endFault(of: cp, at: at) }

    func openSessions() -> [LedgerSession] { book.openSessions() }
    func sessionsAwaitingRecord() -> [LedgerSession] { book.sessionsAwaitingRecord() }
    func availabilities() -> [ChargePointID: Bool] { book.availabilities() }
    func openFaults() -> [ChargePointID: Verdict] { book.openFaults() }
    func decisions(in times: ClosedRange<WallTime>) -> [Decision] { book.decisions(in: times) }
    func sessionsClosed(in times: ClosedRange<WallTime>) -> [LedgerSession] { book.sessionsClosed(in: times) }
    func driversWithTicketsChanged(in times: ClosedRange<WallTime>) -> [DriverID] { book.driversWithTicketsChanged(in: times) }
}
