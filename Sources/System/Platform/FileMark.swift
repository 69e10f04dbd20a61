internal import Glibc

/// A mark that tells one state of a file from another, whether it is replaced or written into.
public struct FileMark: Hashable, Sendable {
    private let device, node: UInt64
    private let size, changed, changedNanoseconds, written, writtenNanoseconds: Int64

    /// The file's present mark; `nil` when there is none, or no way to it.
    public init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
        size = Int64(status.st_size)
        changed = Int64(status.st_ctim.tv_sec)
        changedNanoseconds = Int64(status.st_ctim.tv_nsec)
        written = Int64(status.st_mtim.tv_sec)
        writtenNanoseconds = Int64(status.st_mtim.tv_nsec)
    }
}
