/// The directory of a file in which journals of several directories are kept together: `../../journals/engine/CP-001` for those beside `engine/CP-001`.
struct JournalHome: Hashable {
    /// As seen from the directory of each of them.
    let reference: String
    let directory: String

    /// - Returns: `nil` for a reference that is of another form.
    init?(_ reference: String, from directory: String) {
        let parts = reference.split(separator: "/", omittingEmptySubsequences: false)
        let base = directory.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        guard parts.count == 5, parts[..<3] == ["..", "..", "journals"], parts[3...].allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }), !base.isEmpty
        else { return nil }
        self.reference = reference
        self.directory = (base + parts[2...]).joined(separator: "/")
    }

    /// The home of a journal, if its own file says that it has one.
    static func keeping(_ contents: JournalFormat.Contents, of directory: String) throws(JournalError) -> JournalHome? {
        guard let reference = contents.keptIn else { return nil }
        guard let home = JournalHome(reference, from: directory) else { throw .corrupt(file: JournalFile.path(in: directory), offset: 0) }
        return home
    }

    /// The name of a journal: its directory's.
    static func name(of directory: String) -> String { directory.split(separator: "/").last.map(String.init) ?? "" }

    static func parent(of directory: String) -> String {
        directory.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }

    /// All that is kept there at this moment, by name; `nil` when there is no file.
    func sections(_ disk: any JournalDisk) throws(JournalError) -> [String: [[UInt8]]]? {
        var sections = JournalSections(file: JournalFile.path(in: directory))
        guard try FoundJournal.read(in: directory, disk, mostTorn: .max, { (line) throws(JournalError) in try sections.take(line) }) != nil else {
            return nil
        }
        return sections.records
    }

    /// The error when these say that they are kept here, and are not.
    func missing(_ owners: [String]) -> JournalError {
        .missing(files: owners.map { JournalFile.path(in: $0) }, keptIn: JournalFile.path(in: directory))
    }

    /// True unless the journal of a directory beside that of the owner is known to be elsewhere: what can't be read may be kept here.
    func keeps(_ name: String, besides owner: String, _ disk: any JournalDisk) -> Bool {
        let sibling = JournalHome.parent(of: owner) + "/" + name
        do throws(JournalError) {
            guard let (contents, _) = try FoundJournal.read(in: sibling, disk, { _ in }) else { return false }
            return try JournalHome.keeping(contents, of: sibling)?.directory == directory
        } catch {
            return true
        }
    }
}

/// The sections of a file that several journals share, line by line.
struct JournalSections {
    let file: String
    private(set) var places: [String: SharedJournal.Section] = [:]
    private(set) var records: [String: [[UInt8]]] = [:]

    init(file: String) { self.file = file }

    mutating func take(_ line: JournalFormat.Line) throws(JournalError) {
        guard let parts = JournalFormat.parts(of: line.records), parts.allSatisfy({ $0.isAnew || records[$0.name] != nil }) else {
            throw .corrupt(file: file, offset: line.offset)
        }
        for part in parts {
            places.add(part, at: line.offset)
            if part.isAnew { records[part.name] = part.records } else { records[part.name]? += part.records }
        }
    }

    /// Leaves out what nobody keeps here any more.
    mutating func forget(_ name: String) {
        places[name] = nil
        records[name] = nil
    }
}
