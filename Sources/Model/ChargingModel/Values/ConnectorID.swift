/// The place of a charge point at a station that a gateway brings in: connector 1 of ST-1 is the point ST-1, connector 2 is ST-1_2,
/// where the network gives them no aliases (`ConnectorMap`).
public struct ConnectorID: Hashable, Sendable {
    /// The id of the station's first point.
    public var station: ChargePointID
    /// 1 and above.
    public var number: Int32

    public init(station: ChargePointID, number: Int32) {
        self.station = station
        self.number = number
    }

    /// The places that an id may name, the station's own first.
    public static func named(by cp: ChargePointID) -> [ConnectorID] {
        let first = ConnectorID(station: cp, number: 1)
        guard let mark = cp.text.utf8.lastIndex(of: UInt8(ascii: "_")), let station = ChargePointID(String(cp.text[..<mark])) else { return [first] }
        let digits = cp.text[mark...].dropFirst()
        guard let number = Int32(digits), number > 1, String(number) == digits else { return [first] }
        return [first, ConnectorID(station: station, number: number)]
    }

    public var point: ChargePointID { number == 1 ? station : ChargePointID(known: "\(station)_\(number)") }
}
