import Glibc

extension Journal {
    /// The records in a directory's journal at this moment, for readers only: its user may go on writing, and nothing is changed.
    /// - Returns: `nil` when there is no journal.
    public static func records(in directory: String) throws(JournalError) -> [[UInt8]]? {
        let path = directory + "/journal"
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        let bytes = try attempt(.read, path) { () throws(DiskError) in
            guard descriptor >= 0 else { throw DiskError(code: errno) }
            defer { Glibc.close(descriptor) }
            var bytes: [UInt8] = []
            while case let more = try SystemDisk().read(descriptor, atMost: 65_536), !more.isEmpty { bytes += more }
            return bytes
        }
        return try JournalFormat.read(bytes, file: path).records
    }
}
