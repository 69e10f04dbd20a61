import Glibc
import Synchronization

/// One file for the journals of all points of a process: one line, one write and one sync for all that a commit brings, whatever their number.
///
/// Each journal is a section of it. A snapshot of one goes to the file's end and makes what stands above of that section void. When half of the file
/// is void it is rewritten, a portion with each commit, so that no commit waits for all of it.
final class SharedJournal: Sendable {
    /// The part of one journal in the file.
    struct Section: Sendable, Hashable {
        /// The offset of the line that begins it; what stands above is void.
        var begin: Int
        var records = 0
        /// Its records that are not void, with their tags, in bytes.
        var bytes = 0
    }

    /// The records of one journal in one line.
    struct Part: Sendable, Hashable {
        var name: String
        /// A snapshot: all above of the same journal is void.
        var isAnew: Bool
        var records: [[UInt8]]

        /// As they stand in a line.
        var tagged: [[UInt8]] { [JournalFormat.tag(name, anew: isAnew)] + records }
        var bytes: Int { tagged.reduce(0) { $0 + $1.count + 1 } }
    }

    /// The measures of rewriting the file, in bytes.
    struct Rewriting: Sendable {
        /// A file that is shorter is not rewritten.
        var least = 1 << 20
        /// The most that one commit copies beyond what it brings itself.
        var portion = 1 << 20
    }

    fileprivate struct State {
        var sections: [String: Section]
        var rewriting: SharedJournalRewriting?
        /// The length of the file below which it is not rewritten: it grows when that has failed.
        var threshold: Int
    }

    let file: JournalFile
    private let rewriting: Rewriting
    private let state: Mutex<State>

    init(_ file: JournalFile, sections: [String: Section], _ rewriting: Rewriting) {
        self.file = file
        self.rewriting = rewriting
        state = Mutex(State(sections: sections, threshold: rewriting.least))
    }

    deinit { state.withLock { $0.rewriting?.leave() } }

    func records(of name: String) -> Int { state.withLock { $0.sections[name]?.records ?? 0 } }

    // MARK: For the worker thread

    /// Writes parts of some of its journals at the end, as one line: all of them are there after a crash, or none. Not synced.
    func append(_ parts: [Part]) throws(JournalError) {
        let line = JournalFormat.line(parts.flatMap(\.tagged))
        let offset = file.length
        try file.append(line) {
            // What is being written beside it takes room that this needs.
            state.withLock { $0.giveUpRewriting() }
        }
        state.withLock { state in
            for part in parts { state.sections.add(part, at: offset) }
        }
    }

    /// Goes on rewriting the file, or begins to, when half of it is void.
    /// - Returns: why that failed: the file is as it was, only longer, unless `file.failure` is set.
    func tidy() -> JournalError? {
        state.withLock { state in
            guard file.failure == nil else {
                _ = state.giveUpRewriting()
                return nil
            }
            let length = file.length
            if state.rewriting == nil {
                guard length > state.threshold, length > 2 * state.sections.values.reduce(0, { $0 + $1.bytes }) else { return nil }
            }
            do throws(JournalError) {
                var copying: SharedJournalRewriting
                if let begun = state.rewriting { copying = begun } else { copying = try SharedJournalRewriting(file) }
                // Taken up again only when all of this went well.
                state.rewriting = nil
                guard let sections = try copying.copy(rewriting.portion, sections: state.sections) else {
                    state.rewriting = copying
                    return nil
                }
                state.sections = sections
                state.threshold = rewriting.least
                return nil
            } catch {
                state.rewriting = nil
                // Tried again when it has doubled.
                state.threshold = 2 * length
                return error
            }
        }
    }
}

extension SharedJournal.State {
    /// True when there was something to give up.
    fileprivate mutating func giveUpRewriting() -> Bool {
        guard let begun = rewriting else { return false }
        begun.leave()
        rewriting = nil
        return true
    }
}

extension [String: SharedJournal.Section] {
    /// Notes a part that stands at an offset.
    mutating func add(_ part: SharedJournal.Part, at offset: Int) {
        if part.isAnew { self[part.name] = SharedJournal.Section(begin: offset) }
        self[part.name]?.records += part.records.count
        self[part.name]?.bytes += part.bytes
    }
}
