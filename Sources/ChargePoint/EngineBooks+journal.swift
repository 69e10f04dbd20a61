public import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import Keeping
public import Ledger

extension EngineBooks {
    /// What the journal of an engine says, which may go on writing it.
    /// - Returns: `nil` when the directory has none, or none with a meter yet.
    /// - Throws: when the journal can't be read or is damaged.
    public static func read(_ cp: ChargePointID, in directory: String) throws -> EngineBooks? {
        guard let records = try Journal.records(in: directory) else { return nil }
        var memory = ChargePointMemory()
        try JournalReading.each(of: records, in: directory + "/journal") { line in
            if case .entry(let entry) = line { memory.apply(entry) }
        }
        guard let meter = memory.meter else { return nil }
        return EngineBooks(
            cp: cp, meter: meter, register: memory.register, pending: memory.records.filter { memory.unacknowledged.contains($0.session) },
            active: memory.active)
    }
}
