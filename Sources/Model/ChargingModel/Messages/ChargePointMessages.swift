/// `cp/{cp}/info`: the fixed properties of a charge point.
public struct ChargePointInfo: Hashable, Sendable {
    public var epoch: Epoch
    public var cp: ChargePointID
    public var power: Power
    public var price: Price
    /// The kind of point, for people: `Standard AC`, `Fast DC`.
    public var kind: String
    /// The meter, minted with the engine's journal; registers compare only within one meter.
    public var meter: MeterID
    public var software: String
    /// The version of the protocol that the engine speaks: 1 or 2.
    public var protocolVersion: Int

    public init(
        epoch: Epoch, cp: ChargePointID, power: Power, price: Price, kind: String, meter: MeterID, software: String,
        protocolVersion: Int = ProtocolVersion.present
    ) {
        self.epoch = epoch
        self.cp = cp
        self.power = power
        self.price = price
        self.kind = kind
        self.meter = meter
        self.software = software
        self.protocolVersion = protocolVersion
    }
}

/// The versions of the protocol.
public enum ProtocolVersion {
    /// The version that is spoken here; 1 is understood as well.
    public static let present = 2
}

/// A step of a charge, more exactly than the state of its point (protocol version 2).
public enum Phase: String, Hashable, Sendable, CaseIterable {
    /// The vehicle is waited for, or is there and does not charge yet.
    case plugIn = "plug_in"
    case charging
    /// The vehicle takes nothing at present.
    case suspendedVehicle = "suspended_vehicle"
    /// The station gives nothing at present.
    case suspendedStation = "suspended_station"
    /// The charge is over, and the vehicle still plugged in.
    case finishing
}

/// The lifecycle of a charge point, as its engine tells it.
public enum LifecycleState: String, Hashable, Sendable, CaseIterable {
    case activated = "ACTIVATED"
    case supplying = "SUPPLYING"
    case stopped = "STOPPED"
    case faulty = "FAULTY"
    case disconnected = "DISCONNECTED"
}

/// `cp/{cp}/state`: birth, life and death of an engine on one topic.
public struct StateReport: Hashable, Sendable {
    public var epoch: Epoch
    /// The number within the epoch (P7); absent in the will and nowhere else.
    public var seq: UInt64?
    public var cp: ChargePointID
    public var state: LifecycleState
    public var session: SessionID?
    public var driver: DriverID?
    public var meter: MeterID?
    public var register: Energy?
    public var phase: Phase?
    public var reason: String

    public init(
        epoch: Epoch, seq: UInt64?, cp: ChargePointID, state: LifecycleState, session: SessionID? = nil, driver: DriverID? = nil,
        meter: MeterID? = nil, register: Energy? = nil, phase: Phase? = nil, reason: String
    ) {
        self.epoch = epoch
        self.seq = seq
        self.cp = cp
        self.state = state
        self.session = session
        self.driver = driver
        self.meter = meter
        self.register = register
        self.phase = phase
        self.reason = reason
    }

    /// The reason that a last will gives, against `stopped` of a clean end (P10).
    public static let connectionLost = "connection lost"
    /// The reason that a clean end gives (P10).
    public static let stopped = "stopped"

    /// True when the engine is there and its station, which has the session that it names, is not reachable (S5).
    public var isAway: Bool { state == .disconnected && seq != nil && session != nil }

    /// The last will of an engine, which the broker publishes when the engine is lost; it carries nothing that can age (P6).
    public static func will(epoch: Epoch, cp: ChargePointID) -> StateReport {
        StateReport(epoch: epoch, seq: nil, cp: cp, state: .disconnected, reason: connectionLost)
    }
}

/// `cp/{cp}/telemetry`: a reading, once a second while SUPPLYING.
public struct Telemetry: Hashable, Sendable {
    public var epoch: Epoch
    public var seq: UInt64
    public var cp: ChargePointID
    public var session: SessionID
    public var driver: DriverID
    /// The meter of the register. Engines of earlier versions leave it out; then it is the session's.
    public var meter: MeterID?
    public var power: Power
    public var energy: Energy
    public var register: Energy
    public var cost: Money
    /// Whole seconds since the session started.
    public var elapsedSeconds: Int64
    public var measured: Measurements

    public init(
        epoch: Epoch, seq: UInt64, cp: ChargePointID, session: SessionID, driver: DriverID, meter: MeterID? = nil, power: Power, energy: Energy,
        register: Energy, cost: Money, elapsedSeconds: Int64, measured: Measurements = Measurements()
    ) {
        self.epoch = epoch
        self.seq = seq
        self.cp = cp
        self.session = session
        self.driver = driver
        self.meter = meter
        self.power = power
        self.energy = energy
        self.register = register
        self.cost = cost
        self.elapsedSeconds = elapsedSeconds
        self.measured = measured
    }
}

/// `cp/{cp}/health`: the state of an engine as its monitor sees it.
public struct HealthReport: Hashable, Sendable {
    /// OK, FAULTY after three failures in a row (P13), UNMONITORED before the first check and in the will.
    public enum Health: String, Hashable, Sendable, CaseIterable {
        case ok = "OK"
        case faulty = "FAULTY"
        case unmonitored = "UNMONITORED"
    }

    public var epoch: Epoch
    public var cp: ChargePointID
    public var health: Health
    /// The failures in a row.
    public var failures: Int?
    public var reason: String

    public init(epoch: Epoch, cp: ChargePointID, health: Health, failures: Int?, reason: String) {
        self.epoch = epoch
        self.cp = cp
        self.health = health
        self.failures = failures
        self.reason = reason
    }

    /// The last will of a monitor, which the broker publishes when the monitor is lost.
    public static func will(epoch: Epoch, cp: ChargePointID) -> HealthReport {
        HealthReport(epoch: epoch, cp: cp, health: .unmonitored, failures: nil, reason: StateReport.connectionLost)
    }
}
