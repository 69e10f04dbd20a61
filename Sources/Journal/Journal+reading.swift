import Glibc

extension Journal {
    /// What the journal in a directory holds at this moment, for whoever only looks: its user may go on writing, and nothing is changed.
    /// - Returns: `nil` when there is none.
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
