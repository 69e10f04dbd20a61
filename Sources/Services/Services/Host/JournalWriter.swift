public import EventLoop
internal import Journal
public import Platform

/// The thread that writes the journals of a process: what one turn of the loop ordered, for however many parties, is one commit. Bound to its loop.
public final class JournalWriter: @unchecked Sendable {
    private let group: JournalGroup

    /// - Throws: when the system has no thread left.
    /// - Parameter log: hears when the file of several journals could not be written anew; `nil` where there is no such file.
    public init(loop: EventLoop, log: Log? = nil) throws(EventLoopError) {
        let worker = try BlockingWorker(loop: loop, name: "journal")
        group = JournalGroup(
            submit: { work, then in
                // One commit is in flight at a time, so the mailbox of the worker never fills.
                guard worker.submit(work, then: then) else { preconditionFailure("the journal's thread takes no work") }
            }, atEndOfTurn: { loop.atEndOfRound($0) })
        group.onRemark = {
            log?.warning("⚠️  The journals could not be written anew, and go on as they are, only longer: \($0)", event: "journals_not_rewritten")
        }
    }

    func carryOut(_ order: JournalOrder, on journal: Journal, _ answer: @escaping (JournalResult) -> Void) {
        group.carryOut(order, on: journal, answer)
    }
}
