/// The names of the commands on `cp/{cp}/command`.
public enum CommandName: String, Hashable, Sendable, CaseIterable {
    case start = "START"
    case stop = "STOP"
    case outOfOrder = "OUT_OF_ORDER"
    case resume = "RESUME"
    case ack = "ACK"
    case rebirth = "REBIRTH"
    case deny = "DENY"
}

/// The contents of START: a session, its driver, its price and its limits.
public struct StartOrder: Hashable, Sendable {
    public var session: SessionID
    public var driver: DriverID
    public var price: Price
    /// The energy after which to stop; no such limit when absent.
    public var energyTarget: Energy?
    /// The time after which to stop; the engine's default when absent.
    public var duration: Duration?
    /// The station's request that it answers (S12); absent where the session was asked for elsewhere.
    public var request: RequestID?
    /// The meter that it was promised on; absent in a command typed by hand: the engine's, whichever it is.
    public var meter: MeterID?

    public init(
        session: SessionID, driver: DriverID, price: Price, energyTarget: Energy?, duration: Duration?, request: RequestID? = nil,
        meter: MeterID? = nil
    ) {
        self.session = session
        self.driver = driver
        self.price = price
        self.energyTarget = energyTarget
        self.duration = duration
        self.request = request
        self.meter = meter
    }
}

/// The contents of DENY: a station's request that came to nothing, and why (S12).
public struct StationDenial: Hashable, Sendable {
    public var request: RequestID
    public var code: DenialCode
    /// The reason in words that the person who waits at the station understands.
    public var reason: String

    public init(request: RequestID, code: DenialCode, reason: String) {
        self.request = request
        self.code = code
        self.reason = reason
    }
}

/// `cp/{cp}/command`: a command of Central to an engine (P12).
public struct Command: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case start(StartOrder)
        case stop(SessionID)
        case outOfOrder
        case resume
        /// The ledger has the record that this meter made of the session; without a meter, any meter's.
        case ack(SessionID, of: MeterID?)
        case rebirth
        /// The answer to a request of the station's that came to nothing.
        case deny(StationDenial)

        public var name: CommandName {
            switch self {
            case .start: .start
            case .stop: .stop
            case .outOfOrder: .outOfOrder
            case .resume: .resume
            case .ack: .ack
            case .rebirth: .rebirth
            case .deny: .deny
            }
        }

        public var session: SessionID? {
            switch self {
            case .start(let order): order.session
            case .stop(let session), .ack(let session, _): session
            case .outOfOrder, .resume, .rebirth, .deny: nil
            }
        }

        public var meter: MeterID? {
            switch self {
            case .start(let order): order.meter
            case .ack(_, let meter): meter
            case .stop, .outOfOrder, .resume, .rebirth, .deny: nil
            }
        }
    }

    /// Central's epoch; absent in a command typed by hand (P6).
    public var epoch: Epoch?
    public var cp: ChargePointID
    public var id: CommandID
    public var kind: Kind

    public init(epoch: Epoch?, cp: ChargePointID, id: CommandID, kind: Kind) {
        self.epoch = epoch
        self.cp = cp
        self.id = id
        self.kind = kind
    }
}
