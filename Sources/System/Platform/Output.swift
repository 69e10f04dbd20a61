internal import Glibc
internal import Synchronization

/// A command's output, on standard output: all of it arrives, or the command fails. It is the one door: whatever else is said there is a log's.
///
/// Each piece is one `write(2)` at least, at once; a reader that takes its time is waited for. Any thread.
public enum Output {
    /// The reason why something did not arrive.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The reader has gone, and wants no more.
        case readerGone
        /// The system refused, with this error number.
        case system(Int32)

        public var description: String {
            switch self {
            case .readerGone: "nobody reads the output any more"
            case .system(let number): "the output could not be written: \(String(cString: strerror(number)))"
            }
        }
    }

    private static let first = Mutex<Failure?>(nil)
    /// A reader that has gone is told by an error, not by a signal that kills.
    private static let ignoresSignal: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    /// The first failure; from then on nothing more is written.
    public static var failure: Failure? { first.withLock { $0 } }

    /// Writes the text as it is.
    /// - Returns: true when it was written; a command that works long for its output ends when it was not.
    @discardableResult
    public static func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    /// Writes the text and a line break.
    @discardableResult
    public static func writeLine(_ text: String) -> Bool { write(text + "\n") }

    @discardableResult
    public static func write(_ bytes: [UInt8]) -> Bool {
        first.withLock { failure in
            if failure == nil { failure = put(bytes, on: STDOUT_FILENO) }
            return failure == nil
        }
    }

    /// Writes the bytes; returns the failure, `nil` when all of them are written.
    static func put(_ bytes: [UInt8], on descriptor: Int32) -> Failure? {
        ignoresSignal
        switch DescriptorWriter.write(bytes, on: descriptor, patience: -1).end {
        case .complete: return nil
        case .full: return .system(EAGAIN)
        case .readerGone: return .readerGone
        case .system(let error): return .system(error)
        }
    }
}
