import Glibc

/// An exclusive hold on a directory, by `flock` on the file `lock` in it; gone with the process, whatever ends it.
///
/// The file stays when the hold is given back (removing it would let two processes hold "it" at once); it is empty then.
public final class DirectoryLock: Sendable {
    /// The file that is locked.
    public let path: String
    private let descriptor: Int32

    package init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        ftruncate(descriptor, 0)
        // Said, and not left to `close`: a child that is being started at this moment has a copy of the descriptor until its `exec`.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Takes the lock file at `path` for this process and writes its id into it.
    /// - Parameter waits: true to wait for another holder, who has it for a moment; else that is an error.
    package static func take(_ path: String, for directory: String, waits: Bool = false) throws(DataDirectoryError) -> DirectoryLock {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .cannotCreate(path: path, code: errno) }
        while flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            close(descriptor)
            guard code == EWOULDBLOCK else { throw .cannotCreate(path: path, code: code) }
            throw .inUse(directory: directory, holder: holder(of: path))
        }
        let line = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, line, line.count, 0) == line.count else {
            let code = errno
            close(descriptor)
            throw .cannotCreate(path: path, code: code)
        }
        return DirectoryLock(path: path, descriptor: descriptor)
    }

    /// The holder of a lock, as well as it can be told: `123 (wattline engine)`.
    private static func holder(of path: String) -> String? {
        guard let bytes = readWhole(path),
            let pid = Int(String(decoding: bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }, as: UTF8.self))
        else { return nil }
        let words = (readWhole("/proc/\(pid)/cmdline") ?? []).split(separator: 0).prefix(2).map { String(decoding: $0, as: UTF8.self) }
        guard let program = words.first?.split(separator: "/").last else { return "\(pid)" }
        let command = words.dropFirst().first.map { $0.hasPrefix("-") ? "" : " " + $0 } ?? ""
        return "\(pid) (\(program)\(command))"
    }
}

/// The reason why a data directory can't be used.
public enum DataDirectoryError: ProcessFailure, Hashable, CustomStringConvertible {
    /// The directory, or something in it, can't be made or written.
    case cannotCreate(path: String, code: Int32)
    /// Another process holds the directory.
    case inUse(directory: String, holder: String?)
    /// There is neither `--data` nor a home directory to put it in.
    case noHome

    public var description: String {
        switch self {
        case .cannotCreate(let path, let code): "can't create or write \(path): \(errorText(code)); choose another directory with --data"
        case .inUse(let directory, let holder):
            "data directory \(directory) is in use by process \(holder ?? "unknown"); stop it or choose another with --data"
        case .noHome: "no place for the data directory: neither --data nor WATTLINE_DATA, XDG_STATE_HOME or HOME is set to an absolute path"
        }
    }

    /// The exit of a process that fails for this reason.
    public var processExit: ProcessExit {
        switch self {
        case .cannotCreate: .cannotCreate
        case .inUse: .inUse
        case .noHome: .configuration
        }
    }
}
