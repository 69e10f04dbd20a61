/// The order of an engine's actions around its journal.
public typealias JournalGate = EntryGate<EngineCore.Action>

extension EngineCore.Action: JournalledAction {
    @inlinable public var entry: EngineEntry? { if case .journal(let entry) = self { entry } else { nil } }
    @inlinable public var isOfConnection: Bool { if case .publish = self { true } else { false } }
}
