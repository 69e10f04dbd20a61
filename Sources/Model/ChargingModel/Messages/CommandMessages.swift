/// The names of the commands on `cp/{cp}/command`.
public enum CommandName: String, Hashable, Sendable, CaseIterable {
    case start = "START"
    case stop = "STOP"
    case outOfOrder = "OUT_OF_ORDER"
    case resume = "RESUME"
    case ack = "ACK"
    case rebirth = "REBIRTH"
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

    public init(session: SessionID, driver: DriverID, price: Price, energyTarget: Energy?, duration: Duration?) {
        self.session = session
        self.driver = driver
        self.price = price
        self.energyTarget = energyTarget
        self.duration = duration
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

        public var name: CommandName {
            switch self {
            case .start: .start
            case .stop: .stop
            case .outOfOrder: .outOfOrder
            case .resume: .resume
            case .ack: .ack
            case .rebirth: .rebirth
            }
        }

        public var session: SessionID? {
            switch self {
            case .start(let order): order.session
            case .stop(let session), .ack(let session, _): session
            case .outOfOrder, .resume, .rebirth: nil
            }
        }

        public var meter: MeterID? { if case .ack(_, let meter) = self { meter } else { nil } }
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
