import Glibc

/// The reason why a journal can't be used. After a failure to write or sync nothing more is written to it: open it again, which reads what is really
/// there.
public enum JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A call of the operating system failed.
    case failed(action: Action, file: String, code: Int32)
    /// A line is damaged, and not as a crash in the middle of a commit leaves the last one.
    case corrupt(file: String, offset: Int)
    /// It is of a format that a later version made.
    case later(file: String, format: Int)
    /// Journals are kept in another file by what their own say, and are not there.
    case missing(files: [String], keptIn: String)
    /// More bytes waited to be written than a process should keep: the disk stands still.
    case overflow(file: String)
    /// The journal was closed.
    case closed(file: String)

    /// The action that was tried.
    public enum Action: String, Sendable {
        case open, read, write, sync, truncate, rename, remove
    }

    /// True when the disk refused something, so that another attempt may go better.
    public var isOfTheDisk: Bool {
        switch self {
        case .failed: true
        case .corrupt, .later, .missing, .overflow, .closed: false
        }
    }

    public var description: String {
        switch self {
        case .failed(let action, let file, let code): "can't \(action.rawValue) the journal \(file): \(String(cString: strerror(code)))"
        case .corrupt(let file, let offset):
            "the journal \(file) is damaged at byte \(offset), and not as a crash leaves it: not started, so that nothing it holds is lost silently. "
                + "Bring back a copy; or, to go on without its sessions, register and epoch, move it away"
        case .later(let file, let format):
            "the journal \(file) has format \(format), this wattline reads \(JournalFormat.newest): a later wattline made it, and it is left as it is. "
                + "Start that one; to go down, put back the copy from before"
        case .missing(let files, let other):
            "\(JournalError.list(files)) kept in \(other), by what is said there, and not found in it: not started, so that nothing is lost silently. "
                + "Bring back a copy of that file; or, to go on without sessions, registers and epochs, move \(files.count == 1 ? "the first" : "those") away"
        case .overflow(let file): "the journal \(file) can't keep up: the disk does not answer"
        case .closed(let file): "the journal \(file) is closed"
        }
    }

    private static func list(_ files: [String]) -> String {
        let named = files.prefix(3).joined(separator: ", ")
        return files.count == 1 ? "the journal \(named) is" : "the journals \(named)\(files.count > 3 ? " and \(files.count - 3) more" : "") are"
    }
}
