import Glibc

/// Facts about processes and sockets, from `/proc`.
public enum ProcFS {
    /// The identity of a process, which tells it from a later one with the same number.
    public struct Identity: Sendable, Hashable {
        public var pid: Int32
        /// The time of its start, in clock ticks since boot.
        public var startTicks: UInt64

        public init(pid: Int32, startTicks: UInt64) {
            self.pid = pid
            self.startTicks = startTicks
        }
    }

    /// The figures of a process that `ps` shows.
    public struct Usage: Sendable, Hashable {
        /// Processor time so far, in seconds.
        public var processorSeconds: Double
        /// The time since its start, in seconds.
        public var uptimeSeconds: Double
        /// Resident memory in bytes.
        public var residentBytes: Int
    }

    /// The identity of a process that runs now. A zombie runs no more.
    public static func identity(of pid: Int32) -> Identity? {
        guard let fields = statFields(pid), fields[0] != "Z", fields[0] != "X", let ticks = UInt64(fields[19]) else { return nil }
        return Identity(pid: pid, startTicks: ticks)
    }

    /// True while exactly this process runs.
    public static func isRunning(_ identity: Identity) -> Bool { self.identity(of: identity.pid) == identity }

    /// The program that a process runs, as far as we may know. A replaced file ends with " (deleted)".
    public static func executable(of pid: Int32) -> String? { readLink("/proc/\(pid)/exe") }

    public static func usage(of pid: Int32) -> Usage? {
        guard let fields = statFields(pid), let user = Double(fields[11]), let system = Double(fields[12]), let start = Double(fields[19]),
            let pages = Int(fields[21]), let uptime = readText("/proc/uptime")?.split(separator: " ").first.flatMap({ Double($0) })
        else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        return Usage(
            processorSeconds: (user + system) / ticks, uptimeSeconds: max(0, uptime - start / ticks),
            residentBytes: pages * Int(sysconf(Int32(_SC_PAGESIZE))))
    }

    /// The fields of `/proc/PID/stat` from the third (the state) on: the second, a name in parentheses, may hold anything.
    private static func statFields(_ pid: Int32) -> [Substring]? {
        guard let text = readText("/proc/\(pid)/stat"), let parenthesis = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: parenthesis)...].split(separator: " ")
        return fields.count > 21 ? fields : nil
    }

    /// The inode of the socket that listens on this port of 127.0.0.1, or of all addresses; `nil` when none does.
    public static func listeningSocket(port: UInt16) -> String? {
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            for line in (readText(table) ?? "").split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ", omittingEmptySubsequences: true)
                // sl, local address, remote address, state (0A: listening), …, inode.
                guard fields.count > 9, fields[3] == "0A" else { continue }
                let local = fields[1].split(separator: ":")
                guard local.count == 2, UInt16(local[1], radix: 16) == port else { continue }
                let isOurs = local[0] == "0100007F" || local[0].allSatisfy { $0 == "0" } || local[0].hasSuffix("FFFF00000100007F")
                if isOurs { return String(fields[9]) }
            }
        }
        return nil
    }

    /// True when the process itself holds the socket that listens on the port.
    public static func process(_ pid: Int32, listensOn port: UInt16) -> Bool {
        listeningSocket(port: port).map { process(pid, holds: $0) } ?? false
    }

    /// The process that listens on the port; `nil` when none does, or we may not know.
    public static func process(listeningOn port: UInt16) -> Int32? {
        guard let inode = listeningSocket(port: port) else { return nil }
        return names(in: "/proc").lazy.compactMap { Int32($0) }.first { process($0, holds: inode) }
    }

    private static func process(_ pid: Int32, holds inode: String) -> Bool {
        names(in: "/proc/\(pid)/fd").contains { readLink("/proc/\(pid)/fd/\($0)") == "socket:[\(inode)]" }
    }

    /// The number of descriptors that a process may have; `nil` when we may not know.
    public static func descriptorLimit(of pid: Int32) -> Int? {
        guard let line = readText("/proc/\(pid)/limits")?.split(separator: "\n").first(where: { $0.hasPrefix("Max open files") }) else { return nil }
        // Max open files, the soft limit, the hard one, unit.
        return line.split(separator: " ", omittingEmptySubsequences: true).dropFirst(3).first.map { Int($0) ?? .max }
    }

    /// The number of descriptors that a process has.
    public static func descriptors(of pid: Int32) -> Int { names(in: "/proc/\(pid)/fd").count }

    private static func readLink(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}

/// The whole text of a file, or `nil` with `errno` set.
public func readText(_ path: String) -> String? { readWhole(path).map { String(decoding: $0, as: UTF8.self) } }

/// Writes a file by a neighbour and a rename, so that a reader sees the old or the new one, never half. Returns `errno` when it can't be written.
/// - Parameter isSynced: also after a power cut.
public func replaceText(of path: String, with text: String, isSynced: Bool = false) -> Int32? {
    let new = path + ".new"
    let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    func failed() -> Int32 {
        let code = errno
        unlink(new)
        return code
    }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            rest = rest.dropFirst(count)
        } else if errno != EINTR {
            return failed()
        }
    }
    if isSynced, fsync(descriptor) != 0 { return failed() }
    return rename(new, path) == 0 ? nil : failed()
}
