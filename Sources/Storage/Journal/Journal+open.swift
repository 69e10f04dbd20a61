extension Journal {
    /// A journal as it was found.
    public struct Opening: Sendable {
        public let journal: Journal
        /// All records committed since the last compaction, oldest first.
        public let records: [[UInt8]]
        /// The number of bytes cut off from a last line that a crash had torn: it was never committed. Worth a line in the log when not 0.
        public let tornBytes: Int
    }

    /// Opens or makes the file `journal` in a directory, reads it and cuts off a torn last line. Records that were kept with those of other journals are
    /// brought back into it. Blocks.
    public static func open(in directory: String, disk: any JournalDisk = SystemDisk()) throws(JournalError) -> Opening {
        let found = try FoundJournal.open(in: directory, disk)
        let file = JournalFile(directory: directory, disk: disk, descriptor: found.descriptor, length: found.contents.validLength)
        guard let reference = found.contents.keptIn else {
            // What was read may not be on the disk yet, when the last process was killed between writing and syncing; nor may a new file's name.
            try file.sync()
            try JournalFile.syncDirectory(directory, disk)
            let records = found.contents.records
            return Opening(journal: Journal(.own(file), records: records.count), records: records, tornBytes: found.tornBytes)
        }
        let home = JournalHome(reference, from: directory)
        let records = try home.section(of: directory, disk)
        try file.replace(with: records.flatMap { JournalFormat.line([$0]) })
        if home.isNamed(after: [directory]) { try home.removeIfEmpty(siblingsOf: directory, disk) }
        return Opening(journal: Journal(.own(file), records: records.count), records: records, tornBytes: 0)
    }

    /// Opens the journals of several directories, locked by the caller, as one file. What each held by itself, or with others, is moved there. Blocks.
    ///
    /// A journal is where its own directory says: in its file there, or where that file says it is kept. That is changed last, so a crash on the way
    /// leaves it where it was.
    /// - Parameter reference: the directory of the one file, which exists, as seen from each of the others; its name is that of the first. `nil`: each
    ///   has a file of its own.
    public static func open(
        in directories: [String], together reference: String?, disk: any JournalDisk = SystemDisk()
    ) throws(JournalError) -> [Opening] {
        guard let reference else {
            var openings: [Opening] = []
            for directory in directories { openings.append(try open(in: directory, disk: disk)) }
            return openings
        }
        var gathering = JournalGathering(directories, reference, disk)
        return try gathering.openings()
    }
}

/// A journal's file as it was found.
struct FoundJournal {
    let descriptor: Int32
    let contents: JournalFormat.Contents
    /// The bytes of a torn last line.
    let tornBytes: Int

    /// Opens the file in a directory, or makes it; what a crash left half done is taken away.
    static func open(in directory: String, _ disk: any JournalDisk) throws(JournalError) -> FoundJournal {
        let path = JournalFile.path(in: directory)
        // A crash while compacting left it; the journal itself is still the old one, and whole.
        try attempt(.remove, path + ".new") { () throws(DiskError) in try disk.remove(path + ".new") }
        let descriptor = try attempt(.open, path) { () throws(DiskError) in try disk.open(path, to: .append) }
        do throws(JournalError) {
            let bytes = try read(descriptor, path, disk)
            let contents = try JournalFormat.read(bytes, file: path)
            if contents.validLength < bytes.count {
                try attempt(.truncate, path) { () throws(DiskError) in try disk.truncate(descriptor, to: contents.validLength) }
            }
            return FoundJournal(descriptor: descriptor, contents: contents, tornBytes: bytes.count - contents.validLength)
        } catch {
            disk.close(descriptor)
            throw error
        }
    }

    /// The contents of the file in a directory at this moment, for readers only: its user may go on writing, and nothing is changed.
    /// - Returns: `nil` when there is no file.
    static func read(in directory: String, _ disk: any JournalDisk) throws(JournalError) -> JournalFormat.Contents? {
        let path = JournalFile.path(in: directory)
        let descriptor: Int32
        do throws(DiskError) {
            descriptor = try disk.open(path, to: .read)
        } catch {
            if error.isMissing { return nil }
            throw .failed(action: .open, file: path, code: error.code)
        }
        defer { disk.close(descriptor) }
        return try JournalFormat.read(try read(descriptor, path, disk), file: path)
    }

    private static func read(_ descriptor: Int32, _ path: String, _ disk: any JournalDisk) throws(JournalError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = try attempt(.read, path) { () throws(DiskError) in try disk.read(descriptor, atMost: 65_536) }
            if more.isEmpty { return bytes }
            bytes += more
        }
    }
}
