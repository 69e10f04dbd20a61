/// The part of a station that a message is about.
///
/// 1.6 numbers connectors, each of which charges by itself, and 0 is the whole station. 2.0.1 numbers EVSEs in that way, of which one may have several
/// connectors that charge one at a time. What charges by itself is `evse` here in both: a connector of 1.6 has no `connector`.
public struct ConnectorPlace: Hashable, Sendable, CustomStringConvertible {
    /// The connector of 1.6 or the EVSE of 2.0.1; 0 for the whole station.
    public var evse: Int32
    /// The connector of an EVSE of 2.0.1; `nil` in 1.6, and where none is named.
    public var connector: Int32?

    public init(evse: Int32, connector: Int32? = nil) {
        self.evse = evse
        self.connector = connector
    }

    public static let station = ConnectorPlace(evse: 0)

    /// True for the whole station.
    public var isStation: Bool { evse == 0 }

    /// `2`, or `2/1` with a connector.
    public var description: String { "\(evse)" + (connector.map { "/\($0)" } ?? "") }
}
