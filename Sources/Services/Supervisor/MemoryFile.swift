internal import CSupervisor
internal import Glibc

/// A file in memory, for what reads a path: there as long as this process, for nobody else, and no rubbish afterwards.
public struct MemoryFile: Hashable, Sendable {
    public let path: String

    /// - Returns: `nil`, and `errno`, when the system has none.
    public init?(_ text: String) {
        let descriptor = wattline_memory_file()
        guard descriptor >= 0 else { return nil }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                close(descriptor)
                return nil
            }
            bytes = bytes.dropFirst(count)
        }
        path = "/proc/self/fd/\(descriptor)"
    }
}
