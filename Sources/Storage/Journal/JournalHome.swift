/// The directory of a file in which journals of several directories are kept together.
struct JournalHome: Hashable {
    /// As seen from the directory of each of them.
    let reference: String
    let directory: String

    init(_ reference: String, from directory: String) {
        self.reference = reference
        var parts = directory.split(separator: "/", omittingEmptySubsequences: false)
        for part in reference.split(separator: "/") {
            if part == ".." { parts.removeLast() } else { parts.append(part) }
        }
        self.directory = parts.joined(separator: "/")
    }

    /// The name of a journal: its directory's.
    static func name(of directory: String) -> String { directory.split(separator: "/").last.map(String.init) ?? "" }

    static func parent(of directory: String) -> String {
        directory.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }

    /// True when one of these, whose locks the caller holds, is the one that it is named after: nobody else writes it.
    func isNamed(after directories: [String]) -> Bool {
        let name = JournalHome.name(of: directory)
        return directories.contains { JournalHome.name(of: $0) == name }
    }

    /// All that is kept there, by name; `nil` when there is no file.
    func sections(_ disk: any JournalDisk) throws(JournalError) -> [String: [[UInt8]]]? {
        guard let contents = try FoundJournal.read(in: directory, disk) else { return nil }
        return try JournalHome.sections(of: contents, file: JournalFile.path(in: directory)).mapValues(\.records)
    }

    /// The records of one journal.
    /// - Throws: when its own directory says that it is kept here, and it is not.
    func section(of owner: String, _ disk: any JournalDisk) throws(JournalError) -> [[UInt8]] {
        guard let records = try sections(disk)?[JournalHome.name(of: owner)] else { throw missing(owner) }
        return records
    }

    func missing(_ owner: String) -> JournalError {
        .missing(file: JournalFile.path(in: owner), keptIn: JournalFile.path(in: directory))
    }

    /// True when the journal of a directory beside that of the owner is kept here.
    func keeps(_ name: String, besides owner: String, _ disk: any JournalDisk) throws(JournalError) -> Bool {
        let sibling = JournalHome.parent(of: owner) + "/" + name
        guard let reference = try FoundJournal.read(in: sibling, disk)?.keptIn else { return false }
        return JournalHome(reference, from: sibling).directory == directory
    }

    /// Removes the file when nothing is kept in it any more.
    func removeIfEmpty(siblingsOf owner: String, _ disk: any JournalDisk) throws(JournalError) {
        for name in (try sections(disk) ?? [:]).keys.sorted() where try keeps(name, besides: owner, disk) { return }
        let path = JournalFile.path(in: directory)
        try attempt(.remove, path) { () throws(DiskError) in try disk.remove(path) }
    }

    /// The sections of a file, with their places.
    static func sections(
        of contents: JournalFormat.Contents, file: String
    ) throws(JournalError) -> [String: (place: SharedJournal.Section, records: [[UInt8]])] {
        var sections: [String: (place: SharedJournal.Section, records: [[UInt8]])] = [:]
        for line in contents.lines {
            guard let (name, anew) = JournalFormat.name(in: line.records[0]), anew || sections[name] != nil else {
                throw .corrupt(file: file, offset: line.offset)
            }
            if anew { sections[name] = (SharedJournal.Section(begin: line.offset, records: 0, bytes: 0), []) }
            sections[name]?.place.records += line.records.count - 1
            sections[name]?.place.bytes += line.length
            sections[name]?.records += line.records.dropFirst()
        }
        return sections
    }
}
