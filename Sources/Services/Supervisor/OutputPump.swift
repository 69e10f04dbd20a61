import Glibc
public import Platform
import Synchronization
internal import Terminal

/// The standard output of `up`, which never waits for its reader. What a slow one (or a terminal stopped with Ctrl-S) doesn't take is kept up to a
/// limit; beyond it whole lines are dropped and counted. The children never feel it.
public final class OutputPump: LineSink {
    private struct State {
        var lines: [UInt8] = []
        var written = 0
        var dropped = 0
        var isClosed = false
    }

    private let descriptor: Int32
    private let limit: Int
    private let state = Mutex(State())

    public init(_ descriptor: Int32 = 1, limit: Int = 1 << 20) {
        self.descriptor = descriptor
        self.limit = limit
        signal(SIGPIPE, SIG_IGN)
    }

    public func write(_ bytes: [UInt8]) {
        state.withLock { state in
            guard !state.isClosed else { return }
            guard state.lines.count - state.written + bytes.count <= limit else {
                state.dropped += 1
                return
            }
            state.lines += bytes
            drain(&state)
        }
    }

    public func takeDropped() -> Int {
        state.withLock { state in
            // Only when there is room to say so.
            guard state.dropped > 0, state.lines.count - state.written < limit / 2 else { return 0 }
            defer { state.dropped = 0 }
            return state.dropped
        }
    }

    /// Writes what can be written without waiting; true when nothing is left.
    func flush() -> Bool {
        state.withLock { state in
            drain(&state)
            return state.lines.isEmpty
        }
    }

    /// Writes the rest, for as long as its reader takes some of it within the time.
    /// - Parameter patience: the time, in milliseconds.
    func finish(patience: Int32 = 500) {
        while !flush() {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            if poll(&wanted, 1, patience) <= 0 { return }
        }
    }

    private func drain(_ state: inout State) {
        while state.written < state.lines.count {
            // When poll says so a pipe has room for PIPE_BUF bytes at least, so a write of no more doesn't wait, be the descriptor blocking or not
            // (and it is not ours alone to change that).
            var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&wanted, 1, 0) > 0 else { return compact(&state) }
            let end = min(state.lines.count, state.written + 4096)
            let count = state.lines[state.written..<end].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                state.written += count
            } else if errno == EAGAIN {
                return compact(&state)
            } else if errno != EINTR {
                state.isClosed = errno == EPIPE
                state.dropped += 1
                state.written = state.lines.count
            }
        }
        state.lines.removeAll(keepingCapacity: true)
        state.written = 0
    }

    private func compact(_ state: inout State) {
        state.lines.removeFirst(state.written)
        state.written = 0
    }
}
