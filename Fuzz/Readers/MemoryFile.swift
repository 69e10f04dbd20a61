internal import Glibc

/// A file in memory with these bytes, for readers that open a path; it has no name, and is gone with the body.
func withMemoryFile(_ bytes: [UInt8], _ body: (String) throws(Finding) -> Void) throws(Finding) {
    var template = Array("/dev/shm/wattline-fuzz-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    try hold(descriptor >= 0, "no file in memory can be made")
    defer { close(descriptor) }
    unlink(template)
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    try hold(count == bytes.count, "a file in memory can't be written")
    try body("/proc/self/fd/\(descriptor)")
}
