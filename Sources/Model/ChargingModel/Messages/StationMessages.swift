/// A message between Central and a gateway about a station, on `station/{station}/…` (S13). The station's id is that of its first charge point.
public enum StationMessage: Hashable, Sendable {
    case report(StationAbout)
    case command(StationCommand)
    case reply(StationReply)
    case frame(StationFrame)

    public var station: ChargePointID {
        switch self {
        case .report(let report): report.station
        case .command(let command): command.station
        case .reply(let reply): reply.station
        case .frame(let frame): frame.station
        }
    }

    public var epoch: Epoch {
        switch self {
        case .report(let report): report.epoch
        case .command(let command): command.epoch
        case .reply(let reply): reply.epoch
        case .frame(let frame): frame.epoch
        }
    }

    /// The gateway that says it, or that is to do it.
    public var gateway: GatewayID {
        switch self {
        case .report(let report): report.gateway
        case .command(let command): command.gateway
        case .reply(let reply): reply.gateway
        case .frame(let frame): frame.gateway
        }
    }
}

/// `station/{station}/about`: a gateway on a station.
public struct StationAbout: Hashable, Sendable {
    public struct Connector: Hashable, Sendable {
        public static let errorLimit = 80

        /// The connector of 1.6, or the EVSE of 2.0.1.
        public var number: Int
        /// Its charge point.
        public var cp: ChargePointID
        /// Its status in OCPP's words; `nil` before it was told.
        public var status: String?
        /// The error that it tells; `nil` for none.
        public var error: String?

        public init(number: Int, cp: ChargePointID, status: String? = nil, error: String? = nil) {
            self.number = number
            self.cp = cp
            self.status = status?.bounded(to: 24)
            self.error = error?.bounded(to: Connector.errorLimit)
        }
    }

    public static let mostConnectors = 64
    public static let mostQuirks = 32
    public static let textLimit = 64
    public static let quirkLimit = 40

    public var epoch: Epoch
    public var gateway: GatewayID
    public var station: ChargePointID
    /// The id that it gives itself.
    public var name: String
    public var isConnected: Bool
    /// The time since which it is connected, or away; `nil` for one that has not been here in this life of the gateway.
    public var since: WallTime?
    /// The version of OCPP that is spoken: `1.6`, `2.0.1`.
    public var version: String?
    public var vendor: String?
    public var model: String?
    public var serial: String?
    public var firmware: String?
    /// The seconds by which its clock is ahead; `nil` as long as nobody knows.
    public var clockAhead: Int64?
    /// The most entries of a local list that it takes at once; `nil` where it has not said it.
    public var listPage: Int?
    public var connectors: [Connector] = []
    /// The oddities met, each once, in the order of meeting.
    public var quirks: [String] = []

    public init(epoch: Epoch, gateway: GatewayID, station: ChargePointID, name: String, isConnected: Bool) {
        self.epoch = epoch
        self.gateway = gateway
        self.station = station
        self.name = name.bounded()
        self.isConnected = isConnected
    }
}

/// `station/{station}/command`: Central asks a gateway for something of a station.
public struct StationCommand: Hashable, Sendable {
    public var epoch: Epoch
    public var gateway: GatewayID
    public var station: ChargePointID
    public var id: CommandID
    public var wish: StationWish

    public init(epoch: Epoch, gateway: GatewayID, station: ChargePointID, id: CommandID, wish: StationWish) {
        self.epoch = epoch
        self.gateway = gateway
        self.station = station
        self.id = id
        self.wish = wish
    }
}

/// `station/{station}/answer`: what came of a command. A long one comes in parts.
public struct StationReply: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        /// The station answered.
        case answered
        /// The station answered with a CALLERROR.
        case refused
        case noAnswer = "no_answer"
        case notConnected = "not_connected"
        case notInThisVersion = "not_in_this_version"
        case notSupported = "not_supported"
    }

    /// The most bytes of a payload in one part. As JSON within JSON they are twice as many, and with the rest still fewer than P4 allows.
    public static let partLimit = 6 * 1024

    public var epoch: Epoch
    public var gateway: GatewayID
    public var station: ChargePointID
    public var id: CommandID
    public var outcome: Outcome
    /// True when the station did, or will do, what was wanted.
    public var isDone: Bool
    public var words: String
    /// The number of this part, from 0.
    public var part = 0
    /// True when further parts follow: of this payload, or of a report.
    public var hasMore = false
    /// True when the payload of this part goes on in the next.
    public var isCut = false
    /// The station's own payload, or a piece of it; of a report one of NotifyReport.
    public var payload: String?

    public init(epoch: Epoch, gateway: GatewayID, station: ChargePointID, id: CommandID, outcome: Outcome, isDone: Bool, words: String) {
        self.epoch = epoch
        self.gateway = gateway
        self.station = station
        self.id = id
        self.outcome = outcome
        self.isDone = isDone
        self.words = words.bounded()
    }
}

/// `station/{station}/frame`: a frame between a station and its gateway, for somebody who reads along.
public struct StationFrame: Hashable, Sendable {
    public enum Direction: String, Hashable, Sendable, CaseIterable {
        case fromStation = "from"
        case toStation = "to"
    }

    /// The longest text that is told, in bytes as JSON; a longer one is cut and ends in `…`.
    public static let textLimit = 12 * 1024

    public var epoch: Epoch
    public var gateway: GatewayID
    public var station: ChargePointID
    public var direction: Direction
    public var at: WallTime
    /// The bytes that the frame had.
    public var bytes: Int
    /// The number of frames before this one that were not told, since there were too many.
    public var missed: UInt64
    public var text: String

    public init(
        epoch: Epoch, gateway: GatewayID, station: ChargePointID, direction: Direction, at: WallTime, bytes: Int, missed: UInt64, text: String
    ) {
        self.epoch = epoch
        self.gateway = gateway
        self.station = station
        self.direction = direction
        self.at = at
        self.bytes = bytes
        self.missed = missed
        self.text = text.bounded(to: StationFrame.textLimit)
    }
}
