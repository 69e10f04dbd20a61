public import ChargingModel
internal import ChargingProtocol

/// The memory of a party, read from the records of its journal.
public enum JournalReading {
    /// Why a journal is not used: it is left as it is.
    public struct Failure: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// An engine's memory.
    public struct Engine: Sendable {
        public var memory = EngineMemory()
        /// The last one persisted; 0 for none.
        public var lastEpoch: Epoch = 0
    }

    private struct Misplaced: Error, CustomStringConvertible { let description = "another party's record" }

    /// Reads an engine's journal.
    /// - Throws: the record that is not understood.
    public static func engine(_ records: [[UInt8]], in path: String) throws(Failure) -> Engine {
        var engine = Engine()
        try each(of: records, in: path) { record in
            switch try JournalLine(record) {
            case .epoch(let epoch): engine.lastEpoch = max(engine.lastEpoch, epoch)
            case .entry(let entry): engine.memory.apply(entry)
            }
        }
        return engine
    }

    /// Reads the journal of a party that remembers nothing but its last epoch: a monitor, and Central beside its ledger.
    /// - Throws: the record that is not understood.
    public static func lastEpoch(_ records: [[UInt8]], in path: String) throws(Failure) -> Epoch {
        var last: Epoch = 0
        try each(of: records, in: path) { record in
            switch try JournalLine(record) {
            case .epoch(let epoch): last = max(last, epoch)
            case .entry: throw Misplaced()
            }
        }
        return last
    }

    /// Hands over each record of a journal, of whatever kind.
    /// - Parameter body: throws why it does not understand one.
    /// - Throws: the record that is not understood.
    public static func each(of records: [[UInt8]], in path: String, _ body: ([UInt8]) throws -> Void) throws(Failure) {
        for (index, bytes) in records.enumerated() {
            do { try body(bytes) } catch {
                throw Failure(
                    description: "record \(index + 1) of the journal \(path) is not understood (\(error)). A later wattline made it? "
                        + "Then start that one; to go down, put back the copy from before. It is left as it is")
            }
        }
    }
}
