import Glibc
import Synchronization

/// A destination of finished lines. Called from any thread.
public protocol LineSink: Sendable {
    /// Takes one line (or several whole ones), its line break included.
    func write(_ bytes: [UInt8])
    /// Returns the number of lines that it had to give up since the last call.
    func takeDropped() -> Int
}

extension LineSink {
    public func takeDropped() -> Int { 0 }
}

/// A file descriptor as a sink: each line is one `write(2)` and nothing is buffered, so a container's log is never behind.
///
/// A reader that has gone (EPIPE) silences it for good. A descriptor that somebody else made non-blocking is waited for, for a second at most;
/// then the line is dropped and counted. What can't be written for another reason (a full disk) is dropped and counted, too.
public final class DescriptorSink: LineSink {
    /// Standard output. Made on first use; from then on a broken pipe is an error of `write`, not a signal that kills the process.
    public static let standardOutput = DescriptorSink(STDOUT_FILENO)
    /// Standard error, made like standard output.
    public static let standardError = DescriptorSink(STDERR_FILENO)

    private struct State {
        var isClosed = false
        /// True when the last line was cut off in the middle: the next begins with a line break.
        var isBroken = false
        var dropped = 0
    }

    private let descriptor: Int32
    private let patience: Int32
    private let state = Mutex(State())

    /// Makes a sink.
    /// - Parameter patience: the longest wait for a full non-blocking descriptor, in milliseconds.
    public init(_ descriptor: Int32, patience: Int32 = 1000) {
        self.descriptor = descriptor
        self.patience = patience
        signal(SIGPIPE, SIG_IGN)
    }

    public func takeDropped() -> Int {
        state.withLock { state in
            defer { state.dropped = 0 }
            return state.dropped
        }
    }

    public func write(_ bytes: [UInt8]) {
        state.withLock { state in
            guard !state.isClosed else { return }
            let line = state.isBroken ? [UInt8(ascii: "\n")] + bytes : bytes
            let (written, end) = DescriptorWriter.write(line, on: descriptor, patience: patience)
            state.isClosed = end == .readerGone
            if written > 0 { state.isBroken = written < line.count }
            if written < line.count, !state.isClosed { state.dropped += 1 }
        }
    }
}

/// A sink that keeps its lines, for tests.
public final class MemorySink: LineSink {
    private let state = Mutex([String]())

    public init() {}

    /// The lines that were written, without line breaks.
    public var lines: [String] { state.withLock { $0 } }

    public func write(_ bytes: [UInt8]) {
        state.withLock { $0 += String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init) }
    }
}
