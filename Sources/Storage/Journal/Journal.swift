import Glibc
import Synchronization

/// A small, durable log of records: what a process must still know after SIGKILL or a power cut.
///
/// Made for some hundreds of records: it is read whole at start, and its owner compacts it when it has grown. It is written through a `JournalGroup`;
/// the file's form is described at `JournalFormat`. The directory must be locked by its user (two writers would damage it).
public final class Journal: Sendable {
    private struct State {
        var descriptor: Int32
        var length: Int
        var records: Int
        var failure: JournalError?
    }

    /// The path of the file.
    public let path: String
    let device: UInt64
    private let directory: String
    private let disk: any JournalDisk
    // Never contended: one commit is in flight at a time, and what the loop reads it reads between commits.
    private let state: Mutex<State>

    init(directory: String, device: UInt64, disk: any JournalDisk, descriptor: Int32, length: Int, records: Int) {
        path = directory + "/journal"
        self.directory = directory
        self.device = device
        self.disk = disk
        state = Mutex(State(descriptor: descriptor, length: length, records: records))
    }

    deinit { close() }

    /// The size of the file in bytes, without what is not committed yet.
    public var size: Int { state.withLock { $0.length } }

    /// The number of records in the file, without what is not committed yet: when it is much more than a snapshot would have, compact.
    public var records: Int { state.withLock { $0.records } }

    /// The error because of which nothing more is written; `nil` while there is none.
    public var failure: JournalError? { state.withLock { $0.failure } }

    /// Closes the file. What is appended afterwards fails.
    public func close() {
        state.withLock { state in
            state.failure = state.failure ?? .closed(file: path)
            if state.descriptor >= 0 { disk.close(state.descriptor) }
            state.descriptor = -1
        }
    }

    // MARK: For the worker thread

    /// Writes one line at the end, not synced. When it fails the journal is poisoned, and what was half written is cut off again if it can be.
    func append(_ records: [[UInt8]]) throws(JournalError) {
        try poisoning { (state) throws(JournalError) in
            let line = JournalFormat.line(records)
            do throws(JournalError) {
                try writeAll(line, to: state.descriptor, path)
                state.length += line.count
                state.records += records.count
            } catch {
                try? disk.truncate(state.descriptor, to: state.length)
                throw error
            }
        }
    }

    /// Syncs what was appended.
    func sync() throws(JournalError) {
        try poisoning { (state) throws(JournalError) in
            try attempt(.sync, path) { () throws(DiskError) in try disk.sync(state.descriptor) }
        }
    }

    /// Syncs the file system that it is on, and with it every other journal there.
    func syncFileSystem() throws(JournalError) {
        try poisoning { (state) throws(JournalError) in
            try attempt(.sync, path) { () throws(DiskError) in try disk.syncFileSystem(state.descriptor) }
        }
    }

    /// Lets nothing more be written.
    func poison(_ error: JournalError) { state.withLock { $0.failure = $0.failure ?? error } }

    /// Puts a new file, synced, in the place of the old one: the snapshot's records, then the others.
    /// While the old one is in place a failure leaves it as good as it was.
    func replace(with snapshot: [[UInt8]], and records: [[UInt8]]) throws(JournalError) {
        try state.withLock { (state) throws(JournalError) in
            if let failure = state.failure { throw failure }
            let bytes = snapshot.flatMap { JournalFormat.line([$0]) } + (records.isEmpty ? [] : JournalFormat.line(records))
            let new = path + ".new"
            let descriptor = try attempt(.open, new) { () throws(DiskError) in try disk.open(new, create: true, truncate: true) }
            do throws(JournalError) {
                try writeAll(bytes, to: descriptor, new)
                try attempt(.sync, new) { () throws(DiskError) in try disk.sync(descriptor) }
                try attempt(.rename, new) { () throws(DiskError) in try disk.rename(new, to: path) }
            } catch {
                disk.close(descriptor)
                try? disk.remove(new)
                throw error
            }
            disk.close(state.descriptor)
            state.descriptor = descriptor
            state.length = bytes.count
            state.records = snapshot.count + records.count
            do throws(JournalError) {
                try Journal.syncDirectory(directory, disk)
            } catch {
                // Which of the two files a power cut would leave is unknown now.
                state.failure = error
                throw error
            }
        }
    }

    private func poisoning(_ body: (inout State) throws(JournalError) -> Void) throws(JournalError) {
        try state.withLock { (state) throws(JournalError) in
            if let failure = state.failure { throw failure }
            do throws(JournalError) {
                try body(&state)
            } catch {
                state.failure = error
                throw error
            }
        }
    }

    private func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ file: String) throws(JournalError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try attempt(.write, file) { () throws(DiskError) in try disk.write(descriptor, rest) }
            guard count > 0 else { throw .failed(action: .write, file: file, code: EIO) }
            rest = rest.dropFirst(count)
        }
    }

    static func syncDirectory(_ directory: String, _ disk: any JournalDisk) throws(JournalError) {
        let descriptor = try attempt(.open, directory) { () throws(DiskError) in try disk.openDirectory(directory) }
        defer { disk.close(descriptor) }
        try attempt(.sync, directory) { () throws(DiskError) in try disk.sync(descriptor) }
    }
}

/// Runs the body, and throws a failure with its action and its file.
@discardableResult
func attempt<Result>(_ action: JournalError.Action, _ file: String, _ body: () throws(DiskError) -> Result) throws(JournalError) -> Result {
    do throws(DiskError) {
        return try body()
    } catch {
        throw .failed(action: action, file: file, code: error.code)
    }
}
