/// What flows through the cable.
public enum CurrentKind: String, CaseIterable, Hashable, Sendable {
    /// Alternating: the vehicle's own charger decides; where one parks.
    case ac
    /// Direct: straight into the battery; where one waits.
    case dc
}
