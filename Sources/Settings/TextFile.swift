internal import Glibc

/// A file that is made anew, or not at all: it never holds half of what was to be in it.
public enum TextFile {
    /// - Parameter name: of the setting that names the file, for errors.
    /// - Throws: when the file can't be written, with the reason.
    public static func write(_ text: String, to path: String, from name: String) throws(SettingError) {
        let temporary = "\(path).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SettingError(name, value: path, expected: "a file that can be written (\(errorText(errno)))") }
        var bytes = Array(text.utf8)[...]
        var failure: Int32?
        while !bytes.isEmpty, failure == nil {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { bytes = bytes.dropFirst(count) } else if count < 0, errno != EINTR { failure = errno }
        }
        if close(descriptor) != 0, failure == nil { failure = errno }
        if failure == nil, rename(temporary, path) != 0 { failure = errno }
        guard let failure else { return }
        unlink(temporary)
        throw SettingError(name, value: path, expected: "a file that can be written (\(errorText(failure)))")
    }
}
