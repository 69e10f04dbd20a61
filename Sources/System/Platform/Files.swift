import Glibc

/// The bytes of a whole file, or `nil` with `errno` set when it can't be read.
public func readWhole(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count > 0 { bytes += chunk[..<count] }
        if count == 0 { return bytes }
        if count < 0, errno != EINTR { return nil }
    }
}

/// The names in a directory, in no order, "." and ".." among them; none when it can't be read.
public func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names
}

/// The words of an error number.
package func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }

/// The parents of a path, nearest first: `/a/b/c` → `/a/b`, `/a`, `/`.
package func ancestors(of path: String) -> [String] {
    var result: [String] = []
    var rest = path[...]
    while let slash = rest.lastIndex(of: "/") {
        rest = rest[..<slash]
        result.append(rest.isEmpty ? "/" : String(rest))
    }
    return result
}

/// The path of this program's file; `nil` without `/proc`.
public func executablePath() -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
