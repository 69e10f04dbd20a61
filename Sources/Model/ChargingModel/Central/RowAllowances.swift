/// The allowances for rows of the ledger that say that something was not done: whoever asks or speaks without end costs no disk (P14).
struct RowAllowances: Sendable {
    /// Denials of one driver, of those who are not listed at one point, and of all of them together.
    static let ofDriver = Allowance(burst: 30, every: .seconds(2))
    static let atPoint = Allowance(burst: 100, every: .seconds(1))
    /// Denials of what is asked for at one station, and the answers to cards with which nobody can charge, which need no row.
    static let ofStation = Allowance(burst: 30, every: .seconds(2))
    static let ofTurnedAway = Allowance(burst: 30, every: .seconds(1))
    static let ofDenials = Allowance(burst: 1000, every: .milliseconds(100))
    /// Faults and their ends, of one point and of all.
    static let ofFaults = Allowance(burst: 20, every: .seconds(30))
    static let ofAllFaults = Allowance(burst: 20_000, every: .milliseconds(100))
    /// Records that are put aside, or entered, of one point and of all.
    static let ofRecords = Allowance(burst: 64, every: .seconds(10))
    static let ofAllRecords = Allowance(burst: 10_000, every: .milliseconds(500))
    /// The notices that there are too many of something: one a minute.
    static let ofNotices = Allowance(burst: 1, every: .seconds(60))
    /// The drivers that are remembered before those are forgotten whose allowance is whole again.
    private static let driverLimit = 10_000

    private var drivers: [DriverID: Allowance] = [:]
    /// The number of drivers at which they are swept.
    private var sweepAt = RowAllowances.driverLimit
    private var denials = RowAllowances.ofDenials
    private var faults = RowAllowances.ofAllFaults
    private var records = RowAllowances.ofAllRecords

    /// Takes the row of a driver's denial.
    /// - Parameters:
    ///   - isListed: one whom everybody knows is held against the own allowance alone: nobody else uses that up.
    ///   - point: the allowance of the point; `nil` for anywhere, and for a point that nobody knows.
    /// - Returns: false when there have been too many.
    mutating func takeDenial(of driver: DriverID, isListed: Bool, at point: inout Allowance?, _ now: Instant) -> Bool {
        var own = drivers[driver] ?? RowAllowances.ofDriver
        guard isListed || denials.allows(at: now) && point?.allows(at: now) ?? true, own.take(at: now) else { return false }
        if !isListed {
            _ = denials.take(at: now)
            _ = point?.take(at: now)
        }
        if drivers.count >= sweepAt {
            drivers = drivers.filter { !$0.value.isFull(at: now) }
            sweepAt = max(RowAllowances.driverLimit, 2 * drivers.count)
        }
        drivers[driver] = own
        return true
    }

    /// Gives back the row of a denial that was recorded before.
    mutating func giveBackDenial(of driver: DriverID, isListed: Bool, at point: inout Allowance?) {
        drivers[driver]?.giveBack()
        if isListed { return }
        denials.giveBack()
        point?.giveBack()
    }

    /// Takes the row of a denial at a station, whosever card it was: it is not the driver who asks.
    /// - Parameter isListed: a point that everybody knows is held against its own allowance alone.
    mutating func takeStationDenial(isListed: Bool, at point: inout Allowance?, _ now: Instant) -> Bool {
        guard isListed || denials.allows(at: now), point?.take(at: now) ?? false else { return false }
        if !isListed { _ = denials.take(at: now) }
        return true
    }

    mutating func giveBackStationDenial(isListed: Bool, at point: inout Allowance?) {
        if !isListed { denials.giveBack() }
        point?.giveBack()
    }

    /// Takes a row of a point's allowance and of all points' together, or neither.
    mutating func takeFault(of point: inout Allowance, _ now: Instant) -> Bool {
        point.allows(at: now) && faults.take(at: now) && point.take(at: now)
    }

    /// The time at which that may succeed.
    func nextFault(of point: Allowance) -> Instant { max(point.next, faults.next) }

    mutating func takeRecord(of point: inout Allowance?, _ now: Instant) -> Bool {
        guard point?.allows(at: now) ?? true, records.take(at: now) else { return false }
        return point?.take(at: now) ?? true
    }

    /// Gives back the row of a record that needed none.
    mutating func giveBackRecord(of point: inout Allowance?) {
        records.giveBack()
        point?.giveBack()
    }
}
