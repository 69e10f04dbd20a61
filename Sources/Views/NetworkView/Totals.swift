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
    public var totals: Totals { Totals(of: points.values, sessions: sessions.values, central) }
}

extension Totals {
    /// Adds up what is shown of points and open sessions.
    public init(of points: some Collection<PointView>, sessions: some Collection<SessionView>, _ central: CentralView) {
        var totals = Totals()
        totals.points = points.count
        for point in points {
            totals.byVerdict[point.shown(central).verdict, default: 0] += 1
            totals.power = totals.power + point.power(central)
            totals.rated = totals.rated + (point.info?.power ?? Power(watts: 0))
            if let verdict = point.verdict, central.isOnline {
                if verdict.available { totals.available += 1 }
                if verdict.breaker != .closed { totals.openBreakers += 1 }
            }
        }
        totals.openSessions = sessions.count
        for session in sessions {
            totals.energy = totals.energy + session.energy
            totals.cost = totals.cost + session.cost
        }
        self = totals
    }
}
