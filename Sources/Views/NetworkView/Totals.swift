public import ChargingModel

/// Figures of the whole network, as of now.
public struct Totals: Hashable, Sendable {
    public var points = 0
    public var byVerdict: [Verdict: Int] = [:]
    /// The power of all points together.
    public var power = Power(watts: 0)
    /// The power that the points could deliver.
    public var rated = Power(watts: 0)
    public var available = 0
    public var openBreakers = 0
    public var openSessions = 0
    /// The energy of the sessions that are open.
    public var energy = Energy.zero
    public var cost = Money.zero

    public subscript(_ verdict: Verdict) -> Int { byVerdict[verdict, default: 0] }
}

extension NetworkView {
    /// The sum of what is shown; takes time with the number of points and open sessions.
    public var totals: Totals { RunningTotals(of: points.values, sessions: sessions.values, central).totals }
}

/// Totals that follow the changes of single points and sessions, however many others there are.
public struct RunningTotals: Sendable {
    /// Wide enough that no number of points and sessions at their limits passes its ends, so that what was added can be taken away again.
    private var watts: Int128 = 0
    private var ratedWatts: Int128 = 0
    private var wattHours: Int128 = 0
    private var microEuro: Int128 = 0
    private var counts = Totals()

    public init() {}

    /// Adds up what is shown of points and open sessions.
    public init(of points: some Collection<PointView>, sessions: some Collection<SessionView>, _ central: CentralView) {
        for point in points { replace(nil, with: point, central) }
        for session in sessions { replace(nil, with: session) }
    }

    /// Takes a point's new picture instead of its old one; `nil` when it was not there, or is not any more.
    /// - Parameter central: that both are seen with. When that changes all is to be added up anew.
    public mutating func replace(_ old: PointView?, with new: PointView?, _ central: CentralView) {
        if let old { add(old, -1, central) }
        if let new { add(new, 1, central) }
    }

    /// Takes an open session's new picture instead of its old one; `nil` when it was not open, or is not any more.
    public mutating func replace(_ old: SessionView?, with new: SessionView?) {
        if let old { add(old, -1) }
        if let new { add(new, 1) }
    }

    private mutating func add(_ point: PointView, _ sign: Int, _ central: CentralView) {
        counts.points += sign
        counts.byVerdict[point.shown(central).verdict, default: 0] += sign
        watts += Int128(sign) * Int128(point.power(central).watts)
        ratedWatts += Int128(sign) * Int128(point.info?.power.watts ?? 0)
        guard let verdict = point.verdict, central.isOnline else { return }
        if verdict.available { counts.available += sign }
        if verdict.breaker != .closed { counts.openBreakers += sign }
    }

    private mutating func add(_ session: SessionView, _ sign: Int) {
        counts.openSessions += sign
        wattHours += Int128(sign) * Int128(session.energy.wattHours)
        microEuro += Int128(sign) * Int128(session.cost.microEuro)
    }

    public var totals: Totals {
        var totals = counts
        totals.byVerdict = counts.byVerdict.filter { $0.value != 0 }
        totals.power = Power(watts: Int64(clamping: watts))
        totals.rated = Power(watts: Int64(clamping: ratedWatts))
        totals.energy = Energy(wattHours: Int64(clamping: wattHours))
        totals.cost = Money(microEuro: Int64(clamping: microEuro))
        return totals
    }
}
