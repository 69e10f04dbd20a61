public import ChargingModel
internal import Journal
public import Ledger
internal import Runtime

extension EngineBooks {
    /// The books of an engine by its journal, which that engine may go on writing.
    /// - Returns: `nil` when the directory has none, or none with a meter yet.
    /// - Throws: when the journal can't be read or is damaged.
    public static func read(_ cp: ChargePointID, in directory: String) throws -> EngineBooks? {
        guard let records = try Journal.records(in: directory) else { return nil }
        let memory = try JournalReading.engine(records, in: directory + "/journal").memory
        guard let meter = memory.meter else { return nil }
        return EngineBooks(
            cp: cp, meter: meter, register: memory.register, pending: memory.records.filter { memory.unacknowledged.contains($0.session) },
            active: memory.active)
    }
}
