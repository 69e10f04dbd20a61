internal import ChargingModel
internal import EventLoop
internal import LedgerStore
internal import SQL

/// The ledger, on a thread of its own: what is asked here never blocks the loop, and is answered in the order it was asked. Bound to its loop.
final class DiskLedger {
    typealias Answer<Value> = (Result<Value, DatabaseError>) -> Void

    private let worker: BlockingWorker
    private let keeper: Keeper

    /// Hears that the ledger was brought up to date, before anything is answered from it.
    var onUpgrade: (LedgerUpgrade) -> Void = { _ in }

    /// - Throws: when the system has no thread left. It is opened at the first read, and again after it failed.
    init(loop: EventLoop, place: LedgerPlace, site: String?) throws(EventLoopError) {
        worker = try BlockingWorker(loop: loop, name: "ledger")
        keeper = Keeper(place: place, site: site)
    }

    /// - Parameter now: as of when, which says what is recent.
    func read(at now: WallTime, then answer: @escaping Answer<LedgerSnapshot>) {
        submit({ [keeper] in keeper.use { store throws(DatabaseError) in try store.snapshot(at: now) } }, answer)
    }

    /// Answers when the group is synced to disk, or may not be.
    func commit(_ operations: [LedgerOperation], then answer: @escaping Answer<[LedgerResult]>) {
        submit({ [keeper] in keeper.use { store throws(DatabaseError) in try store.commit(operations) } }, answer)
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
        var result: Result<Value, DatabaseError>
        /// The upgrade that was made when the ledger was opened for it.
        var upgrade: LedgerUpgrade?
    }

    private let place: LedgerPlace
    private let site: String?
    /// A name that no other process has, by which a server knows this one again.
    private let name = "central \(UInt64.random(in: .min ... .max))"
    private var wasOpen = false
    private var store: StoredLedger?

    init(place: LedgerPlace, site: String?) {
        self.place = place
        self.site = site
    }

    func use<Value>(_ body: (StoredLedger) throws(DatabaseError) -> Value) -> Answer<Value> {
        var upgrade: LedgerUpgrade?
        do throws(DatabaseError) {
            let open: StoredLedger
            if let store {
                open = store
            } else {
                open = try StoredLedger(at: place, site: site, as: .central(name, again: wasOpen))
                wasOpen = true
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
