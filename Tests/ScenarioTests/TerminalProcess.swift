import Foundation
import Synchronization

/// A program on a terminal of its own, whose screen can be read.
final class TerminalProcess: Sendable {
    private struct State {
        var screen: Emulator
        var bytes: [UInt8] = []
        /// All that the program wrote has been read.
        var hasEnded = false

        mutating func take(_ read: [UInt8]) {
            // No program writes a NUL: it is what `exitStatus` puts behind the last output.
            let text = read.filter { $0 != 0 }
            if text.count < read.count { hasEnded = true }
            bytes += text
            screen.take(text)
        }
    }

    private let state: Mutex<State>
    private let master: Int32
    /// Kept open, so that the terminal stays when the program has gone.
    private let slave: Int32
    private let process: ChildProcess
    var pid: Int32 { process.pid }
    /// The terminal's modes before the program had it.
    let modesBefore: [UInt32]

    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:], width: Int = 80, height: Int = 24) throws {
        let master = TerminalProcess.open("/dev/ptmx")
        var number: Int32 = 0
        var locked: Int32 = 0
        // TIOCSPTLCK and TIOCGPTN, which Swift's Glibc leaves out, as it does posix_openpt.
        guard master >= 0, ioctl(master, 0x4004_5431, &locked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            throw ScenarioError("no pseudo-terminal")
        }
        let path = "/dev/pts/\(number)"
        let slave = TerminalProcess.open(path)
        guard slave >= 0 else { throw ScenarioError("can't open \(path)") }
        self.master = master
        self.slave = slave
        state = Mutex(State(screen: Emulator(width: width, height: height)))
        TerminalProcess.setSize(master, width, height)
        modesBefore = TerminalProcess.modes(slave)

        let variables = ["PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": "/tmp", "SWIFT_BACKTRACE": "enable=no"]
        process = try ChildProcess(executable, arguments, environment: variables.merging(environment) { $1 }, inNewSession: true) { actions in
            // The first terminal that the leader of a session opens is its own.
            posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
            posix_spawn_file_actions_adddup2(&actions, 0, 1)
            posix_spawn_file_actions_adddup2(&actions, 0, 2)
        }
        Thread.detachNewThread { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            // Its number must not be another's while somebody reads from it.
            defer { close(master) }
            while true {
                let count = read(master, &buffer, buffer.count)
                guard count > 0, let self else { return }
                let bytes = Array(buffer[..<count])
                self.state.withLock { $0.take(bytes) }
            }
        }
    }

    /// Far from the numbers that Foundation's pipes get, use and close on threads of their own: sharing those cost the ends of other processes' output.
    private static func open(_ path: String) -> Int32 {
        let low = Glibc.open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard low >= 0 else { return low }
        defer { close(low) }
        return fcntl(low, F_DUPFD_CLOEXEC, 700)
    }

    deinit {
        process.signal(SIGKILL)
        // The reader ends when nobody has the terminal open any more.
        close(slave)
    }

    var lines: [String] { state.withLock { $0.screen.lines } }
    var isOnAlternateScreen: Bool { state.withLock { $0.screen.isAlternate } }
    var isCursorShown: Bool { state.withLock { $0.screen.isCursorShown } }
    /// All that was written so far.
    var output: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

    func send(_ text: String) { _ = Array(text.utf8).withUnsafeBytes { write(master, $0.baseAddress, $0.count) } }

    func resize(_ width: Int, _ height: Int) {
        state.withLock { $0.screen.resize(width, height) }
        TerminalProcess.setSize(master, width, height)
    }

    private static func setSize(_ descriptor: Int32, _ width: Int, _ height: Int) {
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
    }

    /// The terminal's modes: echo, lines, signals.
    var modes: [UInt32] { TerminalProcess.modes(slave) }

    private static func modes(_ descriptor: Int32) -> [UInt32] {
        var modes = termios()
        tcgetattr(descriptor, &modes)
        return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
    }

    /// Waits until the screen is as the predicate likes it.
    @discardableResult
    func screen(_ what: String, within limit: Duration = .seconds(10), where predicate: ([String]) -> Bool) async throws -> [String] {
        let deadline = ContinuousClock.now + limit
        while true {
            let lines = lines
            if predicate(lines) { return lines }
            guard ContinuousClock.now < deadline else { throw ScenarioError("no \(what) within \(limit):\n" + lines.joined(separator: "\n")) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits until the terminal is as it was: its modes, the usual screen, the cursor. What was written last may still be on its way.
    func restored() async throws {
        try await screen("terminal as it was", within: .seconds(3)) { _ in modes == modesBefore && !isOnAlternateScreen && isCursorShown }
    }

    /// Waits for the end of the process and of its output: its exit status, or 128 and the signal that killed it.
    func exitStatus(within limit: Duration) async throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        func wait<Value>(for what: String, _ value: () -> Value?) async throws -> Value {
            while true {
                if let value = value() { return value }
                guard ContinuousClock.now < deadline else { throw ScenarioError("\(what) did not end within \(limit)") }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        let status = try await wait(for: "the process") { process.status }
        write(slave, [0], 1)
        try await wait(for: "its output") { state.withLock { $0.hasEnded ? () : nil } }
        return status
    }
}

/// As much of a terminal as `wattline top` asks for.
private struct Emulator {
    private var grid: [[Character]]
    private var x = 0
    private var y = 0
    private var pending: [UInt8] = []
    var isAlternate = false
    var isCursorShown = true

    init(width: Int, height: Int) { grid = Emulator.empty(width, height) }

    private static func empty(_ width: Int, _ height: Int) -> [[Character]] { Array(repeating: Array(repeating: " ", count: width), count: height) }

    mutating func resize(_ width: Int, _ height: Int) { grid = Emulator.empty(width, height) }

    var lines: [String] {
        grid.map { row in
            var line = String(row)
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// Takes whole characters and sequences; the rest waits.
    mutating func take(_ bytes: [UInt8]) {
        pending += bytes
        var rest = pending[...]
        while let first = rest.first {
            if first == 0x1B {
                guard let end = rest.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else { break }
                obey(String(decoding: rest[(rest.startIndex + 2)...end], as: UTF8.self))
                rest = rest[(end + 1)...]
                continue
            }
            let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
            guard rest.count >= length else { break }
            put(String(decoding: rest.prefix(length), as: UTF8.self).first ?? " ")
            rest = rest.dropFirst(length)
        }
        pending = Array(rest)
    }

    private mutating func obey(_ sequence: String) {
        switch sequence.last {
        case "H":
            let numbers = sequence.dropLast().split(separator: ";").compactMap { Int($0) }
            (y, x) = numbers.count == 2 ? (numbers[0] - 1, numbers[1] - 1) : (0, 0)
        case "J": grid = grid.map { $0.map { _ in " " } }
        case "h", "l":
            if sequence.hasPrefix("?1049") { isAlternate = sequence.last == "h" }
            if sequence.hasPrefix("?25") { isCursorShown = sequence.last == "h" }
        default: break
        }
    }

    private mutating func put(_ character: Character) {
        switch character {
        case "\r": x = 0
        case "\n", "\r\n": y += 1
        default:
            // A picture for another size may still come.
            if grid.indices.contains(y), grid[y].indices.contains(x) { grid[y][x] = character }
            x += 1
        }
    }
}
