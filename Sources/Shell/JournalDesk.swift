public import EventLoop
public import Journal

/// The journals of a process and the thread that writes them. Bound to its loop.
public final class JournalDesk: @unchecked Sendable {
    public let group: JournalGroup

    /// - Throws: when the system has no thread left.
    public init(loop: EventLoop) throws(EventLoopError) {
        let worker = try BlockingWorker(loop: loop, name: "journal")
        group = JournalGroup(
            submit: { work, then in
                // One commit is in flight at a time, so the mailbox of the worker never fills.
                guard worker.submit(work, then: then) else { preconditionFailure("the journal's thread takes no work") }
            }, atEndOfTurn: { loop.atEndOfRound($0) })
    }
}
