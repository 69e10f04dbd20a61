/// The kind of current in the cable.
public enum CurrentKind: String, CaseIterable, Hashable, Sendable {
    /// Alternating current: the vehicle's own charger decides the power; for places where one parks.
    case ac
    /// Direct current: straight into the battery; for places where one waits.
    case dc
}
