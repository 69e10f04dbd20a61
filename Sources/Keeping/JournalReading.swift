public import ChargingProtocol
public import Journal

/// Reads what a journal holds, record by record, and says which one is not understood.
public enum JournalReading {
    /// A record that this journal has no use for.
    public struct Misplaced: Error, CustomStringConvertible {
        public init() {}
        public let description = "another party's record"
    }

    /// Why a journal is not used: it is left as it is.
    public struct Failure: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// - Throws: `Failure`, with the journal, the record's number, and what is wrong with it.
    public static func each(of opening: Journal.Opening, _ body: (JournalLine) throws -> Void) throws(Failure) {
        try each(of: opening.records, in: opening.journal.path, body)
    }

    /// - Throws: `Failure`, with the file, the record's number, and what is wrong with it.
    public static func each(of records: [[UInt8]], in path: String, _ body: (JournalLine) throws -> Void) throws(Failure) {
        for (index, bytes) in records.enumerated() {
            do { try body(try JournalLine(bytes)) } catch {
                throw Failure(
                    description: "record \(index + 1) of the journal \(path) is not understood (\(error));"
                        + " was it written by a later version?")
            }
        }
    }
}
