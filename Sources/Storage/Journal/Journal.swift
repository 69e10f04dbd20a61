import Synchronization

/// A small, durable log of records: what one party must still know after SIGKILL or a power cut.
///
/// Made for some hundreds of records: it is read whole at start, and its owner compacts it when it has grown. It is written through a `JournalGroup`.
/// It has a file of its own, or with the others of its process one file for all (`SharedJournal`); the form of both is described at `JournalFormat`.
/// The directory must be locked by its user (two writers would damage it).
public final class Journal: Sendable, CustomStringConvertible {
    /// The place of its records.
    enum Place: Sendable {
        case own(JournalFile)
        case section(SharedJournal, name: String)
    }

    let place: Place
    /// The number of records in a file of its own.
    private let ownRecords: Mutex<Int>

    init(_ place: Place, records: Int = 0) {
        self.place = place
        ownRecords = Mutex(records)
    }

    var file: JournalFile {
        switch place {
        case .own(let file): file
        case .section(let shared, _): shared.file
        }
    }

    /// The path of the file.
    public var path: String { file.path }

    /// The place of its records, for people.
    public var description: String {
        switch place {
        case .own(let file): file.path
        case .section(let shared, let name): "of \(name) in \(shared.file.path)"
        }
    }

    /// The size of the file in bytes, without what is not committed yet.
    public var size: Int { file.length }

    /// The number of records, without what is not committed yet: when it is much more than a snapshot would have, compact.
    public var records: Int {
        switch place {
        case .own: ownRecords.withLock { $0 }
        case .section(let shared, let name): shared.records(of: name)
        }
    }

    /// The error because of which nothing more is written; `nil` while there is none.
    public var failure: JournalError? { file.failure }

    /// Closes the file, for all whose it is. What is appended afterwards fails.
    public func close() { file.close() }

    // MARK: For the worker thread

    /// Writes one line at the end of a file of its own, not synced.
    func append(_ records: [[UInt8]]) throws(JournalError) {
        try file.append(JournalFormat.line(records))
        ownRecords.withLock { $0 += records.count }
    }

    /// Puts a new file, synced, in the place of its own old one: the snapshot's records, then the others.
    /// While the old one is in place a failure leaves it as good as it was.
    func replace(with snapshot: [[UInt8]], and records: [[UInt8]]) throws(JournalError) {
        try file.replace(with: snapshot.flatMap { JournalFormat.line([$0]) } + (records.isEmpty ? [] : JournalFormat.line(records)))
        ownRecords.withLock { $0 = snapshot.count + records.count }
    }
}
