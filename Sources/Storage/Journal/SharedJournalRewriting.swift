import Glibc

/// A shared journal that is being written anew beside the old one, which goes on growing meanwhile.
struct SharedJournalRewriting: Sendable {
    private let file: JournalFile
    private let reader: Int32
    private let writer: Int32
    /// The offset in the old file of the first byte that was not copied.
    private var offset = 0
    /// Bytes behind `offset` that were read and are not a whole line yet.
    private var rest: [UInt8] = []
    private var length = 0
    /// The length of the old file when the last portion was copied.
    private var seen: Int
    private var sections: [String: SharedJournal.Section] = [:]

    init(_ file: JournalFile) throws(JournalError) {
        self.file = file
        seen = file.length
        writer = try file.openDraft()
        do throws(JournalError) {
            reader = try attempt(.open, file.path) { () throws(DiskError) in try file.disk.open(file.path, to: .read) }
        } catch {
            file.dropDraft(writer)
            throw error
        }
    }

    /// Gives it up.
    func leave() {
        file.disk.close(reader)
        file.dropDraft(writer)
    }

    /// Copies a portion of the lines that are not void by now, and syncs it. When all is copied the new file takes the old one's place.
    /// - Parameter sections: those of the old file.
    /// - Returns: the sections of the new file when it is in place, else `nil`.
    /// - Throws: after a failure it is given up.
    mutating func copy(_ portion: Int, sections old: [String: SharedJournal.Section]) throws(JournalError) -> [String: SharedJournal.Section]? {
        do throws(JournalError) {
            // Faster than the old one grows, so that it comes to an end.
            let isWhole = try read(portion + 2 * (file.length - seen))
            seen = file.length
            let lines = try wholeLines(old)
            guard !isWhole || rest.isEmpty else { throw JournalError.corrupt(file: file.path, offset: offset) }
            try JournalFile.write(lines, to: writer, file.draft, file.disk)
            length += lines.count
            try attempt(.sync, file.draft) { () throws(DiskError) in try file.disk.sync(writer) }
            guard isWhole else { return nil }
            try file.take(draft: writer, length: length)
            file.disk.close(reader)
            return sections
        } catch {
            // After the renaming the new file is the file's own.
            if file.failure == nil { leave() } else { file.disk.close(reader) }
            throw error
        }
    }

    /// True when the end was read.
    private mutating func read(_ count: Int) throws(JournalError) -> Bool {
        var left = count
        while left > 0 {
            let more = try attempt(.read, file.path) { () throws(DiskError) in try file.disk.read(reader, atMost: min(left, 65_536)) }
            if more.isEmpty { return true }
            rest += more
            left -= more.count
        }
        return false
    }

    /// Takes the whole lines out of what was read.
    private mutating func wholeLines(_ old: [String: SharedJournal.Section]) throws(JournalError) -> [UInt8] {
        var kept: [UInt8] = []
        var start = 0
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[start...end]
            guard let records = JournalFormat.records(of: line.dropLast()), let parts = JournalFormat.parts(of: records) else {
                throw .corrupt(file: file.path, offset: offset)
            }
            let current = parts.filter { part in old[part.name].map { offset >= $0.begin } ?? false }
            if !current.isEmpty {
                for part in current { sections.add(part, at: length + kept.count) }
                kept += JournalFormat.line(current.flatMap(\.tagged))
            }
            offset += line.count
            start = end + 1
        }
        rest.removeFirst(start)
        return kept
    }
}
