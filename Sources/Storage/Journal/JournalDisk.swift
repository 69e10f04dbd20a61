import Glibc

/// The calls of the operating system that a journal needs, so that tests can make each of them fail, write short, or be the last thing before a
/// crash.
///
/// Every call is one system call; failures are `errno` values. Called from the worker thread, and at opening from the caller's.
public protocol JournalDisk: Sendable {
    /// Opens a file; returns its descriptor.
    func open(_ path: String, to use: FileUse) throws(DiskError) -> Int32
    /// Opens a directory, to sync it.
    func openDirectory(_ path: String) throws(DiskError) -> Int32
    /// Reads at most so many bytes from the present place; empty at the end.
    func read(_ descriptor: Int32, atMost count: Int) throws(DiskError) -> [UInt8]
    /// Writes at the end; returns the number of bytes written, at least one.
    func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws(DiskError) -> Int
    /// Calls `fdatasync`, or `fsync` for a directory.
    func sync(_ descriptor: Int32) throws(DiskError)
    /// Calls `syncfs`: syncs everything on the file system that the descriptor is on.
    func syncFileSystem(_ descriptor: Int32) throws(DiskError)
    /// The number of the file system that the descriptor is on.
    func device(_ descriptor: Int32) throws(DiskError) -> UInt64
    /// The number of bytes in the file.
    func size(_ descriptor: Int32) throws(DiskError) -> Int
    func truncate(_ descriptor: Int32, to length: Int) throws(DiskError)
    func rename(_ from: String, to: String) throws(DiskError)
    /// Removes a file; it is no error when there is none.
    func remove(_ path: String) throws(DiskError)
    func close(_ descriptor: Int32)
}

/// The purpose for which a file is opened.
public enum FileUse: Hashable, Sendable {
    /// To read it: it must be there.
    case read
    /// To read it and to write at its end; it is made if it is not there.
    case append
    /// The same, but it must be there.
    case appendKnown
    /// To write it from the beginning: what was in it is gone.
    case writeAnew
}

/// An error of the system: an `errno`.
public struct DiskError: Error, Hashable, Sendable {
    public var code: Int32

    public init(code: Int32) { self.code = code }

    /// True when there is no such file.
    var isMissing: Bool { code == ENOENT }
}

/// The real disk.
public struct SystemDisk: JournalDisk {
    public init() {}

    public func open(_ path: String, to use: FileUse) throws(DiskError) -> Int32 {
        let flags =
            switch use {
            case .read: O_RDONLY
            case .append: O_RDWR | O_APPEND | O_CREAT
            case .appendKnown: O_RDWR | O_APPEND
            case .writeAnew: O_RDWR | O_APPEND | O_CREAT | O_TRUNC
            }
        return try checked { Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600) }
    }

    public func openDirectory(_ path: String) throws(DiskError) -> Int32 {
        try checked { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    }

    public func read(_ descriptor: Int32, atMost count: Int) throws(DiskError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = try checked { Glibc.read(descriptor, &bytes, count) }
        return Array(bytes[..<read])
    }

    public func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws(DiskError) -> Int {
        try checked { bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } }
    }

    public func sync(_ descriptor: Int32) throws(DiskError) { _ = try checked { fdatasync(descriptor) } }
    public func syncFileSystem(_ descriptor: Int32) throws(DiskError) { _ = try checked { SystemDisk.syncfs(descriptor) } }

    public func device(_ descriptor: Int32) throws(DiskError) -> UInt64 {
        var status = stat()
        _ = try checked { fstat(descriptor, &status) }
        return UInt64(status.st_dev)
    }

    public func size(_ descriptor: Int32) throws(DiskError) -> Int {
        var status = stat()
        _ = try checked { fstat(descriptor, &status) }
        return Int(status.st_size)
    }

    public func truncate(_ descriptor: Int32, to length: Int) throws(DiskError) { _ = try checked { ftruncate(descriptor, length) } }
    public func rename(_ from: String, to: String) throws(DiskError) { _ = try checked { Glibc.rename(from, to) } }

    public func remove(_ path: String) throws(DiskError) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw DiskError(code: errno)
    }

    public func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    /// `syncfs(2)`, which Swift's Glibc module doesn't declare (it is there for _GNU_SOURCE only).
    private static let syncfs: @convention(c) @Sendable (Int32) -> Int32 = {
        guard let symbol = dlsym(nil, "syncfs") else { return { fsync($0) } }
        return unsafeBitCast(symbol, to: (@convention(c) @Sendable (Int32) -> Int32).self)
    }()

    private func checked<Count: SignedInteger>(_ call: () -> Count) throws(DiskError) -> Count {
        while true {
            let result = call()
            if result >= 0 { return result }
            if errno != EINTR { throw DiskError(code: errno) }
        }
    }
}
