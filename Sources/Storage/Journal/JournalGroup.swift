/// A group of journals whose appends are committed together: everything that one turn of the loop appended, to however many journals, is written and
/// synced together on a worker thread. One commit is in flight at most; what is appended meanwhile is the next one.
///
/// Belongs to the loop: called on it, calls back on it, in the order of the calls.
public final class JournalGroup {
    /// A receiver of the result of an append or a compaction.
    public typealias Completion = (Result<Void, JournalError>) -> Void

    private struct Waiting {
        var part: Int
        var isCompaction: Bool
        var completion: Completion
    }

    private struct Batch {
        var commit = JournalCommit()
        var indices: [ObjectIdentifier: Int] = [:]
        var waiting: [Waiting] = []
    }

    /// The result of a commit, on its way from the worker to the loop.
    public struct Committed: Sendable {
        fileprivate let outcomes: [JournalCommit.Outcome]
        fileprivate let remarks: [JournalError]
    }

    /// Runs the work on another thread, one at a time, then the second closure on the loop with the result of the first. Must do so in the end,
    /// always.
    public typealias Submit = (_ work: @escaping @Sendable () -> Committed, _ then: @escaping (Committed) -> Void) -> Void

    private let submit: Submit
    private let atEndOfTurn: (@escaping () -> Void) -> Void
    private let limit: Int
    private var next = Batch()
    private var isScheduled = false
    private var isInFlight = false

    /// Hears why a file that several journals share could not be rewritten: it goes on, only longer.
    public var onRemark: (JournalError) -> Void = { _ in }

    /// The number of bytes that wait for the next commit.
    public private(set) var pendingBytes = 0

    /// Makes a group on any loop and worker.
    ///
    /// - Parameters:
    ///   - limit: the most bytes that may wait; more is an error (`JournalError.overflow`), since the disk must be standing still.
    ///   - submit: gives work to the worker.
    ///   - atEndOfTurn: calls the closure when the loop has handled what is there now.
    public init(limit: Int = 64 << 20, submit: @escaping Submit, atEndOfTurn: @escaping (@escaping () -> Void) -> Void) {
        self.limit = limit
        self.submit = submit
        self.atEndOfTurn = atEndOfTurn
    }

    /// True when nothing waits and nothing is being written.
    public var isIdle: Bool { next.waiting.isEmpty && !isInFlight }

    /// Appends records, all or none of which will be there after a crash. When the completion reports success they survive SIGKILL and a power cut.
    ///
    /// After a failure the journal takes nothing more, and everything appended to it fails, what is pending included.
    public func append(_ records: [[UInt8]], to journal: Journal, then completion: @escaping Completion) {
        precondition(records.allSatisfy(JournalFormat.isRecord), "a record is a line without line break and record separator")
        let part = part(of: journal)
        if next.commit.parts[part].snapshot == nil {
            next.commit.parts[part].before += records
        } else {
            next.commit.parts[part].after += records
        }
        pendingBytes += records.reduce(0) { $0 + $1.count }
        // The disk stands still. What can't be kept is refused; to write the next without it would tear a hole into the journal.
        if pendingBytes > limit { journal.file.poison(.overflow(file: journal.path)) }
        wait(Waiting(part: part, isCompaction: false, completion: completion))
    }

    /// Replaces everything appended to the journal so far with a snapshot of the owner's state.
    ///
    /// A failure need not be the end: unless the journal's `failure` is set it goes on as it was, only longer.
    public func compact(_ journal: Journal, to snapshot: [[UInt8]], then completion: @escaping Completion) {
        precondition(snapshot.allSatisfy(JournalFormat.isRecord), "a record is a line without line break and record separator")
        let part = part(of: journal)
        next.commit.parts[part].before += next.commit.parts[part].after
        next.commit.parts[part].after = []
        next.commit.parts[part].snapshot = snapshot
        pendingBytes += snapshot.reduce(0) { $0 + $1.count }
        wait(Waiting(part: part, isCompaction: true, completion: completion))
    }

    private func part(of journal: Journal) -> Int {
        if let index = next.indices[ObjectIdentifier(journal)] { return index }
        next.indices[ObjectIdentifier(journal)] = next.commit.parts.count
        next.commit.parts.append(JournalCommit.Part(journal: journal))
        return next.commit.parts.count - 1
    }

    private func wait(_ waiting: Waiting) {
        next.waiting.append(waiting)
        guard !isInFlight, !isScheduled else { return }
        isScheduled = true
        atEndOfTurn { [self] in
            isScheduled = false
            commit()
        }
    }

    private func commit() {
        guard !isInFlight, !next.waiting.isEmpty else { return }
        isInFlight = true
        let batch = next
        next = Batch()
        pendingBytes = 0
        let work = batch.commit
        let run: @Sendable () -> Committed = {
            let (outcomes, remarks) = work.run()
            return Committed(outcomes: outcomes, remarks: remarks)
        }
        submit(run) { [self] committed in
            isInFlight = false
            for remark in committed.remarks { onRemark(remark) }
            for waiting in batch.waiting {
                let outcome = committed.outcomes[waiting.part]
                let failure = waiting.isCompaction ? outcome.compaction : outcome.append
                waiting.completion(failure.map { .failure($0) } ?? .success(()))
            }
            commit()
        }
    }
}
