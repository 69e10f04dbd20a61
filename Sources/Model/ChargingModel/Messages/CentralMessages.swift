/// `central/status`: Central is online or offline.
public struct CentralStatus: Hashable, Sendable {
    public var epoch: Epoch
    public var online: Bool
    public var software: String?
    public var protocolVersion: Int?
    /// The reason why it is offline, in words.
    public var reason: String?

    public init(epoch: Epoch, online: Bool, software: String? = nil, protocolVersion: Int? = nil, reason: String? = nil) {
        self.epoch = epoch
        self.online = online
        self.software = software
        self.protocolVersion = protocolVersion
        self.reason = reason
    }
}

/// `central/fence`: Central's own marker (S7).
public struct Fence: Hashable, Sendable {
    public var epoch: Epoch
    public var number: UInt64

    public init(epoch: Epoch, number: UInt64) {
        self.epoch = epoch
        self.number = number
    }
}

/// Central's belief about a point: the engine's states, and ASSIGNED.
public enum Verdict: String, Hashable, Sendable, CaseIterable {
    case activated = "ACTIVATED"
    case assigned = "ASSIGNED"
    case supplying = "SUPPLYING"
    case stopped = "STOPPED"
    case faulty = "FAULTY"
    case disconnected = "DISCONNECTED"
}

/// The breaker's position as the bus shows it.
public enum BreakerPosition: String, Hashable, Sendable, CaseIterable {
    case closed
    case open
    case halfOpen = "half-open"
}

/// `central/cp/{cp}`: the verdict that drivers and dashboards believe.
public struct VerdictReport: Hashable, Sendable {
    public var epoch: Epoch
    public var cp: ChargePointID
    public var verdict: Verdict
    /// True when the verdict is ACTIVATED and the breaker admits.
    public var available: Bool
    /// The reason in words, for people: `charging driver-alice`.
    public var why: String
    public var session: SessionID?
    public var driver: DriverID?
    public var breaker: BreakerPosition
    public var power: Power?
    public var price: Price?
    /// The newest epoch Central has seen of the engine (P9).
    public var engineEpoch: Epoch?
    /// The newest epoch Central has seen of the monitor (P9).
    public var monitorEpoch: Epoch?

    public init(
        epoch: Epoch, cp: ChargePointID, verdict: Verdict, available: Bool, why: String, session: SessionID? = nil, driver: DriverID? = nil,
        breaker: BreakerPosition, power: Power? = nil, price: Price? = nil, engineEpoch: Epoch? = nil, monitorEpoch: Epoch? = nil
    ) {
        self.epoch = epoch
        self.cp = cp
        self.verdict = verdict
        self.available = available
        self.why = why.bounded()
        self.session = session
        self.driver = driver
        self.breaker = breaker
        self.power = power
        self.price = price
        self.engineEpoch = engineEpoch
        self.monitorEpoch = monitorEpoch
    }
}
