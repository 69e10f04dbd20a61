internal import ChargingModel
internal import EventLoop
internal import LedgerStore
internal import SQLite

/// The ledger on disk, on a thread of its own: what is asked here never blocks the loop, and is answered in the order it was asked. Bound to its loop.
final class DiskLedger {
    typealias Answer<Value> = (Result<Value, SQLiteError>) -> Void

    private let worker: BlockingWorker
    private let keeper: Keeper

    /// Hears that the ledger was brought up to date, before anything is answered from it.
    var onUpgrade: (LedgerUpgrade) -> Void = { _ in }

    /// - Throws: when the system has no thread left. The file is opened at the first read, and again after it failed.
    init(loop: EventLoop, path: String, site: String?) throws(EventLoopError) {
        worker = try BlockingWorker(loop: loop, name: "ledger")
        keeper = Keeper(path: path, site: site)
    }

    /// - Parameter now: as of when, which says what is recent.
    func read(at now: WallTime, then answer: @escaping Answer<LedgerSnapshot>) {
        submit({ [keeper] in keeper.use { store throws(SQLiteError) in try store.snapshot(at: now) } }, answer)
    }

    /// Answers when the group is synced to disk, or may not be.
    func commit(_ operations: [LedgerOperation], then answer: @escaping Answer<[LedgerResult]>) {
        submit({ [keeper] in keeper.use { store throws(SQLiteError) in try store.commit(operations) } }, answer)
    }

    private func submit<Value: Sendable>(_ work: @escaping @Sendable () -> Keeper.Answer<Value>, _ answer: @escaping Answer<Value>) {
        // The core has one commit or one read under way, so the mailbox never fills.
        let isTaken = worker.submit(work) { [weak self] answered in
            if let upgrade = answered.upgrade { self?.onUpgrade(upgrade) }
            answer(answered.result)
        }
        guard isTaken else { preconditionFailure("the ledger's thread takes no work") }
    }
}

/// The open ledger. For the worker's thread alone.
private final class Keeper: @unchecked Sendable {
    struct Answer<Value: Sendable>: Sendable {
        var result: Result<Value, SQLiteError>
        /// The upgrade that was made when the ledger was opened for it.
        var upgrade: LedgerUpgrade?
    }

    private let path: String
    private let site: String?
    private var store: SQLiteLedger?

    init(path: String, site: String?) {
        self.path = path
        self.site = site
    }

    func use<Value>(_ body: (SQLiteLedger) throws(SQLiteError) -> Value) -> Answer<Value> {
        var upgrade: LedgerUpgrade?
        do throws(SQLiteError) {
            let open: SQLiteLedger
            if let store {
                open = store
            } else {
                open = try SQLiteLedger(path: path, site: site)
                upgrade = open.upgrade
            }
            store = open
            return Answer(result: .success(try body(open)), upgrade: upgrade)
        } catch {
            // Whatever state the connection is in, a new one reads what is really on the disk.
            store = nil
            return Answer(result: .failure(error), upgrade: upgrade)
        }
    }
}
