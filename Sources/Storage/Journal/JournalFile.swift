import Glibc
import Synchronization

/// A file of whole lines: written at its end, and replaced by a new one that is written beside it. Its directory is locked by its user.
final class JournalFile: Sendable {
    private struct State {
        var descriptor: Int32
        var length: Int
        var failure: JournalError?
    }

    static func path(in directory: String) -> String { directory + "/journal" }

    let path: String
    let directory: String
    let disk: any JournalDisk
    /// True for one that is open only while it is written: a process may have thousands, and no descriptor for each.
    private let rests: Bool
    // Never contended: one commit is in flight at a time, and what the loop reads it reads between commits.
    private let state: Mutex<State>

    init(directory: String, disk: any JournalDisk, descriptor: Int32, length: Int, rests: Bool = false) {
        self.rests = rests
        path = JournalFile.path(in: directory)
        self.directory = directory
        self.disk = disk
        state = Mutex(State(descriptor: descriptor, length: length))
    }

    deinit { close() }

    /// The place where it is written while the former one is still there.
    var draft: String { path + ".new" }
    var length: Int { state.withLock { $0.length } }
    /// The error because of which nothing more is written; `nil` while there is none.
    var failure: JournalError? { state.withLock { $0.failure } }

    func close() {
        state.withLock { state in
            state.failure = state.failure ?? .closed(file: path)
            if state.descriptor >= 0 { disk.close(state.descriptor) }
            state.descriptor = -1
        }
    }

    /// Closes it until it is written again, if it is one of those.
    func rest() { state.withLock { rest(&$0) } }

    private func rest(_ state: inout State) {
        guard rests, state.descriptor >= 0 else { return }
        disk.close(state.descriptor)
        state.descriptor = -1
    }

    /// Opens it, where it rests. That it is there is known: a new one would be empty.
    private func wake(_ state: inout State) throws(JournalError) {
        guard rests, state.descriptor < 0 else { return }
        state.descriptor = try attempt(.open, path) { () throws(DiskError) in try disk.open(path, to: .appendKnown) }
    }

    /// Lets nothing more be written.
    func poison(_ error: JournalError) { state.withLock { $0.failure = $0.failure ?? error } }

    /// Writes a line at the end, not synced. When it fails the file is poisoned, and what was half written is cut off again if it can be.
    /// - Parameter makeRoom: called when it fails; true when another attempt may go better.
    func append(_ line: [UInt8], makeRoom: () -> Bool = { false }) throws(JournalError) {
        try poisoning { (state) throws(JournalError) in
            do throws(JournalError) {
                try write(line, &state)
            } catch {
                guard makeRoom() else { throw error }
                try write(line, &state)
            }
        }
    }

    private func write(_ line: [UInt8], _ state: inout State) throws(JournalError) {
        try wake(&state)
        do throws(JournalError) {
            try JournalFile.write(line, to: state.descriptor, path, disk)
            state.length += line.count
        } catch {
            try? disk.truncate(state.descriptor, to: state.length)
            throw error
        }
    }

    /// Syncs what was appended.
    func sync() throws(JournalError) {
        try poisoning { (state) throws(JournalError) in
            try wake(&state)
            defer { rest(&state) }
            try attempt(.sync, path) { () throws(DiskError) in try disk.sync(state.descriptor) }
        }
    }

    /// Opens the draft, empty.
    func openDraft() throws(JournalError) -> Int32 {
        try attempt(.open, draft) { () throws(DiskError) in try disk.open(draft, to: .writeAnew) }
    }

    /// Leaves the draft.
    func dropDraft(_ descriptor: Int32) {
        disk.close(descriptor)
        try? disk.remove(draft)
    }

    /// Puts the draft, which is written and synced, in the place of the file. Until that is done a failure leaves the file as good as it was.
    func take(draft descriptor: Int32, length: Int) throws(JournalError) {
        try state.withLock { (state) throws(JournalError) in
            if let failure = state.failure { throw failure }
            try attempt(.rename, draft) { () throws(DiskError) in try disk.rename(draft, to: path) }
            if state.descriptor >= 0 { disk.close(state.descriptor) }
            state.descriptor = descriptor
            state.length = length
            defer { rest(&state) }
            do throws(JournalError) {
                try JournalFile.syncDirectory(directory, disk)
            } catch {
                // Which of the two files a power cut would leave is unknown now.
                state.failure = error
                throw error
            }
        }
    }

    /// Writes a new file with these lines, synced, and puts it in the place of the old one.
    func replace(with lines: [UInt8]) throws(JournalError) {
        if let failure { throw failure }
        let descriptor = try openDraft()
        do throws(JournalError) {
            try JournalFile.write(lines, to: descriptor, draft, disk)
            try attempt(.sync, draft) { () throws(DiskError) in try disk.sync(descriptor) }
            try take(draft: descriptor, length: lines.count)
        } catch {
            // After the rename it is the file's own.
            if failure == nil { dropDraft(descriptor) }
            throw error
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

    static func write(_ bytes: [UInt8], to descriptor: Int32, _ file: String, _ disk: any JournalDisk) throws(JournalError) {
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
