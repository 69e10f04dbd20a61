internal import ChargingModel
internal import Journal
public import Ledger
internal import Runtime
public import Settings

extension EngineBooks {
    /// The books of all engines in a data directory by their journals, which they may go on writing. Left out are those without a journal, or without a
    /// meter yet.
    /// - Throws: when a journal can't be read or is damaged.
    public static func read(in data: DataDirectory) throws -> [EngineBooks] {
        let points = data.engines()
        let journals = try Journal.records(in: points.map { data.engine($0) })
        return try zip(points, journals).compactMap { cp, records in
            let memory = try JournalReading.engine(records ?? [], in: data.engine(cp) + "/journal").memory
            return EngineBooks(of: cp, memory)
        }
    }
}
