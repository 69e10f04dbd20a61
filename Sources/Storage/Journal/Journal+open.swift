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
    /// - Parameter resting: true for one that is open only while it is written.
    public static func open(
        in directory: String, resting: Bool = false, disk: any JournalDisk = SystemDisk()
    ) throws(JournalError) -> Opening {
        let found = try FoundJournal.open(in: directory, disk)
        let file = JournalFile(
            directory: directory, disk: disk, descriptor: found.descriptor, length: found.contents.validLength, rests: resting)
        guard let home = try JournalHome.keeping(found.contents, of: directory) else {
            // What was read may not be on the disk yet, when the last process was killed between writing and syncing; nor may a new file's name.
            try file.sync()
            try JournalFile.syncDirectory(directory, disk)
            return Opening(journal: Journal(.own(file), records: found.records.count), records: found.records, tornBytes: found.tornBytes)
        }
        guard let records = try home.sections(disk)?[JournalHome.name(of: directory)] else { throw home.missing([directory]) }
        try file.replace(with: records.flatMap { JournalFormat.line([$0]) })
        return Opening(journal: Journal(.own(file), records: records.count), records: records, tornBytes: 0)
    }

    /// Opens or makes the file in a directory to write at its end alone: for what is kept for good and read by nobody who serves, however long it is.
    /// It is open only while it is written. A last line that a crash tore stays, and what is written next begins a line of its own. Blocks.
    public static func openAtEnd(in directory: String, disk: any JournalDisk = SystemDisk()) throws(JournalError) -> Journal {
        let path = JournalFile.path(in: directory)
        let descriptor = try attempt(.open, path) { () throws(DiskError) in try disk.open(path, to: .append) }
        let length: Int
        do throws(JournalError) {
            length = try attempt(.read, path) { () throws(DiskError) in try disk.size(descriptor) }
        } catch {
            disk.close(descriptor)
            throw error
        }
        let file = JournalFile(directory: directory, disk: disk, descriptor: descriptor, length: length, rests: true)
        if length > 0 { try file.append([UInt8(ascii: "\n")]) }
        try file.sync()
        try JournalFile.syncDirectory(directory, disk)
        return Journal(.own(file))
    }

    /// Opens the journals of several directories, locked by the caller, as one file. What each held by itself, or with others, is moved there. Blocks.
    ///
    /// A journal is where its own directory says: in its file there, or where that file says it is kept. That is changed last, so a crash on the way
    /// leaves it where it was.
    /// - Parameter reference: the directory of the one file, which exists and is locked by the caller, as seen from each of the others. `nil`: each has a
    ///   file of its own, which may be `resting`.
    public static func open(
        in directories: [String], together reference: String?, resting: Bool = false, disk: any JournalDisk = SystemDisk()
    ) throws(JournalError) -> [Opening] {
        guard let reference else {
            var openings: [Opening] = []
            for directory in directories { openings.append(try open(in: directory, resting: resting, disk: disk)) }
            return openings
        }
        var gathering = JournalGathering(directories, reference, disk)
        return try gathering.openings()
    }

    /// Removes the file in a directory, locked by the caller, in which journals were kept together, when nothing is kept there any more.
    /// - Parameter owner: the directory of one of them.
    public static func removeUnused(together reference: String, besides owner: String, disk: any JournalDisk = SystemDisk()) throws(JournalError) {
        guard let home = JournalHome(reference, from: owner), let sections = try home.sections(disk) else { return }
        for name in sections.keys.sorted() where home.keeps(name, besides: owner, disk) { return }
        let path = JournalFile.path(in: home.directory)
        try attempt(.remove, path) { () throws(DiskError) in try disk.remove(path) }
    }
}

/// A journal's file as it was found.
struct FoundJournal {
    let descriptor: Int32
    let contents: JournalFormat.Contents
    let records: [[UInt8]]
    /// The bytes of a torn last line.
    let tornBytes: Int

    /// Opens the file in a directory, or makes it; what a crash left half done is taken away.
    static func open(in directory: String, _ disk: any JournalDisk) throws(JournalError) -> FoundJournal {
        var records: [[UInt8]] = []
        let (descriptor, contents, tornBytes) = try open(in: directory, disk) { (line) throws(JournalError) in records += line.records }
        return FoundJournal(descriptor: descriptor, contents: contents, records: records, tornBytes: tornBytes)
    }

    static func open(
        in directory: String, _ disk: any JournalDisk, mostTorn: Int = 4096, _ body: (JournalFormat.Line) throws(JournalError) -> Void
    ) throws(JournalError) -> (descriptor: Int32, contents: JournalFormat.Contents, tornBytes: Int) {
        let path = JournalFile.path(in: directory)
        // A crash while compacting left it; the journal itself is still the old one, and whole.
        try attempt(.remove, path + ".new") { () throws(DiskError) in try disk.remove(path + ".new") }
        let descriptor = try attempt(.open, path) { () throws(DiskError) in try disk.open(path, to: .append) }
        do throws(JournalError) {
            let bytes = try bytes(descriptor, path, disk)
            let contents = try JournalFormat.read(bytes, file: path, mostTorn: mostTorn, body)
            if contents.validLength < bytes.count {
                try attempt(.truncate, path) { () throws(DiskError) in try disk.truncate(descriptor, to: contents.validLength) }
            }
            return (descriptor, contents, bytes.count - contents.validLength)
        } catch {
            disk.close(descriptor)
            throw error
        }
    }

    /// Reads the file in a directory as it is at this moment: its user may go on writing, and nothing is changed.
    /// - Returns: what it holds beside its lines, and the bytes of a torn last line; `nil` when there is no file.
    static func read(
        in directory: String, _ disk: any JournalDisk, mostTorn: Int = 4096, _ body: (JournalFormat.Line) throws(JournalError) -> Void
    ) throws(JournalError) -> (contents: JournalFormat.Contents, tornBytes: Int)? {
        let path = JournalFile.path(in: directory)
        let descriptor: Int32
        do throws(DiskError) {
            descriptor = try disk.open(path, to: .read)
        } catch {
            if error.isMissing { return nil }
            throw .failed(action: .open, file: path, code: error.code)
        }
        defer { disk.close(descriptor) }
        let bytes = try bytes(descriptor, path, disk)
        let contents = try JournalFormat.read(bytes, file: path, mostTorn: mostTorn, body)
        return (contents, bytes.count - contents.validLength)
    }

    private static func bytes(_ descriptor: Int32, _ path: String, _ disk: any JournalDisk) throws(JournalError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = try attempt(.read, path) { () throws(DiskError) in try disk.read(descriptor, atMost: 65_536) }
            if more.isEmpty { return bytes }
            bytes += more
        }
    }
}
