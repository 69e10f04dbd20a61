/// The allowances for rows of the ledger that say that something was not done: whoever asks or speaks without end costs no disk (P14).
struct RowAllowances: Sendable {
    /// Denials of one driver, and of one point.
    static let ofDriver = Allowance(burst: 30, every: .seconds(2))
    static let atPoint = Allowance(burst: 100, every: .seconds(1))
    /// Denials of requests for any point, or for one that is not known.
    static let anywhere = Allowance(burst: 1000, every: .milliseconds(100))
    /// Faults of one point and their ends.
    static let ofFaults = Allowance(burst: 20, every: .seconds(30))
    /// Records of one point that are put aside, and of all that are not known.
    static let ofStrays = Allowance(burst: 64, every: .seconds(10))
    static let ofStraysAnywhere = Allowance(burst: 1000, every: .seconds(1))
    /// The drivers that are remembered before those are forgotten whose allowance is whole again.
    private static let driverLimit = 10_000

    private var drivers: [DriverID: Allowance] = [:]
    private var anywhere = RowAllowances.anywhere
    private var strays = RowAllowances.ofStraysAnywhere

    /// Takes the row of a driver's denial, at a point that is known or anywhere.
    /// - Returns: false when the driver, or the point, has had too many.
    mutating func takeDenial(of driver: DriverID, at point: inout Allowance?, _ now: Instant) -> Bool {
        var own = drivers[driver] ?? RowAllowances.ofDriver
        guard own.allows(at: now), point?.allows(at: now) ?? anywhere.allows(at: now), own.take(at: now) else { return false }
        if point == nil { _ = anywhere.take(at: now) } else { _ = point?.take(at: now) }
        if drivers.count >= RowAllowances.driverLimit { drivers = drivers.filter { !$0.value.isFull(at: now) } }
        drivers[driver] = own
        return true
    }

    /// Takes the row of a record that may have to be put aside.
    /// - Returns: false when there have been too many.
    mutating func takeStray(at point: inout Allowance?, _ now: Instant) -> Bool {
        if point == nil { return strays.take(at: now) }
        return point?.take(at: now) ?? false
    }

    /// Gives back the row of a record that was not put aside.
    mutating func giveBackStray(at point: inout Allowance?) {
        if point == nil { strays.giveBack() } else { point?.giveBack() }
    }
}
