internal import Glibc
internal import Platform

/// A file that is made anew as a whole, or not at all: it never holds half of what was to be in it.
public final class TextFile {
    private let path: String
    private let name: String
    private let temporary: String
    private var descriptor: Int32

    /// Opens the file beside its place, so that whoever works long for it knows at once whether it can be written.
    /// - Parameter name: the name of the setting that names the file, for errors.
    /// - Throws: when it can't be opened, with the reason.
    public init(path: String, from name: String) throws(SettingError) {
        self.path = path
        self.name = name
        temporary = "\(path).\(getpid()).new"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw error(errno) }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            abandon()
            throw SettingError(name, value: path, expected: "a file, not a directory or a device")
        }
    }

    deinit { abandon() }

    /// Writes all of the text and puts the file in its place.
    /// - Throws: when it can't be written, with the reason.
    public func write(_ text: String) throws(SettingError) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { bytes = bytes.dropFirst(count) } else if errno != EINTR { throw error(errno, .failure) }
        }
        let closed = close(descriptor)
        descriptor = -1
        guard closed == 0, rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw error(code, .failure)
        }
    }

    private func abandon() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporary)
        descriptor = -1
    }

    private func error(_ code: Int32, _ exit: ProcessExit? = nil) -> SettingError {
        SettingError(name, value: path, expected: "a file that can be written (\(errorText(code)))", processExit: exit)
    }
}
