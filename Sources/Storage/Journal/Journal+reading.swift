extension Journal {
    /// Calls the body with each record of a file that was written at its end alone, as far as it can be read: what a crash tore is passed over. Blocks.
    /// - Returns: the number of lines that are damaged; `nil` when there is no file.
    public static func eachRecord(
        keptIn directory: String, disk: any JournalDisk = SystemDisk(), _ body: ([UInt8]) -> Void
    ) throws(JournalError) -> Int? {
        let path = JournalFile.path(in: directory)
        let descriptor: Int32
        do throws(DiskError) {
            descriptor = try disk.open(path, to: .read)
        } catch {
            if error.isMissing { return nil }
            throw .failed(action: .open, file: path, code: error.code)
        }
        defer { disk.close(descriptor) }
        var (rest, damaged) = ([UInt8](), 0)
        while true {
            let more = try attempt(.read, path) { () throws(DiskError) in try disk.read(descriptor, atMost: 65_536) }
            rest += more
            let lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            for line in lines.dropLast() where !line.isEmpty {
                if let records = JournalFormat.records(of: line) { records.forEach(body) } else { damaged += 1 }
            }
            rest = lines.last.map(Array.init) ?? []
            if more.isEmpty { return damaged + (rest.isEmpty ? 0 : 1) }
        }
    }

    /// The records of the journals in directories at this moment, `nil` for those that have none; for readers only: their users may go on writing, and
    /// nothing is changed.
    public static func records(in directories: [String], disk: any JournalDisk = SystemDisk()) throws(JournalError) -> [[[UInt8]]?] {
        var homes: [JournalHome: [String: [[UInt8]]]] = [:]
        var found: [[[UInt8]]?] = []
        for directory in directories { found.append(try records(in: directory, &homes, disk)) }
        return found
    }

    /// - Parameter homes: what was read so far of files that keep several.
    private static func records(
        in directory: String, _ homes: inout [JournalHome: [String: [[UInt8]]]], _ disk: any JournalDisk
    ) throws(JournalError) -> [[UInt8]]? {
        var missing: JournalHome?
        while true {
            var own: [[UInt8]] = []
            guard let found = try FoundJournal.read(in: directory, disk, { (line) throws(JournalError) in own += line.records }) else { return nil }
            guard let home = try JournalHome.keeping(found.contents, of: directory) else { return own }
            let sections: [String: [[UInt8]]]
            if let known = homes[home] { sections = known } else { sections = try home.sections(disk) ?? [:] }
            homes[home] = sections
            if let records = sections[JournalHome.name(of: directory)] { return records }
            // It may just have been moved: then its directory says something else by now.
            guard home != missing else { throw home.missing([directory]) }
            missing = home
            homes[home] = nil
        }
    }
}
