public import ChargingModel

/// The order of a station's actions around its journal.
public typealias StationGate = EntryGate<StationCore.Action>

extension StationCore.Action: JournalledAction {
    public var entry: StationEntry? { if case .journal(let entry) = self { entry } else { nil } }
    /// Each names the connection that it is for.
    public var isOfConnection: Bool { false }
}
