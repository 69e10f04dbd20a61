internal import ChargingModel
internal import EventLoop
internal import LedgerStore
internal import PostgreSQL
internal import SQL

/// The ledger, on a thread of its own: what is asked here never blocks the loop, and is answered in the order it was asked. Bound to its loop.
final class DiskLedger {
    typealias Answer<Value> = (Result<Value, DatabaseError>) -> Void

    private let worker: BlockingWorker
    private let keeper: Keeper
    /// The side of it that says that it is there, which waits for no commit and no read; `nil` for a file.
    private let lease: (worker: BlockingWorker, keeper: LeaseKeeper)?

    /// Hears that the ledger was brought up to date, before anything is answered from it.
    var onUpgrade: (LedgerUpgrade) -> Void = { _ in }

    /// - Throws: when the system has no thread left. It is opened at the first read, and again after it failed.
    init(loop: EventLoop, place: CentralLedger, site: String?) throws(EventLoopError) {
        worker = try BlockingWorker(loop: loop, name: "ledger")
        keeper = Keeper(place: place, site: site)
        if case .server(let address, let holder, _) = place {
            lease = (try BlockingWorker(loop: loop, name: "lease"), LeaseKeeper(address, site: site, holder))
        } else {
            lease = nil
        }
    }

    /// Takes the right to write it, when nobody else has it.
    func takeTurn(then answer: @escaping Answer<LedgerTurn.Answer>) { submit({ [keeper] in keeper.takeTurn() }, answer) }

    /// Prolongs that right.
    func prolongTurn(under epoch: Epoch?, then answer: @escaping Answer<LedgerTurn.Answer>) {
        guard let lease else { return answer(.success(LedgerTurn.Answer(highestEpoch: 0, isAwaited: false))) }
        let isTaken = lease.worker.submit({ [keeper = lease.keeper] in keeper.prolong(under: epoch) }, then: answer)
        guard isTaken else { preconditionFailure("the lease's thread takes no work") }
    }

    /// Gives it back.
    func releaseTurn(then answer: @escaping Answer<Void>) { submit({ [keeper] in keeper.release() }, answer) }

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

    private let place: CentralLedger
    private let site: String?
    private var wasOpen = false
    private var store: StoredLedger?
    /// As long as it waits for the right to write.
    private var turn: LedgerTurn?

    init(place: CentralLedger, site: String?) {
        self.place = place
        self.site = site
    }

    func takeTurn() -> Answer<LedgerTurn.Answer> {
        guard case .server(let address, let holder, _) = place else { return Answer(result: .success(LedgerTurn.Answer())) }
        do throws(DatabaseError) {
            if let taken = try takenBefore() { return Answer(result: .success(taken)) }
            let waiting: LedgerTurn
            if let turn { waiting = turn } else { waiting = try LedgerTurn(at: address, site: site, for: holder) }
            turn = waiting
            let taken = try waiting.take()
            turn = nil
            store = taken
            wasOpen = true
            return Answer(result: .success(LedgerTurn.Answer(highestEpoch: try taken.highestEpoch())))
        } catch {
            if error.kind != .waiting { turn = nil }
            return Answer(result: .failure(error))
        }
    }

    /// A turn that was given to this process when it did not hear of it: perhaps somebody else's by now, and then it waits like before.
    private func takenBefore() throws(DatabaseError) -> LedgerTurn.Answer? {
        guard let open = store else { return nil }
        do throws(DatabaseError) {
            try open.prove()
            return LedgerTurn.Answer(highestEpoch: try open.highestEpoch())
        } catch {
            (store, wasOpen) = (nil, false)
            guard error.kind == .superseded else { throw error }
            return nil
        }
    }

    /// Gives the right back, if it was taken, or is about to be.
    func release() -> Answer<Void> {
        do throws(DatabaseError) {
            try store?.release()
            return Answer(result: .success(()))
        } catch {
            return Answer(result: .failure(error))
        }
    }

    func use<Value>(_ body: (StoredLedger) throws(DatabaseError) -> Value) -> Answer<Value> {
        var upgrade: LedgerUpgrade?
        do throws(DatabaseError) {
            let open: StoredLedger
            if let store {
                open = store
            } else {
                open = try opened()
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

    private func opened() throws(DatabaseError) -> StoredLedger {
        switch place {
        case .file(let path): try StoredLedger(path: path, site: site)
        case .server(let address, let holder, _): try StoredLedger(at: .server(address), site: site, as: .central(holder, again: wasOpen))
        }
    }
}

/// The connection over which Central says that it is there. For the lease's thread alone.
private final class LeaseKeeper: @unchecked Sendable {
    private let address: PostgreSQLAddress
    private let site: String?
    private let holder: LedgerHolder
    private var turn: LedgerTurn?

    init(_ address: PostgreSQLAddress, site: String?, _ holder: LedgerHolder) {
        self.address = address
        self.site = site
        self.holder = holder
    }

    func prolong(under epoch: Epoch?) -> Result<LedgerTurn.Answer, DatabaseError> {
        do throws(DatabaseError) {
            let open: LedgerTurn
            if let turn { open = turn } else { open = try LedgerTurn(at: address, site: site, for: holder) }
            turn = open
            return .success(try open.prolong(under: epoch))
        } catch {
            turn = nil
            return .failure(error)
        }
    }
}
