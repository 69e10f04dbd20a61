public import ChargingModel

/// The figures of stations that are played here.
public struct StationCounts: Sendable {
    /// Those whose boot was accepted, and whose connection stands.
    public var accepted = 0
    public var charging = 0
    public var charges: UInt64 = 0
    /// The energy of charges that are over, and of those among them whose end is still to be confirmed.
    public var metered = Energy.zero
    public var unconfirmed = Energy.zero
    /// Calls to the backend that were answered, and those that were refused or that nobody answered.
    public var answered: UInt64 = 0
    public var failed: UInt64 = 0
    /// Words about transactions, meter values among them, that were confirmed.
    public var told: UInt64 = 0
    /// Those that are still to be confirmed.
    public var untold = 0
    public var connections: UInt64 = 0
    public var turnedAway: UInt64 = 0
    /// From a call to its answer.
    public var times = Histogram()

    public init() {}
}
