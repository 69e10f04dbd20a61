/// The charge points of stations' connectors: the aliases that `network.json` gives, else what follows from the stations' ids (`ConnectorID`).
///
/// It is one to one as long as no alias is given twice, or is what follows for a connector without one; whoever gives them sees to that.
public struct ConnectorMap: Hashable, Sendable {
    /// The points of connectors 1, 2, … by the station.
    private var aliases: [ChargePointID: [ChargePointID]] = [:]
    private var places: [ChargePointID: ConnectorID] = [:]

    /// One without aliases.
    public init() {}

    /// Gives connectors 1, 2, … of a station aliases.
    public mutating func name(_ points: [ChargePointID], of station: ChargePointID) {
        aliases[station] = points
        for (index, cp) in points.enumerated() { places[cp] = ConnectorID(station: station, number: Int32(index + 1)) }
    }

    /// The aliases of a station's connectors 1, 2, …
    public func aliases(of station: ChargePointID) -> [ChargePointID] { aliases[station] ?? [] }

    /// The charge point of a connector: the alias wins.
    public func point(of place: ConnectorID) -> ChargePointID {
        let aliases = aliases(of: place.station)
        return place.number <= aliases.count ? aliases[Int(place.number) - 1] : place.point
    }

    /// The connector whose alias this is.
    public func owner(of cp: ChargePointID) -> ConnectorID? { places[cp] }

    /// The places that an id may name: that whose alias it is, else those that follow from it and have no alias.
    public func places(of cp: ChargePointID) -> [ConnectorID] {
        if let place = places[cp] { return [place] }
        return ConnectorID.named(by: cp).filter { $0.number > aliases(of: $0.station).count }
    }
}
