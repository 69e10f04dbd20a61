import Glibc
import Synchronization

/// One file for the journals of all points of a process: one write and one sync for all that a commit brings, whatever their number.
///
/// Each journal is a section of it. A snapshot of one goes to the file's end and makes what stands above of that section void. When half of the file
/// is void it is rewritten, a portion with each commit, so that no commit waits for all of it.
final class SharedJournal: Sendable {
    /// The part of one journal in the file.
    struct Section: Sendable, Hashable {
        /// The offset of the line that begins it; what stands above is void.
        var begin: Int
        var records: Int
        /// Its lines that are not void, in bytes.
        var bytes: Int
    }

    /// What a commit brings for one journal.
    struct Lines {
        var name: String
        /// A snapshot that makes all before it void.
        var snapshot: [[UInt8]]?
        var records: [[UInt8]]
    }

    private struct State {
        var sections: [String: Section]
        var rewriting: SharedJournalRewriting?
        /// The length of the file below which it is not rewritten: it grows when that has failed.
        var threshold: Int
    }

    /// When and how the file is rewritten, in bytes.
    struct Rewriting: Sendable {
        /// A file that is shorter is not rewritten.
        var least = 1 << 20
        /// The most that one commit copies beyond what it brings itself.
        var portion = 1 << 20
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

    /// Writes lines for some of its journals at the end, at once, not synced.
    func append(_ parts: [Lines]) throws(JournalError) {
        var bytes: [UInt8] = []
        var sections = state.withLock { $0.sections }
        let length = file.length
        func add(_ records: [[UInt8]], of name: String, anew: Bool) {
            let line = JournalFormat.line([JournalFormat.tag(name, anew: anew)] + records)
            if anew { sections[name] = Section(begin: length + bytes.count, records: 0, bytes: 0) }
            sections[name]?.records += records.count
            sections[name]?.bytes += line.count
            bytes += line
        }
        for part in parts {
            if let snapshot = part.snapshot { add(snapshot, of: part.name, anew: true) }
            if !part.records.isEmpty { add(part.records, of: part.name, anew: false) }
        }
        try file.append(bytes)
        state.withLock { $0.sections = sections }
    }

    /// Goes on rewriting the file, or begins to, when half of it is void. A failure leaves the file as it is, only longer, unless `file.failure` is set.
    func tidy() {
        state.withLock { state in
            let length = file.length
            if state.rewriting == nil {
                guard file.failure == nil, length > state.threshold, length > 2 * state.sections.values.reduce(0, { $0 + $1.bytes }) else { return }
            }
            do throws(JournalError) {
                var copying: SharedJournalRewriting
                if let begun = state.rewriting { copying = begun } else { copying = try SharedJournalRewriting(file) }
                // Taken up again only when all of this went well.
                state.rewriting = nil
                guard let sections = try copying.copy(rewriting.portion, sections: state.sections) else {
                    state.rewriting = copying
                    return
                }
                state.sections = sections
                state.threshold = rewriting.least
            } catch {
                state.rewriting = nil
                // Tried again when it has doubled.
                state.threshold = 2 * length
            }
        }
    }
}
