/// The action to take when an operation's commit is known to be in the ledger.
indirect enum Followup: Hashable, Sendable {
    case none
    /// An ACCEPTED or DENIED that was decided.
    case decision(Decision)
    /// A request that can't be decided now: publish its recorded decision, or this denial.
    case unrecorded(ReceivedRequest, DenialCode, String)
    /// A driver's stop of a session that is not open.
    case stopOfClosed(SessionID, DriverID)
    case closed(SessionID)
    case record(ParkedRecord)
    /// An operator's wish: answer the question with this number.
    case availability(ChargePointID, outOfOrder: Bool, UInt64)
    case forget(ChargePointID, UInt64)
    case askStop(SessionID, UInt64)
    case judge(RecordVerdict, UInt64)
    case token(TokenChange, by: String, UInt64)
    /// A new connection: repeat what was said last.
    case sayAgain
    /// Somebody else spoke in place of this driver's tickets: say them again.
    case restoreTickets(DriverID)
}

/// The seam between deciding and publishing: one commit is in flight, the rest is the next group.
struct Outbox: Hashable, Sendable {
    struct Held: Hashable, Sendable {
        var operation: LedgerOperation
        var followup: Followup
    }

    private(set) var inFlight: [Held] = []
    private(set) var waiting: [Held] = []
    /// The requests among the operations that are decided or looked for.
    private var requests: Set<DriverRequestKey> = []
    private var number: UInt64 = 0

    var isIdle: Bool { inFlight.isEmpty && waiting.isEmpty }

    mutating func add(_ operation: LedgerOperation, _ followup: Followup) {
        waiting.append(Held(operation: operation, followup: followup))
        if let key = operation.request { requests.insert(key) }
    }

    /// True while a decision on the request, or the search for one, is on its way to the ledger.
    func holds(_ key: DriverRequestKey) -> Bool { requests.contains(key) }

    /// The next group; `nil` while one is in flight or when there is none.
    mutating func next() -> (number: UInt64, operations: [LedgerOperation])? {
        guard inFlight.isEmpty, !waiting.isEmpty else { return nil }
        inFlight = waiting
        waiting = []
        number += 1
        return (number, inFlight.map(\.operation))
    }

    func isInFlight(_ number: UInt64) -> Bool { number == self.number && !inFlight.isEmpty }

    /// Ends the group in flight and returns it; `nil` for a group that is not the one in flight.
    mutating func finish(_ number: UInt64) -> [Held]? {
        guard isInFlight(number) else { return nil }
        defer { inFlight = [] }
        for key in inFlight.compactMap(\.operation.request) { requests.remove(key) }
        return inFlight
    }

    /// Forgets and returns all that was decided and is not known to be written.
    mutating func discard() -> [Held] {
        defer {
            inFlight = []
            waiting = []
            requests = []
        }
        return inFlight + waiting
    }
}

extension LedgerOperation {
    /// The request that the operation decides or looks for: there is one such operation at a time.
    fileprivate var request: DriverRequestKey? {
        switch self {
        case .decide(let decision, _): DriverRequestKey(driver: decision.driver, request: decision.request)
        case .find(let driver, let request): DriverRequestKey(driver: driver, request: request)
        case .findSession, .confirm, .askStop, .close, .record, .judge, .token, .fault, .recovery, .availability, .forget, .recent, .tickets:
            nil
        }
    }
}
