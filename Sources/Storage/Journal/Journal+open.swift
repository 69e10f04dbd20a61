extension Journal {
    /// A journal as it was found.
    public struct Opening: Sendable {
        public let journal: Journal
        /// All records committed since the last compaction, oldest first.
        public let records: [[UInt8]]
        /// The number of bytes cut off from a last line that a crash had torn: it was never committed. Worth a line in the log when not 0.
        public let tornBytes: Int
    }

    /// Opens or makes the file `journal` in a directory, reads it and cuts off a torn last line. Blocks.
    public static func open(in directory: String, disk: any JournalDisk = SystemDisk()) throws(JournalError) -> Opening {
        let openings = try open(in: [directory], disk: disk)
        return openings[0]
    }

    /// Opens many journals at once; what was read is synced once for all.
    public static func open(in directories: [String], disk: any JournalDisk = SystemDisk()) throws(JournalError) -> [Opening] {
        var openings: [Opening] = []
        for directory in directories { openings.append(try found(in: directory, disk: disk)) }
        // What was read may not be on the disk yet, when the last process was killed between writing and syncing; nor may a new file's name.
        if directories.count <= JournalCommit.fewFiles {
            for (opening, directory) in zip(openings, directories) {
                try opening.journal.sync()
                try syncDirectory(directory, disk)
            }
        } else {
            var synced: Set<UInt64> = []
            for opening in openings where synced.insert(opening.journal.device).inserted { try opening.journal.syncFileSystem() }
        }
        return openings
    }

    private static func found(in directory: String, disk: any JournalDisk) throws(JournalError) -> Opening {
        let path = directory + "/journal"
        // A crash while compacting left it; the journal itself is still the old one, and whole.
        try attempt(.remove, path + ".new") { () throws(DiskError) in try disk.remove(path + ".new") }
        let descriptor = try attempt(.open, path) { () throws(DiskError) in try disk.open(path, create: true, truncate: false) }
        do throws(JournalError) {
            var bytes: [UInt8] = []
            while true {
                let more = try attempt(.read, path) { () throws(DiskError) in try disk.read(descriptor, atMost: 65_536) }
                if more.isEmpty { break }
                bytes += more
            }
            let contents = try JournalFormat.read(bytes, file: path)
            if contents.validLength < bytes.count {
                try attempt(.truncate, path) { () throws(DiskError) in try disk.truncate(descriptor, to: contents.validLength) }
            }
            let device = try attempt(.open, path) { () throws(DiskError) in try disk.device(descriptor) }
            let journal = Journal(
                directory: directory, device: device, disk: disk, descriptor: descriptor, length: contents.validLength,
                records: contents.records.count)
            return Opening(journal: journal, records: contents.records, tornBytes: bytes.count - contents.validLength)
        } catch {
            disk.close(descriptor)
            throw error
        }
    }
}
