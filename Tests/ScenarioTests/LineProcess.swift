import Foundation
import Synchronization

/// A child process whose lines are kept, and can be waited for.
final class LineProcess: Sendable {
    struct Line: Sendable {
        var at: ContinuousClock.Instant
        var text: String
    }

    private struct State {
        var lines: [Line] = []
        var partial: [UInt8] = []
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let process: ChildProcess
    let name: String

    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        name = URL(fileURLWithPath: executable).lastPathComponent
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ScenarioError("no pipe for \(executable)") }
        let output = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        defer { close(ends[1]) }
        process = try ChildProcess(
            executable, arguments,
            environment: ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("WATTLINE_") }.merging(environment) { $1 }
        ) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
            posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        }
        Thread.detachNewThread { [weak self] in
            var hasEnded = false
            while !hasEnded {
                let data = output.availableData
                hasEnded = data.isEmpty
                self?.take(Array(data))
            }
        }
    }

    var pid: Int32 { process.pid }
    var isRunning: Bool { process.status == nil }
    var lines: [Line] { state.withLock { $0.lines } }
    var text: String { lines.map(\.text).joined(separator: "\n") }

    func signal(_ signal: Int32) { process.signal(signal) }

    private func take(_ bytes: [UInt8]) {
        let now = ContinuousClock.now
        state.withLock { state in
            if bytes.isEmpty { state.hasEnded = true }
            for byte in bytes {
                guard byte == UInt8(ascii: "\n") else {
                    state.partial.append(byte)
                    continue
                }
                state.lines.append(Line(at: now, text: String(decoding: state.partial, as: UTF8.self)))
                state.partial = []
            }
        }
    }

    /// The first line from `index` on that the predicate likes; throws when the time is over.
    @discardableResult
    func line(
        from index: Int = 0, within limit: Duration, _ what: String, where predicate: (String) -> Bool
    ) async throws -> (index: Int, line: Line) {
        let deadline = ContinuousClock.now + limit
        var next = index
        while true {
            let lines = lines
            while next < lines.count {
                if predicate(lines[next].text) { return (next, lines[next]) }
                next += 1
            }
            guard ContinuousClock.now < deadline else {
                throw ScenarioError(
                    "\(name): no \(what) within \(limit); the last lines were:\n" + lines.suffix(15).map(\.text).joined(separator: "\n"))
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits for the end of the process: its exit status, or 128 and the signal that killed it.
    func exitStatus(within limit: Duration) async throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        while true {
            if let status = process.status {
                // What it wrote last may still be in the pipe.
                while !state.withLock({ $0.hasEnded }), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(1)) }
                return status
            }
            guard ContinuousClock.now < deadline else { throw ScenarioError("\(name) did not end within \(limit):\n\(text.suffix(3000))") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

struct ScenarioError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
