/// `driver/{driver}/request`: a driver's request.
public enum DriverRequest: Hashable, Sendable {
    case charge(ChargeRequest)
    /// Stop my session (S9).
    case stop(SessionID)
    /// A JSON object that makes no sense as a request; it is answered DENIED `BAD_REQUEST` (P4).
    case malformed(request: RequestID?, reason: String)
}

/// A request to charge: at a point, or anywhere.
public struct ChargeRequest: Hashable, Sendable {
    /// The id; absent when typed by hand, and then Central gives it one (S2).
    public var id: RequestID?
    /// The point asked for; anywhere when absent.
    public var cp: ChargePointID?
    public var energyTarget: Energy?
    public var duration: Duration?

    public init(id: RequestID?, cp: ChargePointID?, energyTarget: Energy? = nil, duration: Duration? = nil) {
        self.id = id
        self.cp = cp
        self.energyTarget = energyTarget
        self.duration = duration
    }
}

/// The reason of a denial, for programs.
public enum DenialCode: String, Hashable, Sendable, CaseIterable {
    case unknownChargePoint = "UNKNOWN_CP"
    case unknownDriver = "UNKNOWN_DRIVER"
    case busy = "CP_BUSY"
    case faulty = "CP_FAULTY"
    case stopped = "CP_STOPPED"
    case disconnected = "CP_DISCONNECTED"
    case breakerOpen = "BREAKER_OPEN"
    case driverBusy = "DRIVER_BUSY"
    case noneAvailable = "NONE_AVAILABLE"
    case badRequest = "BAD_REQUEST"
    case centralStarting = "CENTRAL_STARTING"
    case centralStopping = "CENTRAL_STOPPING"
    case ledgerUnavailable = "LEDGER_UNAVAILABLE"
    case tooManyRequests = "TOO_MANY_REQUESTS"
    case tokenUnknown = "TOKEN_UNKNOWN"
    case tokenBlocked = "TOKEN_BLOCKED"
    case tokenExpired = "TOKEN_EXPIRED"

    /// True for a denial that the ledger keeps. The others say nothing about the point, and the same id may be asked again (S1).
    public var isRecorded: Bool {
        switch self {
        case .unknownChargePoint, .busy, .faulty, .stopped, .disconnected, .breakerOpen, .driverBusy, .noneAvailable: true
        case .unknownDriver, .tokenUnknown, .tokenBlocked, .tokenExpired, .badRequest: false
        case .centralStarting, .centralStopping, .ledgerUnavailable, .tooManyRequests: false
        }
    }

    /// True for a denial that who asked takes as the answer; after the others the same id is asked again (S2).
    public var isAnswer: Bool {
        switch self {
        case .unknownChargePoint, .busy, .faulty, .stopped, .disconnected, .breakerOpen, .driverBusy, .noneAvailable: true
        case .unknownDriver, .tokenUnknown, .tokenBlocked, .tokenExpired, .badRequest: true
        case .centralStarting, .centralStopping, .ledgerUnavailable, .tooManyRequests: false
        }
    }
}

/// `driver/{driver}/status`: Central's answer to a request, or news of its session.
public struct DriverStatus: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case accepted(session: SessionID, power: Power, price: Price)
        /// A denial; the session is named where a stop was denied.
        case denied(code: DenialCode, reason: String, session: SessionID?)
        case inProgress(session: SessionID, power: Power, energy: Energy, cost: Money, reason: String?)
        case completed(session: SessionID, energy: Energy, cost: Money, complete: Bool)
        case failed(session: SessionID, energy: Energy, cost: Money, complete: Bool, reason: String)
    }

    public var epoch: Epoch
    public var driver: DriverID
    /// The request's id; absent when the request had none that could be read.
    public var request: RequestID?
    /// The point; absent in denials of a request for anywhere.
    public var cp: ChargePointID?
    public var kind: Kind

    public init(epoch: Epoch, driver: DriverID, request: RequestID?, cp: ChargePointID?, kind: Kind) {
        self.epoch = epoch
        self.driver = driver
        self.request = request
        self.cp = cp
        self.kind = kind
    }
}

/// A closed session as its driver sees it, in cents.
public struct Ticket: Hashable, Sendable {
    public var session: SessionID
    /// The driver's request; `nil` for a session that was begun offline.
    public var request: RequestID?
    public var cp: ChargePointID
    public var energy: Energy
    public var cost: Money
    public var price: Price
    public var started: WallTime?
    public var ended: WallTime?
    public var outcome: Outcome
    public var endReason: EndReason
    /// True when the engine's record is in it; false when it holds only what was known without.
    public var complete: Bool

    public init(
        session: SessionID, request: RequestID?, cp: ChargePointID, energy: Energy, cost: Money, price: Price, started: WallTime?, ended: WallTime?,
        outcome: Outcome, endReason: EndReason, complete: Bool
    ) {
        self.session = session
        self.request = request
        self.cp = cp
        self.energy = energy
        self.cost = cost
        self.price = price
        self.started = started
        self.ended = ended
        self.outcome = outcome
        self.endReason = endReason
        self.complete = complete
    }
}

/// `driver/{driver}/ticket`: the driver's tickets, at most ten, the last closed first.
public struct TicketList: Hashable, Sendable {
    public var epoch: Epoch
    public var driver: DriverID
    public var tickets: [Ticket]
    /// The largest number of tickets in a list.
    public static let limit = 10

    public init(epoch: Epoch, driver: DriverID, tickets: [Ticket]) {
        self.epoch = epoch
        self.driver = driver
        self.tickets = tickets
    }
}
