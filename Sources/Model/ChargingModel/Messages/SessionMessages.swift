/// The reason for which a session ended.
public enum EndReason: String, Hashable, Sendable, CaseIterable {
    /// The time was up.
    case completed
    /// The energy asked for was delivered.
    case target
    /// The driver asked for it.
    case stopped
    case outOfOrder = "out_of_order"
    case shutdown
    case fault
    case interrupted
    case neverStarted = "never_started"

    /// COMPLETED or FAILED.
    public var outcome: Outcome {
        switch self {
        case .completed, .target, .stopped: .completed
        case .outOfOrder, .shutdown, .fault, .interrupted, .neverStarted: .failed
        }
    }

    /// True when the breaker counts it as a failure of the point.
    public var countsAgainstPoint: Bool {
        switch self {
        case .completed, .target, .stopped, .outOfOrder, .shutdown: false
        case .fault, .interrupted, .neverStarted: true
        }
    }
}

/// The outcome of a session for its driver.
public enum Outcome: String, Hashable, Sendable, CaseIterable {
    case completed = "COMPLETED"
    case failed = "FAILED"
}

/// SESSION_STARTED on `cp/{cp}/event`: an engine supplies.
public struct SessionStart: Hashable, Sendable {
    public var session: SessionID
    public var driver: DriverID
    public var meter: MeterID
    public var startRegister: Energy
    public var started: WallTime
    public var provenance: Provenance

    public init(
        session: SessionID, driver: DriverID, meter: MeterID, startRegister: Energy, started: WallTime, provenance: Provenance = .central
    ) {
        self.session = session
        self.driver = driver
        self.meter = meter
        self.startRegister = startRegister
        self.started = started
        self.provenance = provenance
    }
}

/// SESSION_ENDED on `cp/{cp}/event`: the engine's record of a session, from which the bill is made. It never changes once journalled (S4).
public struct SessionRecord: Hashable, Sendable {
    public var session: SessionID
    /// The driver; absent when the session never started, or was begun offline by nobody who is known.
    public var driver: DriverID?
    public var meter: MeterID
    public var startRegister: Energy
    public var endRegister: Energy
    public var cost: Money
    /// The start; absent when the session never started.
    public var started: WallTime?
    public var ended: WallTime
    public var endReason: EndReason
    public var provenance: Provenance
    /// A station's own word for the end, by OCPP; `nil` for one that said none. It decides nothing.
    public var stationReason: StationWord?

    public init(
        session: SessionID, driver: DriverID?, meter: MeterID, startRegister: Energy, endRegister: Energy, cost: Money, started: WallTime?,
        ended: WallTime, endReason: EndReason, provenance: Provenance = .central, stationReason: StationWord? = nil
    ) {
        self.session = session
        self.driver = driver
        self.meter = meter
        self.startRegister = startRegister
        self.endRegister = endRegister
        self.cost = cost
        self.started = started
        self.ended = ended
        self.endReason = endReason
        self.provenance = provenance
        self.stationReason = stationReason
    }

    /// The energy by which the register moved during the session.
    public var energy: Energy { endRegister - startRegister }
}

/// COMMAND_REFUSED on `cp/{cp}/event`: an engine refuses a command.
public struct CommandRefusal: Hashable, Sendable {
    public var command: CommandName
    public var id: CommandID
    public var session: SessionID?
    public var reason: String

    public init(command: CommandName, id: CommandID, session: SessionID?, reason: String) {
        self.command = command
        self.id = id
        self.session = session
        self.reason = reason
    }
}

/// `cp/{cp}/event`: a session started or ended, or a command was refused.
public struct ChargePointEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case sessionStarted(SessionStart)
        case sessionEnded(SessionRecord)
        case commandRefused(CommandRefusal)
    }

    public var epoch: Epoch
    public var cp: ChargePointID
    public var kind: Kind

    public init(epoch: Epoch, cp: ChargePointID, kind: Kind) {
        self.epoch = epoch
        self.cp = cp
        self.kind = kind
    }
}
