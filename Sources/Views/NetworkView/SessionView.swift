public import ChargingModel

/// A charging session on a screen.
public struct SessionView: Hashable, Sendable {
    public enum Phase: Hashable, Sendable {
        /// Accepted; the engine has not confirmed it.
        case starting
        case charging
        /// Its engine can't be heard, with the reason; it may go on charging.
        case noContact(String)
        /// The engine has told its end; Central has not closed it yet.
        case settling
        case closed(Outcome, reason: String?, isComplete: Bool)

        public var isOpen: Bool { if case .closed = self { false } else { true } }
    }

    public let session: SessionID
    public var cp: ChargePointID?
    public var driver: DriverID?
    public var request: RequestID?
    public var phase = Phase.starting
    public var price: Price?
    public var power = Power(watts: 0)
    public var energy = Energy.zero
    public var cost = Money.zero
    /// Whole seconds of charging, as the engine counts them.
    public var elapsedSeconds: Int64 = 0
    public var endReason: EndReason?
    /// The time at which the viewer first heard of it.
    public var since: WallTime
    /// The start, by the engine's clock.
    public var started: WallTime?
    public var ended: WallTime?
    /// The knowledge against which its readings are held, once one came or Central accepted it.
    var belief: ReadingBelief?

    mutating func forgetClaims() {
        belief = nil
        power = Power(watts: 0)
        energy = .zero
        cost = .zero
        elapsedSeconds = 0
        endReason = nil
        started = nil
        ended = nil
    }

    init(_ session: SessionID, at now: WallTime) {
        self.session = session
        since = now
    }
}

/// The sessions that closed last.
public struct ClosedSessions: Sendable {
    private let limit: Int
    private var order: [SessionID] = []
    private var sessions: [SessionID: SessionView] = [:]

    init(limit: Int) { self.limit = max(1, limit) }

    public subscript(_ session: SessionID) -> SessionView? { sessions[session] }

    /// The last `count` of them, the last closed first.
    public func newest(_ count: Int) -> [SessionView] { order.suffix(count).reversed().compactMap { sessions[$0] } }

    mutating func insert(_ session: SessionView) {
        if sessions.updateValue(session, forKey: session.session) != nil { return }
        order.append(session.session)
        // A little at a time would move the rest each time.
        guard order.count >= limit * 2 else { return }
        for old in order.prefix(order.count - limit) { sessions[old] = nil }
        order.removeFirst(order.count - limit)
    }
}
